"""The synced record of a template, as campaigns look it up."""

from collections.abc import Callable

from chalicelib.channels import templates
from chalicelib.channels.templates import TemplateMissing, TemplateRecord
from chalicelib.cloud.table import Table

FindTemplate = Callable[[str, str, str], TemplateRecord | None]
"""(waba_id, name, language) → our record of the template, or None."""


def finder(table: Table) -> FindTemplate:
    """Looks templates up in the main table."""

    def find(waba_id: str, name: str, language: str) -> TemplateRecord | None:
        try:
            return templates.get(table, waba_id, name, language)
        except TemplateMissing:
            return None

    return find
