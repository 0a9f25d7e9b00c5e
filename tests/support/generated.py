"""A client made by openapi-python-client from somebody's document, carried into our API in process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.support.api import Caller


def generate(published: Path, folder: Path, package: str) -> None:
    """Writes the client's package into the folder."""
    document = json.loads(published.read_text())
    (folder / f"{package}.json").write_text(json.dumps(inlined(document, document)))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(folder / f"{package}.json")]
    output = ["--meta", "none", "--output-path", str(folder / package)]
    subprocess.run([*command, *output], check=True, capture_output=True)


def inlined(root: Any, value: Any) -> Any:
    """The document without its references into its own paths, which generators do not follow."""
    if isinstance(value, list):
        return [inlined(root, each) for each in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/paths"):
        return {name: inlined(root, each) for name, each in value.items()}
    found = root
    for part in reference.removeprefix("#/").replace("%7B", "{").replace("%7D", "}").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        found = found[int(key)] if isinstance(found, list) else found[key]
    return inlined(root, found)


class Transport(httpx.BaseTransport):
    """Carries a client's requests into our API in process."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name.title(): value for name, value in request.headers.items()}
        caller = Caller(self.caller.app, self.caller.world)
        url = request.url.raw_path.decode()
        body = request.read()
        answer = caller.call(request.method, url, body.decode() if body else None, headers=headers)
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.text.encode())
