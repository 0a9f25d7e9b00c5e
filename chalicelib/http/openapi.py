"""The OpenAPI 3.1 document, written from the routes themselves: what answers requests is what is described."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from inspect import cleandoc
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from chalicelib.http.errors import ErrorBody
from chalicelib.http.forms import Form
from chalicelib.http.operations import PUBLIC, Access, Operation

_REF = "#/components/schemas/{model}"
_REASONS = {
    400: "The request is wrong; `errors` names the fields.",
    401: "No credentials, or none that are good.",
    403: "The caller's role does not have the permission.",
    404: "There is no such thing.",
    409: "The state of things is against it.",
    413: "The body is too large.",
    415: "The body is of a kind this operation does not read.",
    429: "That was too often: wait as long as Retry-After says.",
}
_WORDS = {200: "Done.", 201: "Created.", 202: "Taken on; the work goes on.", 204: "Done; nothing to tell."}


DOCUMENT = Path(__file__).with_name("openapi.json")
"""Only in the zip: the api function knows one room at a time."""


def operations_of(routes: dict[str, dict[str, Any]]) -> list[Operation]:
    """The operations behind an application's routes, by path and method."""
    entries = [entry.view_function for methods in routes.values() for entry in methods.values()]
    found = [view.operation for view in entries if hasattr(view, "operation")]
    return sorted(found, key=lambda operation: (operation.path, operation.method))


def text(routes: dict[str, dict[str, Any]]) -> str:
    """The document of Chalice's routes, as it is served."""
    return json.dumps(document(operations_of(routes)))


def document(operations: Iterable[Operation], *, server: str = "/") -> dict[str, Any]:
    """The whole document. Deterministic: the same routes give the same text."""
    listed = list(operations)
    schemas = _Schemas(listed)
    names = Counter(operation.name for operation in listed)
    paths: dict[str, Any] = {}
    for operation in listed:
        described = _operation(operation, schemas, unique=names[operation.name] == 1)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": "1",
            "description": "Every error has the shape of `ErrorBody`. Lists answer a page and the token of the next.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A Cognito access token of a person, or an API key.",
                },
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A machine's key."},
            },
            "responses": {
                f"Error{status}": {"description": text, "content": _json({"$ref": _REF.format(model="ErrorBody")})}
                for status, text in _REASONS.items()
            },
        },
    }


class _Schemas:
    """The JSON schemas of all bodies and results, made together so that each model is one component."""

    def __init__(self, operations: list[Operation]) -> None:
        wanted: list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = [
            ("error", "serialization", TypeAdapter(ErrorBody))
        ]
        for operation in operations:
            if operation.body:
                wanted.append(((id(operation), "body"), "validation", operation.body))
            if operation.result:
                wanted.append(((id(operation), "result"), "serialization", operation.result))
        by_key, definitions = TypeAdapter.json_schemas(wanted, by_alias=True, ref_template=_REF)
        components = definitions.get("$defs", {})
        names = _short_names(list(components))
        self._by_key = {key: _renamed(schema, names) for key, schema in by_key.items()}
        renamed = {names[name]: _renamed(schema, names) for name, schema in components.items()}
        self.components: dict[str, Any] = _valid(renamed)

    def body(self, operation: Operation) -> dict[str, Any]:
        return dict(self._by_key[((id(operation), "body"), "validation")])

    def result(self, operation: Operation) -> dict[str, Any]:
        return dict(self._by_key[((id(operation), "result"), "serialization")])


def _valid(schema: Any) -> Any:
    """Without the discriminators that lead to another union: OpenAPI lets one lead to a component only."""
    match schema:
        case dict():
            mapping = schema.get("discriminator", {}).get("mapping", {}) if "oneOf" in schema else {}
            nested = any(not isinstance(target, str) for target in mapping.values())
            return {name: _valid(each) for name, each in schema.items() if not (nested and name == "discriminator")}
        case list():
            return [_valid(each) for each in schema]
        case _:
            return schema


def _short_names(names: list[str]) -> dict[str, str]:
    """Readable names where modules have models of the same name: pydantic gives these their whole module path.

    >>> _short_names(["chalicelib__contacts__views__ContactView", "Order"])
    {'chalicelib__contacts__views__ContactView': 'ContactsContactView', 'Order': 'Order'}
    """
    found = {name: _path_of.sub(lambda path: path[1].capitalize(), name) for name in names}
    taken = Counter(found.values())
    return {name: short if taken[short] == 1 else _whole(name) for name, short in found.items()}


_path_of = re.compile(r"chalicelib__([a-z]+)__(?:[a-z_]+__)?(?=[A-Z])")


