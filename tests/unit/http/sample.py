"""A small API of its own, to hold the HTTP layer to its word without any feature."""

from datetime import UTC, datetime

from chalice import Chalice
from chalice.app import Blueprint
from pydantic import Field

from chalicelib.cloud.pages import start_of
from chalicelib.http.endpoint import endpoint
from chalicelib.http.errors import maps
from chalicelib.http.forms import Form
from chalicelib.http.operations import PUBLIC
from chalicelib.http.paging import Page, PageQuery
from chalicelib.http.replies import Reply
from chalicelib.http.strays import reshape
from chalicelib.problems import Conflict, NotFound
from chalicelib.settings import Settings
from chalicelib.shape import Shape
from chalicelib.wiring import World
from tests.support.api import Caller

bp = Blueprint(__name__)


class Line(Shape):
    text: str = Field(min_length=1, max_length=20)
    amount: int = Field(default=1, ge=1, le=99)


class OrderDraft(Shape):
    customer_name: str = Field(max_length=50)
    lines: list[Line] = Field(min_length=1, max_length=10)


class Order(OrderDraft):
    id: str
    version: int = 1


class OrderQuery(PageQuery):
    state: list[str] = Field(default_factory=list)


class OrderGone(NotFound):
    def __init__(self, order_id: str) -> None:
        super().__init__(f"There is no order {order_id}.")


class ShopClosed(Exception):
    """An exception of a room that knows nothing of requests."""


maps({ShopClosed: Conflict})


@endpoint(bp, "POST", "/orders", permission=PUBLIC, status=201, max_bytes=2000)
def create_order(body: OrderDraft) -> Order:
    """Creates an order.

    It is not kept.
    """
    return Order(id="1", customer_name=body.customer_name, lines=body.lines)


@endpoint(bp, "GET", "/orders", permission=PUBLIC)
def list_orders(query: OrderQuery) -> Page[Order]:
    """Lists orders."""
    start_of(query.next, "ORDERS")
    return Page[Order](items=[])


@endpoint(bp, "GET", "/orders/{orderId}", permission=PUBLIC)
def get_order(order_id: str) -> Order:
    """Reads an order."""
    if order_id == "closed":
        raise ShopClosed("The shop is closed.")
    if order_id == "broken":
        raise RuntimeError("secret inner detail")
    raise OrderGone(order_id)


@endpoint(bp, "PUT", "/orders/{orderId}", permission=PUBLIC, other_statuses=(201,))
def put_order(order_id: str, body: OrderDraft, if_match: int | None) -> Reply[Order]:
    """Replaces an order."""
    return Reply(
        Order(id=order_id, version=(if_match or 0) + 1, customer_name=body.customer_name, lines=body.lines), 201
    )


@endpoint(bp, "DELETE", "/orders/{orderId}", permission=PUBLIC)
def delete_order(order_id: str) -> None:
    """Deletes an order."""


@endpoint(bp, "POST", "/orders/{orderId}/notes", permission=PUBLIC)
def note_order(order_id: str, body: OrderDraft | None) -> Order | None:
    """Notes something, or nothing."""
    return Order(id=order_id, customer_name=body.customer_name, lines=body.lines) if body else None


@endpoint(bp, "POST", "/files", permission=PUBLIC)
def upload_file(body: Form) -> list[str]:
    """Takes a file."""
    return [f"{name}:{file.name}:{len(file.content)}" for name, file in body.files.items()] + sorted(body.fields)


@endpoint(bp, "POST", "/csv", permission=PUBLIC, consumes=("text/csv",))
def upload_csv(body: bytes) -> list[int]:
    """Takes bytes."""
    return [len(body)]


@endpoint(bp, "GET", "/accounts/{accountId}/orders", permission=PUBLIC)
def list_account_orders() -> list[str]:
    """Lists the orders of an account."""
    return []


ERROR_ID = "01000000-0000-0000-0000-000000000000"

# Once: Chalice consumes a blueprint's options when it registers it.
_app = Chalice("sample")
_app.api.binary_types.append("multipart/form-data")
_app.register_middleware(reshape, "http")
_app.register_blueprint(bp)


def make() -> Caller:
    """A client of the sample, in a world whose every error has the same id, ERROR_ID."""
    world = World(Settings(account_id="here"), lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    world.new_id = lambda: "01" + "0" * 24
    return Caller(_app, world)
