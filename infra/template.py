"""One CloudFormation template out of Chalice's and the parts in infra/resources. Pure: dicts in, a dict out.

Chalice knows the functions and what calls them; the parts know everything around them. The two meet by name:
a function's logical id follows its `name=`, and a queue decorator's `queue="inbound.fifo"` names the SQS queue
whose QueueName is `<stack>-inbound.fifo`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra import refusals, watching

Json = dict[str, Any]

API_HANDLER = "chalicelib.http.front.handler"
"""Instead of Chalice's `app.app`, which imports every room: a cold start of the api takes a third of the time."""
STACK_NAME = "${AWS::StackName}"
_QUIET = {
    "Tracing": "PassThrough",
    "LoggingConfig": {"LogFormat": "JSON", "SystemLogLevel": "WARN", "ApplicationLogLevel": "INFO"},
}
FREQUENT = {"webhook": _QUIET, "statuses": _QUIET}
"""Three statuses come for every message sent: a trace of each twentieth and three lines about each call would cost a million
messages more than $1.20 (`make bench BENCH=cost`). Calls, errors and durations are metrics, which cost nothing."""


class TemplateError(Exception):
    """The app and the infrastructure do not fit; the message says which name is missing where."""


@dataclass(frozen=True)
class Stage:
    """What differs between stages: how long logs are kept, and how many batches of one SQS queue run at once."""

    retention_days: int
    batches_at_once: int


def merge(chalice: Json, parts: Mapping[str, Json], stage: Stage) -> Json:
    """The whole template. Raises TemplateError when a part names a function that the app does not have,
    a function listens to an SQS queue that no part declares, or an SQS queue has no consumer."""
    template = {**chalice, "Resources": dict(chalice["Resources"]), "Outputs": dict(chalice["Outputs"])}
    for name, part in parts.items():
        _add_part(template, name, part)
    resources: Json = template["Resources"]
    functions = functions_of(template)
    for logical_id in functions:
        _name_function(resources, logical_id, stage.retention_days)
    _connect_queues(resources, functions, stage.batches_at_once)
    if "RestAPI" in resources:
        body = resources["RestAPI"]["Properties"]["DefinitionBody"]
        body["x-amazon-apigateway-gateway-responses"] = refusals.gateway_responses()
    resources.update(watching.alarms(functions, dead_letter_queues(resources)))
    resources["Dashboard"] = watching.dashboard(functions, _queue_names(resources))
    _every_reference_leads_somewhere(template)
    return template


def functions_of(template: Json) -> dict[str, str]:
    """Logical id → our name, of every function: `{"Inbound": "inbound", "APIHandler": "api"}`."""
    return {
        logical_id: "api" if logical_id == "APIHandler" else logical_id.lower()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def dead_letter_queues(resources: Json) -> dict[str, str]:
    """Logical id → name of each dead-letter queue."""
    return {k: v for k, v in _queue_names(resources).items() if k.endswith("DeadLetters")}


def references(value: Any) -> Iterator[str]:
    """Every logical id, parameter or pseudo parameter that a piece of template refers to."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key == "Ref":
            yield inner
        elif key == "Fn::GetAtt":
            yield inner[0] if isinstance(inner, list) else inner.split(".")[0]
        elif key == "Fn::Sub":
            yield from _sub_references(inner)
        elif key == "DependsOn":
            yield from [inner] if isinstance(inner, str) else inner
        else:
            yield from references(inner)


def _sub_references(sub: Any) -> Iterator[str]:
    text, own = (sub, {}) if isinstance(sub, str) else (sub[0], sub[1])
    yield from references(own)
    for piece in text.split("${")[1:]:
        name = piece.split("}")[0].split(".")[0]
        if name not in own and not name.startswith("!"):
            yield name


def _add_part(template: Json, part_name: str, part: Json) -> None:
    for section, entries in part.items():
        into = template.setdefault(section, {})
        if twice := into.keys() & entries.keys():
            raise TemplateError(f"infra/resources/{part_name}: {section} {sorted(twice)} exist already")
        into.update(entries)


def _name_function(resources: Json, logical_id: str, retention_days: int) -> None:
    """A stable name, so that arns can be written without a reference, and a log group which exists before the first call."""
    name = "api" if logical_id == "APIHandler" else logical_id.lower()
    function = resources[logical_id]
    log_group = f"{logical_id}Logs"
    resources[log_group] = {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "LogGroupName": {"Fn::Sub": f"/aws/lambda/{STACK_NAME}-{name}"},
            "RetentionInDays": retention_days,
        },
    }
    properties = {**function["Properties"], "FunctionName": {"Fn::Sub": f"{STACK_NAME}-{name}"}}
    if name == "api":
        properties["Handler"] = API_HANDLER
    properties.update(FREQUENT.get(name, {}))
    resources[logical_id] = {**function, "DependsOn": [log_group], "Properties": properties}


def _connect_queues(resources: Json, functions: Mapping[str, str], at_once: int) -> None:
    """Points each SQS event source at the queue itself and asks for partial batch failures, which Chalice never does.

    The limit of batches at once keeps a flood on one queue from using up what the other functions need."""
    queues = {name: logical_id for logical_id, name in _queue_names(resources).items()}
    consumed: set[str] = set()
    for function in functions:
        for source in resources[function]["Properties"].get("Events", {}).values():
            if source["Type"] != "SQS":
                continue
            wanted = source["Properties"]["Queue"]["Fn::Sub"].rsplit(":", 1)[-1]
            if wanted not in queues:
                raise TemplateError(
                    f'function {functions[function]}: no SQS queue "{wanted}"; there are {sorted(queues)}'
                )
            consumed.add(wanted)
            source["Properties"]["Queue"] = {"Fn::GetAtt": [queues[wanted], "Arn"]}
            source["Properties"]["FunctionResponseTypes"] = ["ReportBatchItemFailures"]
            source["Properties"].setdefault("ScalingConfig", {"MaximumConcurrency": at_once})
    if idle := {name for name, id_ in queues.items() if not id_.endswith("DeadLetters")} - consumed:
        raise TemplateError(f"no function reads the SQS queues {sorted(idle)}")


def _queue_names(resources: Json) -> dict[str, str]:
    """Logical id → name without the stack's prefix."""
    return {
        logical_id: resource["Properties"]["QueueName"]["Fn::Sub"].removeprefix(f"{STACK_NAME}-")
        for logical_id, resource in resources.items()
        if resource["Type"] == "AWS::SQS::Queue"
    }


def _every_reference_leads_somewhere(template: Json) -> None:
    known = template["Resources"].keys() | template.get("Parameters", {}).keys()
    for section in ("Globals", "Resources", "Outputs"):
        for name, entry in template.get(section, {}).items():
            lost = {r for r in references(entry) if not r.startswith("AWS::")} - known
            if lost:
                raise TemplateError(
                    f"{section}.{name} names {sorted(lost)}, which neither the app nor infra/resources has"
                )
