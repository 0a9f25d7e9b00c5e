"""What the api function reads instead of importing every room: `python -m infra.contents FOLDER`, run in a tree with app.py.

Writes contents.json (route → module that serves it) and openapi.json, which chalicelib/http/front.py and api.py look for.
"""

import json
import sys
from pathlib import Path

from app import app
from chalicelib.http.front import CONTENTS, rooms_of
from chalicelib.http.openapi import DOCUMENT, text


def main() -> None:
    folder = Path(sys.argv[1])
    (folder / CONTENTS.name).write_text(json.dumps(rooms_of(app.routes), indent=0, sort_keys=True))
    (folder / DOCUMENT.name).write_text(text(app.routes))


if __name__ == "__main__":
    main()
