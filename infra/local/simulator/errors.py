"""Meta's errors: one catalogue for the answer of a call and for the `errors` of a failed status.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

import csv
import secrets
from pathlib import Path
from typing import Any, NamedTuple

DOCS = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


class Known(NamedTuple):
    http: int
    title: str
    details: str


def _read(path: Path) -> dict[int, Known]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {int(row["code"]): Known(int(row["http"]), row["title"], row["details"]) for row in rows}


CATALOGUE = _read(Path(__file__).with_name("errors.tsv"))

# A service that is down is worth a retry; Meta says so only for these.
TRANSIENT = {2, 131000, 131016, 131057, 133004}


class GraphError(Exception):
    """What Meta answers instead of doing the call."""

    def __init__(
        self,
        code: int,
        details: str | None = None,
        *,
        message: str | None = None,
        subcode: int | None = None,
        kind: str = "OAuthException",
        user_title: str | None = None,
        user_message: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        known = CATALOGUE.get(code, Known(400, "Error", ""))
        super().__init__(f"{code}: {details or message or known.title}")
        self.code = code
        self.http = known.http
        self.message = message or f"(#{code}) {known.title}"
        # Graph's own errors (100 with its sentence, 190) carry no error_data; WhatsApp's always do.
        self.details = details if details is not None or message is not None else known.details
        self.subcode = subcode
        self.kind = kind
        self.user_title = user_title
        self.user_message = user_message
        self.extra = extra or {}

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.code in TRANSIENT:
            error["is_transient"] = True
        if self.user_title is not None:
            error |= {
                "is_transient": False,
                "error_user_title": self.user_title,
                "error_user_msg": self.user_message,
            }
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return {"error": error, **self.extra}


def missing_object(node_id: str, method: str = "get") -> GraphError:
    return GraphError(
        100,
        message=(
            f"Unsupported {method} request. Object with ID '{node_id}' does not exist, cannot be loaded due "
            "to missing permissions, or does not support this operation. Please read the Graph API "
            "documentation at https://developers.facebook.com/docs/graph-api"
        ),
        subcode=33,
        kind="GraphMethodException",
    )


def required(parameter: str) -> GraphError:
    return GraphError(100, message=f"(#100) The parameter {parameter} is required.")


def webhook_error(code: int, details: str | None = None) -> dict[str, Any]:
    """One entry of `errors` in a failed status or in an inbound message."""
    known = CATALOGUE[code]
    return {
        "code": code,
        "title": known.title,
        "message": known.title,
        "error_data": {"details": details or known.details},
        "href": DOCS,
    }
