import base64
import json
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote, quote_plus

import pytest

from chalicelib.automation.connection_types import Basic, Bearer, ClientCredentials, RefreshToken
from chalicelib.automation.connections import Connections
from chalicelib.automation.expressions import secrets
from chalicelib.automation.steps.commands import Call, StepFailed
from chalicelib.automation.steps.http_request import HTTP_REQUEST
from chalicelib.automation.tokens import Tokens
from chalicelib.cloud.secrets import SecretMissing
from chalicelib.egress import Answer


class Store(dict):
    def get(self, name):
        if name not in self:
            raise SecretMissing(name)
        return self[name]

    fresh = get

    def put(self, name, value):
        self[name] = value

    def delete(self, name):
        self.pop(name, None)


class Server:
    """Grants tokens and refuses the ones it has withdrawn."""

    def __init__(self):
        self.granted, self.withdrawn, self.seen = [], set(), []

    def __call__(self, call):
        if call.url.endswith("/token"):
            self.granted.append(call.body)
            number = len(self.granted)
            body = {"access_token": f"t{number}", "expires_in": 3600, "refresh_token": f"r{number}"}
            return Answer(200, "OK", body)
        self.seen.append(call)
        token = call.headers.get("Authorization", "").removeprefix("Bearer ")
        return Answer(401 if token in self.withdrawn else 200, "", None)


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def connections(server):
    return Connections(Store(), server)


CALL = Call("GET", "https://crm.example.com/", {}, None, 5, "crm")


@pytest.mark.parametrize(
    ("connection", "header"),
    [
        (Bearer(type="bearer", token="abc"), "Bearer abc"),
        (Basic(type="basic", user="ana", password="pass"), "Basic YW5hOnBhc3M="),
    ],
)
def test_fixed_credentials_are_added_to_the_call(connections, server, connection, header):
    connections.put("crm", connection)
    connections.call(CALL)
    assert server.seen[0].headers["Authorization"] == header


def test_a_granted_token_is_kept_and_renewed_when_it_is_refused(connections, server):
    granted = ClientCredentials(
        type="oauth2_client_credentials", token_url="https://id.example.com/token", client_id="me", client_secret="s"
    )
    connections.put("crm", granted)
    connections.call(CALL)
    connections.call(CALL)
    assert len(server.granted) == 1
    server.withdrawn.add("t1")
    assert connections.call(CALL).status == 200
    assert len(server.granted) == 2


def test_a_new_refresh_token_replaces_the_stored_one(connections, server):
    connection = RefreshToken(
        type="oauth2_refresh_token", token_url="https://id.example.com/token", client_id="me", refresh_token="r0"
    )
    connections.put("crm", connection)
    connections.call(CALL)
    assert "refresh_token=r0" in server.granted[0]
    assert json.loads(connections.store.get("workflow/connection/crm"))["refreshToken"] == "r1"


CRM = RefreshToken(
    type="oauth2_refresh_token", token_url="https://id.example.com/token", client_id="me", refresh_token="r0"
)


class Strict(Server):
    """Takes each refresh token once: the second use is a theft, and ends the connection. Slow, so that others come meanwhile."""

    def __init__(self):
        super().__init__()
        self.current, self.stolen = "r0", False

    def __call__(self, call):
        if not call.url.endswith("/token"):
            return super().__call__(call)
        time.sleep(0.02)
        given = parse_qs(call.body)["refresh_token"][0]
        if given != self.current or self.stolen:
            self.stolen = True
            return Answer(400, "Bad Request", {"error": "invalid_grant"})
        answer = super().__call__(call)
        self.current = answer.body["refresh_token"]
        return answer


def in_turn(locks):
    @contextmanager
    def turn(name):
        with locks.setdefault(name, threading.RLock()):
            yield

    return turn


def test_ten_processes_whose_token_ends_at_once_renew_it_once():
    store, server, locks = Store(), Strict(), {}
    processes = [Connections(store, server, in_turn(locks)) for _ in range(10)]
    processes[0].put("crm", CRM)
    with ThreadPoolExecutor(10) as crowd:
        for _ in range(2):  # at first nobody has one, then everybody's is refused
            answers = list(crowd.map(lambda one: one.call(CALL).status, processes))
            assert answers == [200] * 10
            server.withdrawn.update(f"t{number}" for number in range(1, len(server.granted) + 1))
    assert (len(server.granted), server.stolen) == (2, False)


def test_a_token_is_renewed_before_it_ends_and_one_that_lasts_seconds_is_used_for_half_of_them(server):
    store, now = Store(), [1000.0]
    Connections(store, server).put("crm", CRM)
    tokens = Tokens(store, server, clock=lambda: now[0])
    assert tokens.get("crm") == "t1"
    now[0] += 3539
    assert tokens.get("crm") == "t1"
    now[0] += 2
    assert tokens.get("crm") == "t2"


@pytest.mark.parametrize("said", ["soon", None, [], "NaN", -5, 10, "60", 1e300])
def test_whatever_a_server_says_of_a_tokens_life_the_call_is_made(said):
    def fetch(call):
        return Answer(200, "OK", {"access_token": "t", "expires_in": said})

    connections = Connections(Store(), fetch)
    connections.put("crm", CRM)
    assert connections.call(CALL).status == 200


