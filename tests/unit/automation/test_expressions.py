from datetime import UTC, datetime

import pytest

from chalicelib.automation.expressions import Scope, ScriptError, evaluate, functions, secrets, template, timezones
from chalicelib.automation.expressions.sandbox import Sandbox

NOW = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
DATA = {"name": "Ana", "n": 3, "list": [1, 2], "payload": {"content": {"text": "10"}}, "none": None}


def value(text, data=DATA, step=None):
    return evaluate(text, Scope(data=data, now=NOW, step=step))


@pytest.mark.parametrize("example", functions.examples(), ids=lambda example: example.call)
def test_the_examples_of_the_function_reference_hold(example):
    assert value("{{" + example.call + "}}") == example.result


def test_the_reference_lists_every_function_with_its_parameters():
    names = [function.name for function in functions.catalogue()]
    assert names == [
        "isCountryCode", "stringContains", "isTimeOfDayBetween", "isDayOfWeek", "uuid", "now", "formatDate", "json",
    ]  # fmt: skip
    day = functions.catalogue()[3]
    assert day.example == "isDayOfWeek('2021-05-25', 'Tuesday')"
    assert [(p.name, p.type, p.required, p.default, p.example) for p in day.parameters] == [
        ("timestamp", "string", True, None, "2021-05-25"),
        ("day", "string", True, None, "Monday"),
        ("timeZone", "string", False, None, "Asia/Singapore"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("{{data.payload}}", {"content": {"text": "10"}}),
        ("{{ data.n + 1 }}", 4),
        ("{{data.list}}", [1, 2]),
        ("{{data.n == '3'}}", True),
        ("{{data.missing}}", None),
        ("{{data.missing.deeper.still}}", None),
        ("{{step.reply.payload.content.text}}", None),
        ("n={{data.n}} none={{data.none}} x={{data.name != null}}", "n=3 none= x=true"),
        ("{{data.list}}!", "[1,2]!"),
        ("{{ {a: {b: 1}} }}", {"a": {"b": 1}}),
        ("{{'}}' + data.name}} and {{'{{'}}", "}}Ana and {{"),
        ("{{`${data.name}!`}}", "Ana!"),
        ("{{data.n // the count\n}}", 3),
        ("{{0/0}}", None),
        ("{{0.1 + 0.2}}", 0.30000000000000004),
    ],
)
def test_a_lone_script_keeps_its_type_and_scripts_in_text_are_written_into_it(text, expected):
    assert value(text) == expected


def test_scripts_are_found_anywhere_inside_a_value():
    given = {"a": ["{{data.n}}", {"b": "x{{data.n}}"}], "c": 1, "d": None}
    assert value(given) == {"a": [3, {"b": "x3"}], "c": 1, "d": None}


def test_step_is_visible_while_it_lasts():
    assert value("{{step.responseCode == '200'}}", step={"responseCode": 200}) is True


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("(() => { while (true) {} })()", "more than 500 ms"),
        ("/(a+)+b/.test('a'.repeat(50))", "more than 500 ms"),
        ("Array.prototype.indexOf.call({length: 2**53 - 1}, 1)", "more than 500 ms"),
        ("(() => { let a = []; while (true) a.push('x'.repeat(1e5)) })()", "too much memory"),
        ("'x'.repeat(1e9)", "too much memory"),
        ("'x'.repeat(300000)", "too large"),
        ("(function f() { return f() })()", "call stack"),
        ("(2n ** 1000000n).toString()", "BigInt"),
        ("data.n = 4", "read-only"),
        ("data.payload.content.text = 'y'", "read-only"),
        ("nothing", "nothing is not defined"),
        ("eval('1')", "eval is not defined"),
        ("Function('return 1')()", "Function is not defined"),
        ("(() => {}).constructor('return 1')()", "not a function"),
        ("(async () => {}).constructor('return 1')()", "not a function"),
        ("data.constructor.constructor('return 1')()", "not a function"),
        ("isTimeOfDayBetween(now(), '09:00', '10:00', 'Mars Standard Time')", "Unknown time zone: Mars Standard Time"),
        ("x" * 1001, "1001 characters, 1000 are allowed"),
        ("", "empty"),
        ("1 +", "SyntaxError"),
        ("1)}); (()=>{(2", "SyntaxError"),
        ("1)]}; void function () { [(2", "SyntaxError"),
        ("} /* */ {", "SyntaxError"),
        ("performance.now()", "performance is not defined"),
        ("(() => { let a = []; for (let i = 0; i < 101; i++) a = [a]; return a })()", "100 levels deep"),
        ("(() => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a })()", "call stack"),
        ("({ toJSON() { while (true) {} } })", "more than 500 ms"),
        ("new Proxy({}, { ownKeys() { while (true) {} } })", "more than 500 ms"),
        ("(() => { for (;;) try { for (;;) {} } catch {} })()", "more than 500 ms"),
        ("new ArrayBuffer(1e9)", "too much memory"),
        ("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1e4)", "cannot block"),
        ("(() => { let a = {}; a.a = a; return a })()", "circular"),
    ],
)
def test_what_a_script_must_not_do_ends_in_an_error_its_author_can_read(script, reason):
    with pytest.raises(ScriptError, match="Failed to evaluate") as error:
        value("{{" + script + "}}")
    assert reason in str(error.value)


