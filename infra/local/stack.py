"""Brings a local stack up: emulator, deployment, WhatsApp simulator, gateway, demo data, and the file that says where all is."""

import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import portal
from infra.deploy import Emulator, deploy, outputs
from infra.local import demo_data, resume
from infra.local.client import Http, Refused, until
from infra.local.emulator import environment, start_emulator, wait_for
from infra.local.places import Places, StartError, write_whole
from infra.local.processes import Records, start
from infra.package import ROOT, Package, package

STAGE = "local"
_GRAPH_VERSION = "v23.0"
_FIRST_ANSWER_SECONDS = 180.0
Say = Callable[[str], None]


@dataclass
class Stack:
    """A stack that runs, as its supervisor holds it."""

    places: Places
    children: dict[str, subprocess.Popen[bytes]]
    description: dict[str, Any]


def bring_up(places: Places, records: Records, children: dict[str, subprocess.Popen[bytes]], say: Say) -> Stack:
    """Starts everything; each child is in `children` as soon as it runs, so that the caller can end it whatever happens."""
    places.keep_ports()
    keys = _keys(places.folder / "keys.json")
    say("packaging")
    built = package(STAGE, for_aws=False)
    from_before = (places.emulator_state / "deployed.json").exists()
    portal_build = portal.build(say)
    say("starting the AWS emulator")
    children["emulator"] = start_emulator(places, records)
    aws = Emulator(places.emulator_url)
    found = _deployed(places, aws, built, say)
    _set_secrets(aws, found, keys)
    children["simulator"] = _start_simulator(places, records, found, keys)
    children["gateway"] = _start_gateway(places, records, found, portal_build)
    say("seeding demo data")
    description = _describe(places, found, keys)
    description |= _people(places, aws)
    api = Http(f"{description['api_url']}/api/v1", description["api_key"])
    graph = Http(f"{places.simulator_url}/{_GRAPH_VERSION}", keys["access_token"])
    try:
        _wait_for(api)
        description |= demo_data.put_in(api, graph, keys["access_token"])
    except (Refused, TimeoutError) as refused:
        raise StartError(f"the demo data could not be put in: {refused}") from refused
    if from_before:
        _resume_workflows(aws, api, description["account_id"], say)
    return Stack(places, children, description)


def _wait_for(api: Http) -> None:
    """Until the API answers: after a restart the workers go on at once with what they had in hand, and its first call waits."""

    def answers() -> bool:
        try:
            api.get("/me")
        except Refused as refused:
            if refused.status < 500:
                raise
            return False
        return True

    until("the API answers", answers, seconds=_FIRST_ANSWER_SECONDS)


def publish(stack: Stack) -> None:
    """Writes stack.json in one step: whoever sees it sees all of it."""
    write_whole(stack.places.stack_file, json.dumps(stack.description, indent=2) + "\n")


def _keys(file: Path) -> dict[str, str]:
    """The local stack's secrets, made once and kept, so that clients and the simulator still fit after a restart."""
    if not file.exists():
        made = {name: secrets.token_hex(16) for name in ("app_secret", "verify_token")} | {
            "access_token": "EAA" + secrets.token_hex(24)
        }
        write_whole(file, json.dumps(made))
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def _deployed(places: Places, aws: Emulator, built: Package, say: Say) -> dict[str, str]:
    """The stack's outputs; deploys only what changed since the last time."""
    parameters = {
        "EmulatorUrl": places.emulator_url,
        "GraphUrl": places.simulator_url,
        "PortalOrigin": places.gateway_url,
        # The calendar that the booking workflow books in is the simulator's; the other is for a receiver of webhooks.
        "ReachableHosts": f"{places.simulator_url},{places.receiver_url}".replace("http://", ""),
    }
    stamp = places.emulator_state / "deployed.json"
    wanted = {"digest": built.digest, "parameters": parameters}
    if stamp.exists() and json.loads(stamp.read_text()) == wanted and (found := _outputs_if_any(aws)):
        return found
    stamp.unlink(missing_ok=True)
    say("deploying")
    found = deploy(aws, STAGE, built, parameters)
    write_whole(stamp, json.dumps(wanted))
    return found


def _outputs_if_any(aws: Emulator) -> dict[str, str]:
    """Empty when the emulator lost its state, which it saves only when it ends in order."""
    cloudformation = aws.client("cloudformation")
    try:
        return outputs(cloudformation, f"parley-{STAGE}")
    except cloudformation.exceptions.ClientError:
        return {}


def _set_secrets(aws: Emulator, found: Mapping[str, str], keys: Mapping[str, str]) -> None:
    manager = aws.client("secretsmanager")
    for name, key in (("app-secret", "app_secret"), ("verify-token", "verify_token")):
        secret = found["SecretPrefix"] + name
        if manager.get_secret_value(SecretId=secret)["SecretString"] != keys[key]:
            manager.put_secret_value(SecretId=secret, SecretString=keys[key])


def _start_simulator(
    places: Places, records: Records, found: Mapping[str, str], keys: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "infra.local.simulator",
        "--port", str(places.port_base + 2), "--state-dir", str(places.simulator_state), "--webhook-url", found["WebhookUrl"],
        "--app-secret", keys["app_secret"], "--verify-token", keys["verify_token"], "--access-token", keys["access_token"],
    ]  # fmt: skip
    process = start("simulator", command, environment(places), places.logs, ROOT)
    records.add("simulator", process.pid)
    wait_for(f"{places.simulator_url}/_sim/stats", process, "The WhatsApp simulator", places)
    return process


def _start_gateway(
    places: Places, records: Records, found: Mapping[str, str], portal_build: Path
) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "infra.local.gateway", "--port", str(places.port_base), "--emulator", places.emulator_url,
        "--stack", f"parley-{STAGE}", "--websocket-url", found["WebsocketUrl"], "--portal", str(portal_build),
    ]  # fmt: skip
    process = start("gateway", command, environment(places), places.logs, ROOT)
    records.add("gateway", process.pid)
    wait_for(f"{places.gateway_url}/", process, "The gateway", places)
    return process


def _people(places: Places, aws: Emulator) -> dict[str, Any]:
    """Runs the seed as the deployed api function would run: with its environment, against the same AWS."""
    function = aws.client("lambda").get_function_configuration(FunctionName=f"parley-{STAGE}-api")
    variables = {
        **environment(places),
        **function["Environment"]["Variables"],
        "AWS_ENDPOINT_URL": places.emulator_url,
        "PARLEY_KEYS_FILE": str(places.folder / "keys.json"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.seed"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        (places.logs / "seed.log").write_text(done.stderr)
        raise StartError(f"the demo data could not be put in; see {places.logs / 'seed.log'}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _resume_workflows(aws: Emulator, api: Http, account_id: str, say: Say) -> None:
    """A workflow that cannot go on must not keep the stack from starting: it stays as it is and is named."""
    try:
        count = resume.resume(aws.client("stepfunctions"), api, account_id, f"parley-{STAGE}-")
    except Refused as refused:
        say(f"a workflow could not go on: {refused}")
        return
    if count:
        say(f"{count} running workflow{'s go' if count > 1 else ' goes'} on")


def _describe(places: Places, found: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, Any]:
    return {
        "portal_url": places.gateway_url,
        "api_url": places.gateway_url,
        "websocket_url": found["WebsocketUrl"],
        "simulator_url": places.simulator_url,
        "graph_url": places.simulator_url,
        "webhook_url": found["WebhookUrl"],
        **keys,
    }


__all__ = ["Stack", "StartError", "bring_up", "publish"]
