"""Whatever a client sends, it gets an answer it can act on: never a 500, never our insides."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.cloud.pages import token_of
from tests.unit.http.sample import ERROR_ID, make

DRAFT: dict[str, Any] = {"customerName": "Mei", "lines": [{"text": "tea", "amount": 2}]}


def _draft(**changed: Any) -> dict[str, Any]:
    return DRAFT | changed


BODIES: list[tuple[Any, str]] = [
    ({}, "customerName"),
    (_draft(colour="red"), "colour"),
    (_draft(customer_name="x"), "customer_name"),
    (_draft(customerName=5), "customerName"),
    (_draft(lines=[]), "lines"),
    (_draft(lines=[{"text": ""}]), "lines.0.text"),
    (_draft(lines=[{"text": "a", "amount": "2"}]), "lines.0.amount"),
    (_draft(lines=[{"text": "a", "amount": 2.5}]), "lines.0.amount"),
    (_draft(lines=[{"text": "a", "amount": 10**40}]), "lines.0.amount"),
    ([1], "body"),
    ("null", "body"),
    ("{", "body"),
    ('{"customerName": "\\ud800"}', "body"),
    ('{"customerName": NaN}', "body"),
    ("[" * 1000, "body"),
    (b"\xff\xfe{}", "body"),
    (b"", "body"),
]


@pytest.mark.parametrize(("body", "field"), BODIES)
def test_a_wrong_body_is_a_400_that_names_the_field(body: Any, field: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = make().call("POST", "/orders", body, headers=headers)
    assert answer.status == 400
    assert field in [error["field"] for error in answer.json["errors"]]


def test_the_whole_error_has_the_one_shape() -> None:
    answer = make().post("/orders", _draft(lines=[{"text": "a", "amount": 0}, {}]))
    assert answer.json == {
        "code": "invalid",
        "message": "lines.0.amount: Input should be greater than or equal to 1 (1 more)",
        "errorId": ERROR_ID,
        "timestamp": "2026-11-22T12:00:00.000Z",
        "errors": [
            {"field": "lines.0.amount", "message": "Input should be greater than or equal to 1"},
            {"field": "lines.1.text", "message": "Field required"},
        ],
    }


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml; charset=utf-8", "nonsense", "application/jsonx"]
)
def test_another_kind_of_body_is_a_415_in_our_shape(content_type: str) -> None:
    answer = make().call("POST", "/orders", "{}", headers={"Content-Type": content_type})
    assert (answer.status, answer.json["code"]) == (415, "wrong_content_type")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", ""])
def test_json_may_be_announced_in_any_way_that_means_json(content_type: str) -> None:
    answer = make().call("POST", "/orders", json.dumps(DRAFT), headers={"Content-Type": content_type})
    assert answer.status == 201


def test_a_body_above_the_limit_is_a_413() -> None:
    answer = make().post("/orders", _draft(customerName="x" * 3000))
    assert (answer.status, answer.json["code"]) == (413, "too_large")


def test_a_method_the_path_does_not_take_is_a_405_in_our_shape() -> None:
    answer = make().call("PATCH", "/orders", "{}")
    assert (answer.status, answer.json["code"], answer.headers["Allow"]) == (405, "method_not_allowed", "POST, GET")


@pytest.mark.parametrize("order_id", ["%00", "a%00b", "a%23b", "%ff", "%ED%A0%80", "x" * 300, "%0a"])
def test_an_id_that_can_be_none_of_ours_is_not_found(order_id: str) -> None:
    answer = make().get(f"/orders/{order_id}")
    assert (answer.status, answer.json["code"]) == (404, "not_found")


QUERIES = [
    ("limit=0", "limit"),
    ("limit=many", "limit"),
    ("limit=5&limit=6", "limit"),
    ("sort=up", "sort"),
    ("next=%00", "next"),
    ("next=AAAA", "next"),
    ("next=" + "A" * 5000, "next"),
    ("next=" + str(token_of({"PK": "SECRETS", "SK": "1"})), "next"),
    ("next=" + str(token_of({"PK": "ORDERS", "SK": "1", "GSI1PK": "ORDERS", "GSI1SK": "1"})), "next"),
    ("next=" + str(token_of({"PK": "ORDERS", "SK": 1})), "next"),
    ("next=" + str(token_of({"PK": "ORDERS", "SK": ""})), "next"),
]


@pytest.mark.parametrize(("query", "field"), QUERIES)
def test_a_wrong_query_is_a_400_that_names_the_parameter(query: str, field: str) -> None:
    answer = make().get(f"/orders?{query}")
    assert (answer.status, [error["field"] for error in answer.json["errors"]]) == (400, [field])


def test_a_token_of_the_same_list_is_taken() -> None:
    token = token_of({"PK": "ORDERS", "SK": "1"})
    assert make().get(f"/orders?state=new&state=old&next={token}").status == 200


def test_a_parameter_where_none_is_taken_is_refused() -> None:
    assert make().get("/orders/7?fields=all").status == 400


def test_a_feature_s_own_problem_keeps_its_code_and_words() -> None:
    answer = make().get("/orders/7")
    assert (answer.status, answer.json["code"], answer.json["message"]) == (404, "order_gone", "There is no order 7.")


def test_an_exception_of_a_lower_room_means_what_the_feature_declared() -> None:
    answer = make().get("/orders/closed")
    assert (answer.status, answer.json["code"], answer.json["message"]) == (409, "shop_closed", "The shop is closed.")


def test_our_own_mistake_is_a_500_that_tells_only_its_id(caplog: pytest.LogCaptureFixture) -> None:
    answer = make().get("/orders/broken")
    assert (answer.status, answer.json["code"], answer.json["errorId"]) == (500, "internal_error", ERROR_ID)
    assert "secret inner detail" not in answer.text
    logged = [(record.levelname, vars(record)["error_id"], vars(record)["operation"]) for record in caplog.records]
    assert logged == [("ERROR", ERROR_ID, "get_order")]


FORMS = [
    (b"--xx\r\n", "multipart/form-data; boundary=xx"),
    (b"--xx--", "multipart/form-data"),
    (b"--xx\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xx--", "multipart/form-data; boundary=xx"),
    (b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--xx--', "multipart/form-data; boundary=xx"),
]


@pytest.mark.parametrize(("body", "content_type"), FORMS)
def test_a_broken_form_is_a_400(body: bytes, content_type: str) -> None:
    assert make().call("POST", "/files", body, headers={"Content-Type": content_type}).status == 400


def test_a_body_that_is_no_base64_is_a_400() -> None:
    answer = make().call("POST", "/csv", "a", headers={"Content-Type": "text/csv"}, binary=True)
    assert answer.status == 400


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["customerName", "lines", "text", "amount", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(_json)
def test_no_json_whatever_is_a_500(value: Any) -> None:
    assert make().post("/orders", json.dumps(value)).status in {201, 400}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_whatever_are_a_500(body: bytes) -> None:
    caller = make()
    assert caller.call("POST", "/orders", body, headers={"Content-Type": "application/json"}).status in {201, 400}
    form = {"Content-Type": "multipart/form-data; boundary=xx"}
    assert caller.call("POST", "/files", b"--xx" + body, headers=form).status in {200, 400}
