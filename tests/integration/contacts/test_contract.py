"""8x8's Contacts API, operation by operation: our document has each with its parameters, bodies and answers.

tests/data/contacts-operations.csv is our own table of it and always held; the published document is held where it is at hand.
"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.http.openapi import document, operations_of

TABLE = Path("tests/data/contacts-operations.csv")
PUBLISHED = Path("../shared/openapi/contacts_api.json")
OURS = json.loads(json.dumps(document(operations_of(app.routes))))

# Ours is another way to say the same: a deleted contact's 204 has no 404 beside it in either.
Operation = tuple[str, str, str, str, str]


def _resolved(root: dict[str, Any], value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        found: Any = root
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")]
        value = found
    return value


def _operations(root: dict[str, Any], paths: dict[str, Any]) -> set[Operation]:
    """(method, path, query parameters, body types, good statuses) of each operation."""
    found = set()
    for path, methods in paths.items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            parameters = [_resolved(root, each) for each in operation.get("parameters", [])]
            query = sorted(each["name"] for each in parameters if each["in"] == "query")
            bodies = sorted(operation.get("requestBody", {}).get("content", {}))
            good = sorted(status for status in operation["responses"] if status.startswith("2"))
            found.add((method.upper(), path, " ".join(query), " ".join(bodies), " ".join(good)))
    return found


def _table() -> set[Operation]:
    with TABLE.open(newline="") as file:
        return {(row["method"], row["path"], row["query"], row["body"], row["good"]) for row in csv.DictReader(file)}


def _contains(wanted: Operation) -> bool:
    """Whether ours has it, perhaps with more: further parameters, a further kind of body."""
    for ours in _operations(OURS, OURS["paths"]):
        if ours[:2] == wanted[:2]:
            return all(
                set(theirs.split()) <= set(mine.split()) for theirs, mine in zip(wanted[2:], ours[2:], strict=True)
            )
    return False


@pytest.mark.parametrize("operation", sorted(_table()), ids=lambda operation: f"{operation[0]} {operation[1]}")
def test_our_document_has_each_operation_of_the_table(operation: Operation) -> None:
    assert _contains(operation)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published document is not at hand")
def test_the_table_is_the_published_document() -> None:
    published = json.loads(PUBLISHED.read_text())
    assert _operations(published, published["paths"]) == _table()


FIELDS = {
    "ContactView": {"id", "createdAt", "firstName", "lastName", "externalId", "country", "groups", "addresses", "customAttributes"},
    "Addresses": {"msisdn", "weChatUserId", "facebookUserId", "email", "zaloId", "lineId", "kakaoTalkId"},
    "GroupView": {"id", "contacts", "createdAt", "name", "description", "isBlacklist"},
    "BatchJob": {"fileName", "fileType", "fileLocation", "id", "type", "status", "createdAt", "invalidFileLocation",
                 "totalRows", "errorRows", "duplicatedRows", "insertedRows", "contactGroups"},
    "NumberedPage_ContactView_": {"items", "page", "totalPages", "totalCount", "totalFiltered", "hasPreviousPage", "hasNextPage"},
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_our_answers_have_all_their_fields(name: str) -> None:
    schemas = OURS["components"]["schemas"]
    # A room's name stands before it where two rooms have a model of the same name.
    ours = [each for each in schemas if each.replace("Contacts", "") in {name, f"{name}-Output"}]
    assert [each for each in ours if schemas[each]["properties"].keys() >= FIELDS[name]]


THEIR_NAMES = {"contact": "ContactView", "address-list": "Addresses", "group": "GroupView", "batch-upload-job": "BatchJob",
               "contact-list": "NumberedPage_ContactView_"}  # fmt: skip


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published document is not at hand")
@pytest.mark.parametrize("theirs", THEIR_NAMES)
def test_the_fields_are_those_of_the_published_document(theirs: str) -> None:
    schema = json.loads(PUBLISHED.read_text())["components"]["schemas"][theirs]
    assert set(schema["properties"]) <= FIELDS[THEIR_NAMES[theirs]]
