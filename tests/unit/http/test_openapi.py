"""The document says what the routes do."""

from openapi_spec_validator import validate

from chalicelib.http.openapi import document, operations_of
from tests.unit.http.sample import make

DOCUMENT = document(operations_of(make().app.routes))


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_an_operation_tells_its_words_permission_body_and_answers() -> None:
    found = DOCUMENT["paths"]["/orders"]["post"]
    assert found["operationId"] == "create_order"
    assert (found["summary"], found["description"]) == ("Creates an order.", "It is not kept.")
    assert (found["x-permission"], found["security"]) == ("public", [])
    assert found["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OrderDraft"}}},
    }
    assert list(found["responses"]) == ["201", "400", "401", "403", "409", "413", "415", "429"]


def test_a_model_is_described_as_it_is_sent() -> None:
    described = DOCUMENT["components"]["schemas"]["OrderDraft"]
    assert (list(described["properties"]), described["additionalProperties"]) == (["customerName", "lines"], False)


def test_query_parameters_have_no_null() -> None:
    by_name = {parameter["name"]: parameter for parameter in DOCUMENT["paths"]["/orders"]["get"]["parameters"]}
    assert by_name["next"]["schema"] == {"maxLength": 4096, "title": "Next", "type": "string"}
    assert by_name["limit"]["schema"]["default"] == 50
    assert by_name["state"]["schema"]["type"] == "array"


def test_a_second_good_status_is_described() -> None:
    assert list(DOCUMENT["paths"]["/orders/{orderId}"]["put"]["responses"])[:2] == ["200", "201"]


def test_no_content_is_204() -> None:
    assert "204" in DOCUMENT["paths"]["/orders/{orderId}"]["delete"]["responses"]
