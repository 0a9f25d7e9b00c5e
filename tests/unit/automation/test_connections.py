import json

import pytest

from chalicelib.automation.connections import Basic, Bearer, ClientCredentials, Connections, RefreshToken
from chalicelib.automation.expressions import secrets
from chalicelib.automation.steps.commands import Call, StepFailed
from chalicelib.cloud.secrets import SecretMissing
from chalicelib.egress import Answer


class Store(dict):
    def get(self, name):
        if name not in self:
            raise SecretMissing(name)
        return self[name]

    def put(self, name, value):
        self[name] = value


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
