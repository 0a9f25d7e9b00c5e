"""Setting up the virtual environment, by one process or several, and after one that was broken off."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.environment import set_up


@dataclass
class Commands:
    """What would be run, and what it would leave. `has_pip`: the folder's Python, if there is one, has it."""

    folder: Path
    has_pip: bool = False
    fails: str = ""
    ran: list[str] = field(default_factory=list)

    def __call__(self, command: Sequence[str]) -> bool:
        verb = next(word for word in ("import pip", "venv", "install") if any(word in part for part in command[1:]))
        self.ran.append(verb)
        if verb == "venv":
            self.has_pip = True
            (self.folder / "bin").mkdir(exist_ok=True)
            (self.folder / "bin" / "python").touch()
        return self.has_pip if verb == "import pip" else verb != self.fails


def quiet(text: str) -> None:
    """Says nothing."""


def test_the_first_time_makes_and_installs_and_the_second_does_nothing(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    set_up(tmp_path, commands, quiet)
    set_up(tmp_path, commands, quiet)
    assert commands.ran == ["venv", "install"]


def test_an_environment_that_was_broken_off_before_it_had_pip_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    commands = Commands(tmp_path)
    set_up(tmp_path, commands, quiet)
    assert commands.ran == ["import pip", "venv", "install"]


def test_an_installation_that_was_broken_off_goes_on_without_a_new_environment(tmp_path: Path) -> None:
    commands = Commands(tmp_path, fails="install")
    with pytest.raises(SystemExit, match="could not be installed"):
        set_up(tmp_path, commands, quiet)
    commands.fails = ""
    set_up(tmp_path, commands, quiet)
    assert commands.ran == ["venv", "install", "import pip", "install"]


def test_a_python_without_venv_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        set_up(tmp_path, Commands(tmp_path, fails="venv"), quiet)


def test_of_two_at_once_one_installs_and_the_other_waits_for_it(tmp_path: Path) -> None:
    commands, waits = Commands(tmp_path), threading.Event()

    def slowly(command: Sequence[str]) -> bool:
        assert waits.wait(20)
        return commands(command)

    def told(text: str) -> None:
        if "waiting for it" in text:
            waits.set()

    both = [threading.Thread(target=set_up, args=(tmp_path, slowly, told)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    assert commands.ran == ["venv", "install"]
