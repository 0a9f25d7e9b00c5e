"""The synced record of a template, as campaigns read it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.cloud import keys
from chalicelib.cloud.table import Table


@dataclass(frozen=True)
class TemplateRecord:
    """What a campaign needs to know of a template."""

    category: str
    """MARKETING, UTILITY or AUTHENTICATION."""
    status: str
    """APPROVED, or why it cannot be sent."""
    components: Sequence[dict[str, Any]]


FindTemplate = Callable[[str, str, str], TemplateRecord | None]
"""(waba_id, name, language) → our synced record of the template, or None."""


def finder(table: Table) -> FindTemplate:
    """Looks templates up in the main table."""

    def find(waba_id: str, name: str, language: str) -> TemplateRecord | None:
        item = table.get(keys.template(waba_id, name, language))
        return TemplateRecord(item["category"], item["status"], item["components"]) if item else None

    return find
