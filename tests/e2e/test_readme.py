"""The README's shell examples, run as they are printed, on the stack."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.package import ROOT
from tests.e2e.conftest import LocalStack

_BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)
_SHOW = """
show() { echo; echo "--- $1"; api GET "$2"; echo; }
show ticket '/tickets?view=all'
show report $CAMPAIGN/report
show people $CAMPAIGN/recipients
"""


@pytest.fixture
def checkout(tmp_path: Path, local_stack: LocalStack) -> Path:
    """A folder in which `.venv` and `.local` are where the README says."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / ".local").symlink_to(local_stack.folder)
    return tmp_path


@pytest.mark.skipif(not shutil.which("curl"), reason="the examples call curl")
def test_the_examples_do_what_the_readme_says(checkout: Path) -> None:
    blocks = _BLOCK.findall((ROOT / "README.md").read_text())
    script = "set -euo pipefail\n" + "\n".join(blocks) + "\n" + _SHOW

    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    shown = {name: json.loads(body) for name, body in re.findall(r"--- (\w+)\n(.*)", ran.stdout)}
    assert "Hello" in {ticket["preview"] for ticket in shown["ticket"]["items"]}
    counts = shown["report"]["counts"]
    assert (counts["audience"], counts["sent"] + counts["failed"], counts["skipped"]) == (3, 2, 1)
    assert {person["to"] for person in shown["people"]["items"]} >= {"+6591230001", "+447400123456"}
