"""What comes in as a model and goes out as JSON."""

from typing import Any

import pytest
from chalice.app import Blueprint

from chalicelib.http.endpoint import endpoint
from chalicelib.http.operations import PUBLIC
from tests.unit.http.sample import make

DRAFT = {"customerName": "Mei", "lines": [{"text": "tea", "amount": 2}]}


def test_a_body_becomes_a_model_and_the_result_json() -> None:
    answer = make().post("/orders", DRAFT)
    assert answer.status == 201
    assert answer.json == {"id": "1", "version": 1, "customerName": "Mei", "lines": [{"text": "tea", "amount": 2}]}
    assert answer.headers["Cache-Control"] == "no-store"


def test_several_methods_share_a_path() -> None:
    assert (make().get("/orders").json, make().delete("/orders/1").status) == ({"items": [], "next": None}, 204)


def test_a_versioned_result_carries_its_etag_and_if_match_brings_it_back() -> None:
    answer = make().put("/orders/7", DRAFT, if_match='"41"')
    assert (answer.status, answer.json["version"], answer.headers["ETag"]) == (201, 42, '"42"')


def test_an_if_match_that_was_never_an_etag_is_refused() -> None:
    answer = make().put("/orders/7", DRAFT, if_match="yesterday")
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "If-Match")


def test_an_optional_body_may_be_absent() -> None:
    assert make().post("/orders/7/notes").status == 204
    assert make().post("/orders/7/notes", DRAFT).json["id"] == "7"


def test_a_path_value_is_decoded_once() -> None:
    assert make().get("/orders/caf%C3%A9").json["message"] == "There is no order café."


def test_a_form_brings_its_file_byte_for_byte() -> None:
    content = bytes(range(256)) + b"\r\n--notmine\r\n"
    body = (
        (
            b'--xx\r\nContent-Disposition: form-data; name="groups"\r\n\r\n1\r\n'
            b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
        )
        + content
        + b"\r\n--xx--\r\n"
    )
    answer = make().call("POST", "/files", body, headers={"Content-Type": "multipart/form-data; boundary=xx"})
    assert answer.json == [f"file:a.csv:{len(content)}", "groups"]


def test_bytes_are_taken_as_they_are() -> None:
    assert make().call("POST", "/csv", b"a,b\n", headers={"Content-Type": "text/csv"}).json == [4]


def test_another_account_is_not_found() -> None:
    assert make().get("/accounts/here/orders").status == 200
    assert make().get("/accounts/elsewhere/orders").status == 404


def test_same_named_views_of_different_modules_live_side_by_side() -> None:
    one, two = Blueprint("one"), Blueprint("two")

    def view() -> None:
        """Does nothing."""

    endpoint(one, "GET", "/one", permission=PUBLIC)(view)
    endpoint(two, "GET", "/two", permission=PUBLIC)(view)
    caller = make()
    caller.app.register_blueprint(one)
    caller.app.register_blueprint(two)
    assert [caller.get("/one").status, caller.get("/two").status] == [204, 204]


def _asks_too_much(nobody: Any) -> None:
    """Takes something nothing gives."""


def _forgets_the_id() -> None:
    """Does not take its path's value."""


@pytest.mark.parametrize("view", [_asks_too_much, _forgets_the_id])
def test_a_signature_that_does_not_fit_its_path_is_refused_at_import(view: Any) -> None:
    with pytest.raises(TypeError, match=view.__name__):
        endpoint(Blueprint("x"), "GET", "/things/{thingId}", permission=PUBLIC)(view)
