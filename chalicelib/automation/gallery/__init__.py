"""Ready-made workflows, each with the tests that prove it."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from chalicelib.automation.definition.importing import import_text
from chalicelib.automation.definition.model import Workflow


class GalleryEntry(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)
    key: str
    workflow: Workflow


@cache
def entries() -> tuple[GalleryEntry, ...]:
    """Every workflow of the gallery, by file name."""
    return tuple(_read(path) for path in sorted(Path(__file__).parent.glob("*.json")))


def _read(path: Path) -> GalleryEntry:
    workflow = import_text(path.read_bytes()).workflow
    assert workflow is not None, path
    return GalleryEntry(key=path.stem, workflow=workflow)
