"""Who a filter means."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from chalicelib.contacts.model import Contact
from chalicelib.segments.model import AttributeIs, Filter

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MEI = Contact(
    id="1", created_at=NOW, phone="+6591234567", country="SG", tags=frozenset({"vip"}), groups=frozenset({"7"}),
    attributes={"plan": "Gold", "visits": 3}, opted_out=frozenset({"marketing@acme"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "means_her"),
    [
        ({}, True),
        ({"countries": ("SG", "MY")}, True), ({"countries": ("MY",)}, False),
        ({"tags": ("vip", "new")}, True), ({"without_tags": ("vip",)}, False),
        ({"groups": ("7",)}, True), ({"groups": ("8",)}, False),
        ({"attributes": (AttributeIs(name="plan", value="gold"),)}, True),
        ({"attributes": (AttributeIs(name="visits", value="3"),)}, True),
        ({"attributes": (AttributeIs(name="plan", op="is-not", value="gold"),)}, False),
        ({"attributes": (AttributeIs(name="plan", op="contains", value="OL"),)}, True),
        ({"attributes": (AttributeIs(name="town", op="missing"),)}, True),
        ({"attributes": (AttributeIs(name="town", op="exists"),)}, False),
        ({"wrote_within_days": 7}, True), ({"wrote_within_days": 1}, False),
        ({"silent_for_days": 1}, True), ({"silent_for_days": 7}, False),
        ({"may_get_marketing": True}, True), ({"may_get_marketing": True, "subaccount_id": "acme"}, False),
        ({"may_get_marketing": False, "subaccount_id": "acme"}, True),
        ({"countries": ("SG",), "tags": ("new",)}, False),
    ],
)  # fmt: skip
def test_all_that_is_given_must_hold(given: dict[str, object], means_her: bool) -> None:
    assert Filter(**given).matches(MEI, NOW - timedelta(days=3), NOW) is means_her


def test_who_never_wrote_is_silent() -> None:
    assert Filter(silent_for_days=30).matches(MEI, None, NOW)
    assert not Filter(wrote_within_days=30).matches(MEI, None, NOW)


def test_a_condition_without_its_value_is_refused() -> None:
    with pytest.raises(ValidationError, match="say which value plan is"):
        AttributeIs(name="plan")


def test_a_filter_reads_as_a_sentence() -> None:
    wanted = Filter(countries=("SG", "MY"), attributes=(AttributeIs(name="plan", value="gold"),), silent_for_days=30)
    assert wanted.sentence() == "from SG or MY; plan is gold; silent for 30 days"
    assert Filter().sentence() == "everybody"
