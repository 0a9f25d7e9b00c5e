import csv
import re
from pathlib import Path

import pytest

from chalicelib.whatsapp import errors
from chalicelib.whatsapp.errors import Action, MetaError

ROOT = Path(__file__).parents[3]
TABLE = list(csv.DictReader((ROOT / "tests/data/meta-error-codes.csv").open()))
REFERENCE = ROOT.parent / "shared/reference/whatsapp-cloud-api.md"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["code"])
def test_every_published_code_has_its_class_action_and_retry_flag(row):
    rule = MetaError(code=int(row["code"])).rule
    assert [rule.error_class, rule.action, "yes" if rule.retryable else "no"] == [
        row["class"],
        row["action"],
        row["retryable"],
    ]


def test_the_table_holds_no_code_that_nobody_wrote_an_expectation_for():
    assert set(errors.RULES) <= {int(row["code"]) for row in TABLE}


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference is not part of a checkout")
def test_every_code_of_the_reference_is_in_the_table():
    section = REFERENCE.read_text().split("## 2. Errors")[1].split("## 3. Webhooks")[0]
    first_cells = [line.split("|")[1] for line in section.splitlines() if re.match(r"\| \d", line)]
    published = {int(code) for cell in first_cells for code in re.findall(r"\d+", cell)}
    assert published - {int(row["code"]) for row in TABLE} == set()


def test_what_could_hurt_the_quality_rating_is_never_retried():
    never = [131026, 131047, 131048, 131049, 131050, 130472, 368, 131031]
    never += [code for code in errors.RULES if 132000 <= code < 132069]
    assert [code for code in never if MetaError(code=code).rule.retryable] == []


def test_every_meaning_is_a_plain_sentence_of_its_own_length():
    rules = [*errors.RULES.values(), *(rule for _, _, rule in errors.RANGES)]
    assert [rule.meaning for rule in rules if len(rule.meaning) < 10 or rule.meaning.endswith(".")] == []


def test_retryable_rules_and_only_they_have_an_action_that_tries_again():
    again = {Action.RETRY_LATER, Action.SLOW_NUMBER, Action.SLOW_PAIR}
    assert all((rule.action in again) == rule.retryable for rule in errors.RULES.values())


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (MetaError(code=999999, http_status=400), Action.ALARM),
        (MetaError(code=999999, http_status=503), Action.RETRY_LATER),
        (MetaError(code=999999, http_status=400, is_transient=True), Action.RETRY_LATER),
        (MetaError(code=None, http_status=429), Action.RETRY_LATER),
        (MetaError(code=999999), Action.ALARM),
        (MetaError(code=3, http_status=500), Action.STOP_NUMBER),
    ],
)
def test_an_unknown_code_is_retried_only_when_meta_calls_it_temporary(error, action):
    assert error.rule.action == action


def test_a_missing_object_is_told_apart_from_a_bad_parameter_by_its_subcode():
    assert "does not exist" in MetaError(code=100, subcode=33).rule.meaning


def test_the_pause_of_a_pair_grows_by_four_and_has_an_end():
    assert [errors.pair_pause(n) for n in (0, 1, 2, 3, 50)] == [1, 4, 16, 64, 4096]


def test_an_http_error_keeps_what_meta_said():
    body = {
        "error": {
            "message": "(#130429) Rate limit hit",
            "type": "OAuthException",
            "code": 130429,
            "error_data": {"messaging_product": "whatsapp", "details": "Too many messages"},
            "error_subcode": 2494055,
            "fbtrace_id": "Az8or2yhqkZfEZ",
        }
    }
    assert errors.from_response(400, body, {"Retry-After": "7"}) == MetaError(
        code=130429,
        message="(#130429) Rate limit hit",
        details="Too many messages",
        subcode=2494055,
        http_status=400,
        retry_after=7,
        trace_id="Az8or2yhqkZfEZ",
    )


def test_metas_estimate_is_in_minutes():
    header = '{"102290129340398":[{"type":"whatsapp","estimated_time_to_regain_access":3},{"call_count":9}]}'
    error = errors.from_response(400, {}, {"x-business-use-case-usage": header})
    assert error.retry_after == 180


@pytest.mark.parametrize("header", ["", "not json", "[]", '{"a":[1]}', '{"a":[{}]}'])
def test_an_odd_usage_header_says_nothing(header):
    assert errors.from_response(400, {}, {"X-Business-Use-Case-Usage": header}).retry_after is None


def test_a_webhook_error_reads_the_same():
    node = {
        "code": 131049,
        "title": "Not delivered",
        "message": "Not delivered to maintain a healthy ecosystem",
        "error_data": {"details": "Meta chose not to deliver."},
        "href": "https://developers.facebook.com/",
    }
    assert errors.from_webhook(node) == MetaError(
        code=131049,
        message="Not delivered to maintain a healthy ecosystem",
        details="Meta chose not to deliver.",
    )


@pytest.mark.parametrize("node", [None, [], "x", {"code": None}, {"code": True, "error_data": "x"}])
def test_an_unreadable_error_is_an_unknown_one(node):
    assert errors.from_webhook(node).rule is errors.UNKNOWN_PERMANENT
