"""Packages one stage: `python -m infra.package --stage dev` writes build/<stage>/template.json and deployment.zip.

Chalice finds the functions and writes their part of the template; infra/resources has the rest (infra/template.py joins
them). The zip is reproducible: the same sources give the same bytes, so an unchanged program is not deployed again.
"""

import argparse
import compileall
import hashlib
import json
import os
import platform
import py_compile
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra import template
from infra.dialect import spelled_for_the_emulator

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "infra" / "resources"
BUILD = ROOT / "build"
STAGES = ("local", "dev", "prod")
STAGE_SETTINGS = {
    # Each batch at once is a process on this machine.
    "local": template.Stage(retention_days=7, batches_at_once=2),
    "dev": template.Stage(retention_days=14, batches_at_once=20),
    "prod": template.Stage(retention_days=90, batches_at_once=100),
}

# What the Lambda runtime has already (boto3 and what it needs) is not sent again; chalice's own tools never run there.
IN_THE_RUNTIME = {
    "boto3",
    "botocore",
    "s3transfer",
    "urllib3",
    "dateutil",
    "python_dateutil",
    "six",
    "jmespath",
}
# A quarter of the zip for questions nobody asks here: the town and the carrier of a phone number.
# Nor does anybody write on pictures, or send AVIF, which WhatsApp does not take: half of Pillow.
LEFT_OUT = (
    "phonenumbers/geodata",
    "phonenumbers/carrierdata",
    "PIL/_avif*.so",
    "PIL/_imagingft*.so",
    "pillow.libs/libavif*",
    "pillow.libs/libfreetype*",
    "pillow.libs/libharfbuzz*",
    "pillow.libs/libbrotli*",
)
OLDEST_GLIBC = 26
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Package:
    """What deploy.py needs: the merged template and the code of all functions."""

    template: Path
    code: Path

    @property
    def digest(self) -> str:
        """Changes when what would be deployed changes."""
        return hashlib.sha256(self.template.read_bytes() + self.code.read_bytes()).hexdigest()


def package(stage: str, *, for_aws: bool, project: Path = ROOT, build: Path = BUILD) -> Package:
    """Builds the stage, or finds it built already from the same sources."""
    out = build / f"{stage}-{'aws' if for_aws else 'local'}"
    built = Package(out / "template.json", out / "deployment.zip")
    sources = sources_digest(project, for_aws=for_aws)
    stamp = out / "sources.sha256"
    if stamp.exists() and stamp.read_text() == sources and built.template.exists() and built.code.exists():
        return built
    dependencies = _dependencies(project, build, native=_needs_native_wheels(for_aws=for_aws))
    merged = merged_template(stage, out, for_aws=for_aws, project=project, dependencies=dependencies)
    built.template.write_text(json.dumps(merged, sort_keys=True, separators=(",", ":")))
    contents = _contents(out / "project", out / "contents")
    _write_zip(out / "chalice" / "deployment.zip", built.code, out / "unpacked", contents)
    stamp.write_text(sources)
    return built


def merged_template(
    stage: str, out: Path, *, for_aws: bool, project: Path = ROOT, dependencies: Path | None = None
) -> dict[str, Any]:
    """The stage's whole template; `out/chalice` gets the zip, which is complete only with the dependencies."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    chalice = _run_chalice(stage, project, out, dependencies)
    merged = template.merge(chalice, parts(for_aws=for_aws), STAGE_SETTINGS[stage])
    return merged if for_aws else dict(spelled_for_the_emulator(merged))


def parts(*, for_aws: bool) -> dict[str, Any]:
    """The infrastructure by file name; infra/resources/aws is what the local stack has no use for (the portal's hosting)."""
    files = sorted(RESOURCES.glob("*.yaml")) + (sorted((RESOURCES / "aws").glob("*.yaml")) if for_aws else [])
    return {file.relative_to(RESOURCES).as_posix(): yaml.safe_load(file.read_text()) for file in files}


def sources_digest(project: Path, *, for_aws: bool) -> str:
    """Of everything that decides what is built."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {for_aws} {platform.machine()}".encode())
    for file in _source_files(project):
        digest.update(f"{file.relative_to(file.anchor)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _source_files(project: Path) -> Iterable[Path]:
    yield project / "app.py"
    yield from (project / "requirements.txt", ROOT / "constraints.txt")
    for folder in (project / "chalicelib", project / ".chalice", RESOURCES):
        yield from sorted(
            f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts and "deploy" not in f.parts
        )
    yield from sorted((ROOT / "infra").glob("*.py"))


def _needs_native_wheels(*, for_aws: bool) -> bool:
    """The local emulator runs the functions with this machine's Python, which may not be Linux on x86-64."""
    return not for_aws and (platform.system(), platform.machine()) != ("Linux", "x86_64")


def _dependencies(project: Path, build: Path, *, native: bool) -> Path:
    """The runtime requirements as Lambda will import them, installed once per content of requirements.txt.

    Chalice would compile a package that has no fitting wheel against this machine's libraries, without a word; pip with
    --only-binary refuses. Chalice's own requirement is left out: it adds its runtime module to the zip itself.
    """
    lines = [
        line for line in (project / "requirements.txt").read_text().splitlines() if not line.startswith("chalice==")
    ]
    what = [*lines, (ROOT / "constraints.txt").read_text(), str(sys.version_info[:2]), str(native), *LEFT_OUT]
    key = hashlib.sha256("\n".join(what).encode()).hexdigest()[:16]
    folder = build / "dependencies" / key
    if (folder / ".complete").exists():
        return folder / "site"
    shutil.rmtree(folder, ignore_errors=True)
    site = folder / "site"
    site.mkdir(parents=True)
    requirements = folder / "requirements.txt"
    requirements.write_text("\n".join(lines) + "\n")
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--target", str(site),
          *([] if native else _lambda_wheels()), "-r", str(requirements),
          "-c", str(ROOT / "constraints.txt")], cwd=project)  # fmt: skip
    for entry in list(site.iterdir()):
        if entry.name.split("-")[0].removesuffix(".py") in IN_THE_RUNTIME or entry.name == "bin":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for pattern in LEFT_OUT:
        found = list(site.glob(pattern))
        if not found and not native:
            sys.exit(f"packaging failed: nothing is called {pattern} any more; see LEFT_OUT in infra/package.py")
        for unused in found:
            shutil.rmtree(unused) if unused.is_dir() else unused.unlink()
    _compile(site)
    (folder / ".complete").touch()
    return site


