"""Where a local stack lives: its folder and its three ports. Two stacks side by side differ in both."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.package import ROOT

HOST = "127.0.0.1"


def write_whole(file: Path, text: str) -> None:
    """The file with all of the text or as it was, also when the process is killed meanwhile. Only its owner reads it."""
    new = file.with_suffix(".new")
    new.write_text(text)
    new.chmod(0o600)
    new.rename(file)


class StartError(Exception):
    """The stack cannot start; the message is one line that says what to do."""


@dataclass(frozen=True)
class Places:
    """One local stack."""

    folder: Path
    port_base: int

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Places":
        """From PARLEY_LOCAL_DIR (default `.local`) and PARLEY_PORT_BASE (default 8700)."""
        text = environment.get("PARLEY_PORT_BASE") or "8700"
        if not text.isdigit() or not 1024 <= int(text) <= 65_000:
            raise StartError(f"PARLEY_PORT_BASE must be a port number between 1024 and 65000, not {text!r}.")
        return cls(Path(environment.get("PARLEY_LOCAL_DIR") or ROOT / ".local").absolute(), int(text))

    @property
    def gateway_url(self) -> str:
        """The portal and the API, one origin."""
        return f"http://{HOST}:{self.port_base}"

    @property
    def emulator_url(self) -> str:
        """AWS."""
        return f"http://{HOST}:{self.port_base + 1}"

    @property
    def simulator_url(self) -> str:
        """WhatsApp."""
        return f"http://{HOST}:{self.port_base + 2}"

    @property
    def receiver_url(self) -> str:
        """Where a developer's own receiver of webhooks may listen; nothing of the stack does."""
        return f"http://{HOST}:{self.port_base + 3}"

    @property
    def stack_file(self) -> Path:
        """What other tools read; exists only while the stack is ready."""
        return self.folder / "stack.json"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.folder / "logs"

    @property
    def emulator_state(self) -> Path:
        """What the emulator saves when it ends."""
        return self.folder / "aws"

    @property
    def simulator_state(self) -> Path:
        """The simulated WhatsApp's own memory."""
        return self.folder / "whatsapp"

    @property
    def _ports_file(self) -> Path:
        return self.folder / "port-base"

    def keep_ports(self) -> None:
        """Writes down which ports the state is made for: addresses of SQS queues and of the API are in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._ports_file, f"{self.port_base}\n")

    def forget_ports(self) -> None:
        """For a folder without state."""
        self._ports_file.unlink(missing_ok=True)

    def check_state(self) -> None:
        """Raises StartError when the folder's state was made for other ports."""
        kept = self._ports_file.read_text().strip() if self._ports_file.exists() else str(self.port_base)
        if kept != str(self.port_base):
            raise StartError(
                f"What is kept in {self.folder} was made with PARLEY_PORT_BASE={kept} and works with no other ports. Start it "
                f"with those, or give PARLEY_PORT_BASE={self.port_base} a PARLEY_LOCAL_DIR of its own, or wipe it: make reset"
            )

    def check_ports(self) -> None:
        """Raises StartError when another program listens on one of the ports."""
        for port in range(self.port_base, self.port_base + 3):
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    raise StartError(
                        f"Port {port} is taken by another program. Stop it, or use other ports: "
                        f"make run PARLEY_PORT_BASE={self.port_base + 100}"
                    )
