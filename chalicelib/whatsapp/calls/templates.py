"""The account's templates, as Meta's JSON; `whatsapp.templates` has their models."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.whatsapp import answers
from chalicelib.whatsapp.answers import CreatedTemplate, Page
from chalicelib.whatsapp.calls.base import Calls, read


class TemplateCalls(Calls):
    """Listing, submitting, changing and deleting templates."""

    def templates(
        self,
        waba_id: str,
        *,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        after: str | None = None,
        status: str | None = None,
        name: str | None = None,
        language: str | None = None,
        category: str | None = None,
    ) -> Page:
        """One page of the account's templates, as Meta's JSON."""
        query = {"fields": fields, "limit": limit, "after": after, "status": status}
        query |= {"name": name, "language": language, "category": category}
        return answers.page_of(self.call("GET", f"{waba_id}/message_templates", query=query))

    def template(self, template_id: str, *, fields: Sequence[str] | None = None) -> dict[str, Any]:
        return self.call("GET", template_id, query={"fields": fields})

    def create_template(self, waba_id: str, definition: Mapping[str, Any]) -> CreatedTemplate:
        """Submits a definition for review."""
        return read(CreatedTemplate, self.call("POST", f"{waba_id}/message_templates", body=definition))

    def edit_template(self, template_id: str, changes: Mapping[str, Any]) -> None:
        self.call("POST", template_id, body=changes)

    def delete_template(self, waba_id: str, name: str, *, template_id: str | None = None) -> None:
        """Deletes one language by `template_id` and name; by name alone, all of them."""
        self.call("DELETE", f"{waba_id}/message_templates", query={"name": name, "hsm_id": template_id})

    def unpause_template(self, template_id: str) -> None:
        self.call("POST", f"{template_id}/unpause")