def _lambda_wheels() -> list[str]:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    platforms = [
        "manylinux2014_x86_64",
        *(f"manylinux_2_{minor}_x86_64" for minor in range(17, OLDEST_GLIBC + 1)),
    ]
    flags = ["--only-binary=:all:", "--implementation", "cp", "--python-version", version]
    return flags + [flag for name in platforms for flag in ("--platform", name)]


def _run_chalice(stage: str, project: Path, out: Path, dependencies: Path | None) -> dict[str, Any]:
    staged = out / "project"
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", "deployments", "deployed")
    shutil.copytree(project / "chalicelib", staged / "chalicelib", ignore=ignore)
    shutil.copytree(project / ".chalice", staged / ".chalice", ignore=ignore)
    shutil.copy(project / "app.py", staged / "app.py")
    (staged / "requirements.txt").write_text("")  # the dependencies are in vendor/
    if dependencies:
        (staged / "vendor").symlink_to(dependencies, target_is_directory=True)
    environment = {
        **os.environ,
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment.pop("PYTHONPATH", None)
    tool = [sys.executable, "-c", "from chalice.cli import main; main()"]
    _run(
        [*tool, "--project-dir", str(staged), "package", "--stage", stage, str(out / "chalice")],
        cwd=staged,
        env=environment,
    )
    result: dict[str, Any] = json.loads((out / "chalice" / "sam.json").read_text())
    return result


def _contents(staged: Path, out: Path) -> Path:
    """What only the whole application knows of itself. The staged tree comes first on the path; this one lends infra/."""
    out.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    _run([sys.executable, "-m", "infra.contents", str(out)], cwd=staged, env=environment)
    return out


def _write_zip(made: Path, final: Path, unpacked: Path, contents: Path) -> None:
    """The same files with compiled code beside them, in one order and with one date.

    A function cannot write byte code to its own folder: without it, every cold start compiles every module again."""
    with zipfile.ZipFile(made) as archive:
        archive.extractall(unpacked)
    shutil.copytree(contents, unpacked / "chalicelib" / "http", dirs_exist_ok=True)
    for own in ("app.py", "chalice", "chalicelib"):
        _compile(unpacked / own)
    with zipfile.ZipFile(final, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(f for f in unpacked.rglob("*") if f.is_file()):
            info = zipfile.ZipInfo(file.relative_to(unpacked).as_posix(), _ZIP_DATE)
            info.external_attr = 0o644 << 16
            archive.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED)
    shutil.rmtree(unpacked)
    shutil.rmtree(made.parent)


def _compile(path: Path) -> None:
    """Byte code that is valid whatever the source's date."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    root = path if path.is_dir() else path.parent
    if path.is_dir():
        compileall.compile_dir(path, quiet=2, invalidation_mode=mode, stripdir=str(root), prependdir="/var/task")
    else:
        compileall.compile_file(path, quiet=2, invalidation_mode=mode, stripdir=str(root), prependdir="/var/task")


def _run(command: list[str], *, cwd: Path, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"packaging failed: {' '.join(command[:6])} …\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--target", choices=("aws", "local"), default="aws")
    arguments = parser.parse_args()
    built = package(arguments.stage, for_aws=arguments.target == "aws")
    print(
        f"{built.template.relative_to(ROOT)} and {built.code.relative_to(ROOT)} ({built.code.stat().st_size / 1e6:.1f} MB)"
    )


if __name__ == "__main__":
    main()
