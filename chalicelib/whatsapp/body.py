"""A webhook body as JSON. No model is imported here: the front door needs no more."""

import json
import re
from typing import Any

# One half of a surrogate pair alone, escaped as Meta writes it. An escaped backslash before it is found, too, and harmless.
_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


def decode(body: str | bytes) -> Any:
    """The JSON of a body. Half an emoji, which Meta can cut off, becomes U+FFFD: nothing could store it.

    Raises ValueError when it is not JSON.
    """
    text = body.decode() if isinstance(body, bytes) else body
    try:
        payload = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if "\\u" not in text or not _HALF.search(text):
        return payload
    plain = json.dumps(payload, ensure_ascii=False)
    return json.loads(plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