def _whole(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.removeprefix("chalicelib__").split("__"))


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    """The schema with its references, and the mappings of its discriminators, under the short names."""
    if isinstance(schema, dict):
        return {key: _renamed(value, names) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_renamed(each, names) for each in schema]
    prefix = _REF.format(model="")
    if isinstance(schema, str) and schema.startswith(prefix):
        return prefix + names[schema.removeprefix(prefix)]
    return schema


def _operation(operation: Operation, schemas: _Schemas, *, unique: bool) -> dict[str, Any]:
    summary, _, description = cleandoc(operation.function.__doc__ or "").partition("\n")
    permission = operation.permission
    found: dict[str, Any] = {
        "operationId": operation.name if unique else f"{operation.feature}_{operation.name}",
        "tags": [operation.tag],
        "summary": summary,
        "x-permission": permission.value,
        "security": [] if permission is PUBLIC else [{"bearer": []}, {"apiKey": []}],
        "responses": _responses(operation, schemas),
    }
    if description.strip():
        found["description"] = description.strip()
    if parameters := [*_path_parameters(operation), *_query_parameters(operation), *_headers(operation)]:
        found["parameters"] = parameters
    if body := _request_body(operation, schemas):
        found["requestBody"] = body
    return found


def _responses(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    status = 204 if operation.result is None and operation.status == 200 else operation.status
    responses: dict[str, Any] = {}
    for good in (status, *operation.other_statuses):
        responses[str(good)] = {"description": _WORDS.get(good, "Done.")}
        if operation.result:
            responses[str(good)]["content"] = _json(schemas.result(operation))
    for bad in _refusals(operation):
        responses[str(bad)] = {"$ref": f"#/components/responses/Error{bad}"}
    return responses


def _refusals(operation: Operation) -> list[int]:
    """The statuses of the errors this operation can answer."""
    has_body = "body" in operation.arguments
    # A public operation that takes something has its own proof (a password, a visitor's session) and its own limits.
    for_strangers = operation.permission is PUBLIC and (has_body or bool(operation.path_names))
    checks = {
        400: True,
        401: operation.permission is not PUBLIC or for_strangers,
        403: not isinstance(operation.permission, Access) or for_strangers,
        404: bool(operation.path_names),
        409: operation.method != "GET",
        413: has_body,
        415: has_body,
        429: for_strangers,
    }
    return [status for status, applies in checks.items() if applies]


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    text = {"type": "string", "minLength": 1, "maxLength": 256}
    number = {"type": "integer", "minimum": 0}
    return [
        {"name": wire, "in": "path", "required": True, "schema": number if name in operation.path_numbers else text}
        for wire, name in operation.path_names.items()
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = _inlined(operation.query.json_schema(by_alias=True, mode="validation"))
    required = schema.get("required", [])
    return [_parameter(name, field, required=name in required) for name, field in schema["properties"].items()]


def _parameter(name: str, field: dict[str, Any], *, required: bool) -> dict[str, Any]:
    parameter: dict[str, Any] = {"name": name, "in": "query", "required": required}
    described = dict(field)
    if text := described.pop("description", ""):
        parameter["description"] = text
    # A query has no null: absent is how a parameter is not given.
    if "anyOf" in described:
        kinds = [kind for kind in described["anyOf"] if kind != {"type": "null"}]
        described.pop("anyOf")
        described |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    if described.get("default", "") is None:
        described.pop("default")
    parameter["schema"] = described
    return parameter


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references: the enums a query names stand where they are used."""
    definitions = schema.get("$defs", {})

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            if reference := value.get("$ref"):
                rest = {name: inner for name, inner in value.items() if name != "$ref"}
                return {**walk(definitions[reference.rsplit("/", 1)[1]]), **rest}
            return {name: walk(inner) for name, inner in value.items() if name != "$defs"}
        return [walk(inner) for inner in value] if isinstance(value, list) else value

    return dict(walk(schema))


def _headers(operation: Operation) -> list[dict[str, Any]]:
    if "if_match" not in operation.arguments:
        return []
    text = "The ETag of the version this change is meant for; without it the newest is changed."
    return [{"name": "If-Match", "in": "header", "required": False, "description": text, "schema": {"type": "string"}}]


def _request_body(operation: Operation, schemas: _Schemas) -> dict[str, Any] | None:
    if "body" not in operation.arguments:
        return None
    if operation.body:
        schema = schemas.body(operation)
    elif operation.body_type is Form:
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        schema = {"type": "object", "properties": {"file": file}}
    else:
        schema = {}
    return {"required": operation.body_required, "content": {kind: {"schema": schema} for kind in operation.consumes}}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
