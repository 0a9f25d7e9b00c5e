"""While functions are still being written: leaves out what waits for them. To be deleted when the set is empty."""

from typing import Any

PENDING = {"Events", "Websocket", "Step"}


def without_pending(part: dict[str, Any], present: set[str]) -> dict[str, Any]:
    """The part without the resources and outputs that lead to a function which is not there yet."""
    from infra.template import references

    gone = PENDING - present
    resources = dict(part.get("Resources", {}))
    while lost := {k for k, v in resources.items() if set(references(v)) & gone}:
        gone |= lost
        resources = {k: v for k, v in resources.items() if k not in lost}
    outputs = {k: v for k, v in part.get("Outputs", {}).items() if not set(references(v)) & gone}
    return {**part, "Resources": resources, "Outputs": outputs}
