"""What a view's signature says: the one description that answers requests and writes the OpenAPI document."""

import inspect
import re
from collections.abc import Callable
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from chalice.app import Request
from pydantic import BaseModel, ConfigDict, TypeAdapter

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.dataclass import dataclass
from chalicelib.http.forms import Form
from chalicelib.http.replies import Reply
from chalicelib.wiring import World


class Access(Enum):
    """What a route asks for when it is not a permission."""

    PUBLIC = "public"
    """Anybody, without credentials."""
    SIGNED_IN = "signed-in"
    """Anybody we know, whatever their role."""


PUBLIC, SIGNED_IN = Access.PUBLIC, Access.SIGNED_IN

JSON = ("application/json",)
_PATH_NAME = re.compile(r"{(\w+)}")
_SPECIAL: dict[str, type] = {"user": CurrentUser, "world": World, "request": Request}


@dataclass(frozen=True)
class Operation:
    """One route."""

    function: Callable[..., Any]
    method: str
    path: str
    permission: Permission | Access
    status: int
    other_statuses: tuple[int, ...]
    tag: str
    consumes: tuple[str, ...]
    max_bytes: int
    path_names: dict[str, str]
    """Argument name by name in the path: `{contactId}` is given to `contact_id`."""
    arguments: frozenset[str]
    query: TypeAdapter[Any] | None
    query_model: type[BaseModel] | None
    body: TypeAdapter[Any] | None
    body_type: Any
    body_required: bool
    result: TypeAdapter[Any] | None
    omit_none: bool
    path_numbers: frozenset[str]
    """The path values that are whole numbers, by argument name."""

    @property
    def name(self) -> str:
        """The view's name: the operationId."""
        return self.function.__name__

    @property
    def feature(self) -> str:
        """The room the view lives in."""
        return self.function.__module__.split(".")[-2] if "." in self.function.__module__ else self.function.__module__


def describe(
    function: Callable[..., Any],
    method: str,
    path: str,
    permission: Permission | Access,
    *,
    status: int,
    other_statuses: tuple[int, ...],
    tag: str,
    consumes: tuple[str, ...],
    max_bytes: int,
    omit_none: bool,
) -> Operation:
    """The operation of a view. Raises TypeError, at import, when the signature and the path do not fit each other."""
    hints = get_type_hints(function)
    arguments = inspect.signature(function).parameters
    path_names = {wire: _snake(wire) for wire in _PATH_NAME.findall(path)}
    known = {*_SPECIAL, *path_names.values(), "body", "query", "if_match"}
    if unknown := set(arguments) - known:
        raise TypeError(
            f"{function.__module__}.{function.__name__}: nothing gives it {sorted(unknown)}; path is {path}"
        )
    if missing := set(path_names.values()) - set(arguments) - {"account_id"}:
        raise TypeError(f"{function.__module__}.{function.__name__} does not take {sorted(missing)} of {path}")
    for name in set(_SPECIAL) & set(arguments):
        if hints.get(name) is not _SPECIAL[name]:
            raise TypeError(f"{function.__name__}: {name} must be annotated {_SPECIAL[name].__name__}")
    body_type, optional = _without_none(hints.get("body"))
    result = _result(hints.get("return", NoneType))
    return Operation(
        function=function,
        method=method,
        path=path,
        permission=permission,
        status=status,
        other_statuses=other_statuses,
        tag=tag or function.__module__.split(".")[-2].capitalize(),
        consumes=("multipart/form-data",) if body_type is Form else consumes,
        max_bytes=max_bytes,
        path_names=path_names,
        arguments=frozenset(arguments),
        query=_adapter(hints["query"]) if "query" in hints else None,
        query_model=hints.get("query"),
        body=_adapter(body_type) if "body" in hints and body_type not in {bytes, Form} else None,
        body_type=body_type,
        body_required="body" in hints and not optional,
        result=None if result in {NoneType, None, str} else _adapter(result),
        omit_none=omit_none,
        path_numbers=frozenset(name for name in path_names.values() if hints.get(name) is int),
    )


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Built when it is first used: a cold start serves one route, not all of them."""
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)  # which says so itself
    return TypeAdapter(kind) if is_model else TypeAdapter(kind, config=ConfigDict(defer_build=True))


def _result(hint: Any) -> Any:
    """What the body is, out of the return annotation."""
    return get_args(hint)[0] if get_origin(hint) is Reply else hint


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in {Union, UnionType} and NoneType in get_args(hint):
        rest = [part for part in get_args(hint) if part is not NoneType]
        return (rest[0] if len(rest) == 1 else Union[tuple(rest)]), True  # noqa: UP007 - built at run time
    return hint, False


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
