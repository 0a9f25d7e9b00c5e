"""cfn-lint over the merged template of every stage: `python -m infra.lint`. Skipped while the templates are the same."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from infra.package import BUILD, STAGES, merged_template


def main() -> None:
    folder = BUILD / "lint"
    files = []
    for stage in STAGES:
        merged = merged_template(stage, folder / stage, for_aws=stage != "local")
        files.append(folder / f"{stage}.json")
        files[-1].write_text(json.dumps(merged, sort_keys=True, indent=1))
    digest = hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()
    stamp = folder / "passed.sha256"
    if stamp.exists() and stamp.read_text() == digest:
        return
    tool = str(Path(sys.executable).with_name("cfn-lint"))
    if subprocess.run([tool, *map(str, files)], check=False).returncode:
        sys.exit("cfn-lint: see above")
    stamp.write_text(digest)


if __name__ == "__main__":
    main()
