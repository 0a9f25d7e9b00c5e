"""What a line of a contacts file says."""

import pytest

from chalicelib.contacts.rows import RowRefused, columns_of, row_of
from chalicelib.problems import Invalid


def test_columns_are_known_by_the_names_people_use() -> None:
    assert columns_of(["Phone Number", "E-mail", "first_name", "Surname", "msisdn", "Birthday"]) == [
        "msisdn", "email", "firstName", "lastName", "attribute:msisdn", "attribute:Birthday",
    ]  # fmt: skip


def test_a_file_without_any_address_is_refused() -> None:
    with pytest.raises(Invalid):
        columns_of(["First name", "Birthday"])


def test_a_line_says_only_what_its_cells_say() -> None:
    row = row_of(2, ["msisdn", "firstName", "attribute:Shoe", "tags"], ["0151 2345 6789", " Mei ", "", "a| b"], "DE")
    assert row.values["phone"] == "+4915123456789"
    assert (row.values["first_name"], row.values["name"], row.values["attributes"]) == ("Mei", "Mei", {})
    assert row.values["tags"] == {"a", "b"}


def test_a_short_line_is_a_line_with_empty_cells() -> None:
    assert row_of(2, ["msisdn", "firstName"], ["+6591234567"]).values["first_name"] == ""


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["call me", "", ""], "msisdn is no phone number"),
        (["", "", ""], "the line has no address"),
        (["", "nobody", ""], "email is not valid"),
        (["+6591234567", "", "Singapore"], "country is no two-letter code: SINGAPORE"),
    ],
)
def test_an_unusable_line_says_why(cells: list[str], why: str) -> None:
    with pytest.raises(RowRefused) as refused:
        row_of(2, ["msisdn", "email", "country"], cells)
    assert str(refused.value) == why
