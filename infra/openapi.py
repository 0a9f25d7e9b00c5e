"""The API's description as a file of the portal: `python -m infra.openapi` writes it, `--check` says when it is out of date."""

import argparse
import json
import sys

from chalicelib.http.openapi import document, operations_of
from infra.package import ROOT

FILE = ROOT / "portal" / "openapi.json"


def text() -> str:
    """The document of the routes as they are now."""
    from app import app

    return json.dumps(document(operations_of(app.routes)), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the file differs")
    wanted = text()
    if not parser.parse_args().check:
        FILE.write_text(wanted)
    elif not FILE.exists() or FILE.read_text() != wanted:
        sys.exit("parley: portal/openapi.json is not the API of this tree; write it with make portal-api")


if __name__ == "__main__":
    main()