def test_a_token_that_is_not_granted_fails_the_step_and_a_server_that_is_away_is_asked_again():
    for status, transient in ((400, False), (401, False), (503, True), (200, True)):
        connections = Connections(Store(), lambda call, status=status: Answer(status, "", {}))
        connections.put("crm", CRM)
        with pytest.raises(StepFailed, match=f"not granted a token \\({status}\\)") as failed:
            connections.call(CALL)
        assert failed.value.transient is transient


def test_a_connection_that_is_replaced_is_granted_a_new_token(connections, server):
    connections.put("crm", CRM)
    connections.call(CALL)
    connections.put("crm", CRM.model_copy(update={"client_id": "you"}))
    connections.call(CALL)
    assert ["client_id=me" in one for one in server.granted] == [True, False]


def test_a_connection_that_is_deleted_leaves_nothing_in_the_store(connections, server):
    connections.put("crm", CRM)
    connections.call(CALL)
    connections.delete("connection", "crm")
    assert connections.store == {}


def echo(call):
    """A system that repeats all it is told, as debugging pages do."""
    seen = {"url": call.url, "headers": dict(call.headers), "body": call.body, call.url: 1}
    return Answer(200, f"Hello {call.headers.get('Authorization', '')}", seen)


@pytest.mark.parametrize("value", ["s3cr3t value", 'qu"oted\\', "Gehe1mß", "a%b+c/d", "line\none"])
def test_what_another_system_repeats_of_a_secret_is_shown_as_its_reference(value):
    connections = Connections(Store(), echo)
    connections.put_secret("key", value)
    connections.put("crm", Basic(type="basic", user="ana", password=value))
    mark = secrets.mark("key")
    decided = HTTP_REQUEST.decide(
        HTTP_REQUEST.inputs.model_validate(
            {
                "url": f"https://x.example/{mark}/end", "method": "POST", "headers": {"X": mark, "Y": f"a {mark} b"},
                "parameters": {"key": mark}, "body": {"k": mark, "n": [mark]}, "connection": "crm",
            }
        ),
        datetime(2026, 1, 5, tzinfo=UTC),
    )  # fmt: skip
    answer = connections.call(decided)
    text = json.dumps([answer.reason, answer.body], ensure_ascii=False)
    credential = base64.b64encode(f"ana:{value}".encode()).decode()
    for form in (value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], credential):
        assert form not in text
    assert answer.body["headers"]["X"] == "{{secret.key}}"
    assert answer.body["headers"]["Authorization"] == "Basic {{connection.crm}}"


def test_an_error_does_not_tell_a_secret_either():
    def away(call):
        raise StepFailed(f"{call.url} does not answer", transient=True)

    connections = Connections(Store(), away)
    connections.put_secret("host", "inner-host")
    with pytest.raises(StepFailed) as failed:
        connections.call(Call("GET", f"https://{secrets.mark('host')}/a"))
    assert str(failed.value) == "https://{{secret.host}}/a does not answer"
    assert failed.value.transient
    assert "inner-host" not in "".join(traceback.format_exception(failed.value))


def test_a_whole_address_may_be_a_secret(connections, server):
    connections.put_secret("hook", "https://hooks.example.com/T0/B0?x=1")
    inputs = {"url": secrets.mark("hook"), "method": "POST"}
    decided = HTTP_REQUEST.decide(HTTP_REQUEST.inputs.model_validate(inputs), datetime(2026, 1, 5, tzinfo=UTC))
    connections.call(decided)
    assert server.seen[0].url == "https://hooks.example.com/T0/B0?x=1"
    with pytest.raises(StepFailed, match="takes no parameters"):
        HTTP_REQUEST.decide(
            HTTP_REQUEST.inputs.model_validate({**inputs, "parameters": {"a": 1}}), datetime(2026, 1, 5, tzinfo=UTC)
        )


def test_a_secret_is_one_value_as_a_parameter_and_a_part_as_its_author_wrote_it_in_the_address(connections, server):
    connections.put_secret("hook", "T0/B0?x=1&y")
    inputs = {
        "url": "https://x.example/" + secrets.mark("hook"),
        "method": "GET",
        "parameters": {"k": secrets.mark("hook")},
    }
    decided = HTTP_REQUEST.decide(HTTP_REQUEST.inputs.model_validate(inputs), datetime(2026, 1, 5, tzinfo=UTC))
    connections.call(decided)
    assert server.seen[0].url == "https://x.example/T0/B0?x=1&y?k=T0%2FB0%3Fx%3D1%26y"


def test_secrets_are_filled_in_for_the_wire_only(connections, server):
    connections.put_secret("key", 'a"b')
    mark = secrets.mark("key")
    connections.call(
        Call("POST", f"https://x.example/?k={mark}", {"X": mark}, json.dumps({"k": mark}, ensure_ascii=False))
    )
    sent = server.seen[0]
    assert (sent.headers["X"], json.loads(sent.body)) == ('a"b', {"k": 'a"b'})


def test_what_is_not_stored_fails_the_step_by_name(connections):
    with pytest.raises(StepFailed, match="no connection 'crm'"):
        connections.call(CALL)
    with pytest.raises(StepFailed, match="no secret 'gone'"):
        connections.call(Call("GET", "https://x.example/" + secrets.mark("gone")))