def test_the_scripts_of_one_step_share_a_time_budget():
    sandbox = Sandbox({}, None, NOW, "seed")
    for _ in range(4):
        with pytest.raises(ScriptError, match="more than 500 ms"):
            sandbox.run("(() => { while (true) {} })()")
    with pytest.raises(ScriptError, match="one step took more than 2 seconds"):
        sandbox.run("1")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("data.name.slice(0, 2)", "A?"),
        ("({ [data.name.slice(0, 2)]: [data.name.slice(2)] })", {"A?": ["?"]}),
        ("data.name", "A😀"),
        ("'\\\\ud83d'", "\\ud83d"),
    ],
)
def test_a_cut_through_an_emoji_leaves_nothing_that_cannot_be_stored(script, expected):
    assert evaluate("{{" + script + "}}", Scope({"name": "A😀"}, NOW)) == expected


def test_large_values_cross_whole():
    assert value("{{'ab'.repeat(60000) + 'é'}}") == "ab" * 60000 + "é"


@pytest.mark.parametrize(
    "script",
    [
        "data.__proto__.polluted = 1",
        "Object.prototype.polluted = 1",
        "Array.prototype.map = null",
        "JSON.stringify = null",
    ],
)
def test_tampering_with_the_language_reaches_no_other_step(script):
    value("{{" + script + "}}")
    assert value("{{[1].map(x => ({}).polluted)}}") == [None]


def test_a_host_name_is_nowhere_in_sight():
    seen = value("{{Object.getOwnPropertyNames(globalThis)}}")
    assert not {"process", "require", "os", "std", "fetch", "XMLHttpRequest", "setTimeout"} & set(seen)


def test_the_clock_is_the_one_given():
    assert value("{{new Date().toISOString()}}") == "2026-01-05T08:30:00.000Z"
    assert value("{{Date.now()}}") == NOW.timestamp() * 1000
    assert value("{{new Date('2026-01-05T10:00:00').getHours()}}") == 10


def test_the_same_run_evaluated_again_gets_the_same_ids_and_chances():
    one, again = value("{{uuid() + Math.random()}}"), value("{{uuid() + Math.random()}}")
    other = evaluate("{{uuid() + Math.random()}}", Scope(data={}, now=NOW, seed="another run"))
    assert one == again != other


def test_a_script_that_hides_the_question_still_gets_the_answer():
    assert value("{{(() => { try { return isCountryCode('+6591234567', 'SG') } catch { return 'no' } })()}}") is True


@pytest.mark.parametrize(
    ("zone", "local"),
    [("SE Asia Standard Time", "15:30"), ("North Asia East Standard Time", "16:30"), ("asia/jakarta", "15:30"),
     ("W. Europe Standard Time", "09:30"), ("America/New_York", "03:30"), ("UTC", "08:30")],
)  # fmt: skip
def test_windows_and_iana_zones_tell_the_same_time(zone, local):
    assert value("{{formatDate(now(), 'HH:mm', '" + zone + "')}}") == local


def test_zones_are_listed_with_their_cities_and_can_be_searched():
    found = timezones.list_zones(NOW, "w. europe")
    assert [(zone.id, "Berlin" in zone.name, zone.name[-11:]) for zone in found] == [
        ("W. Europe Standard Time", True, "(UTC+01:00)")
    ]
    assert len(timezones.list_zones(NOW)) > 500


def test_braces_without_end_are_a_mistake():
    with pytest.raises(template.UnclosedScript):
        template.parse("Hello {{data.name")


def test_a_secret_stays_a_reference_until_it_is_revealed():
    header = value("Bearer {{secret.crm-token}}")
    assert secrets.shown(header) == "Bearer {{secret.crm-token}}"
    assert secrets.revealed(header, {"crm-token": "s3cr3t"}.__getitem__) == "Bearer s3cr3t"


def test_nobody_can_smuggle_a_secret_in_with_data():
    mark = secrets.mark("crm-token")
    said = {"text": mark + " {{secret.crm-token}}"}
    for text in ("{{data.text}}", "x {{data.text}}"):
        assert secrets.revealed(value(text, said), lambda _: "LEAK").count("LEAK") == 0
