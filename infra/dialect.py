"""What the local emulator spells differently from AWS, said once and only in the template that goes to it."""

from typing import Any

Json = dict[str, Any]

# AWS authorises a batch call of SQS as the single one (IAM, "Actions defined by Amazon SQS"); the emulator asks for its own name.
_ALSO = {
    "sqs:SendMessage": "sqs:SendMessageBatch",
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
}


def spelled_for_the_emulator(value: Any) -> Any:
    """The template with each policy action that the emulator knows by another name under both, and its binary bodies named."""
    match value:
        case {"Type": "AWS::Serverless::Api", "Properties": dict(properties)}:
            # AWS reads what is binary from the definition; the emulator from the property alone, and spoils a form with a picture.
            binary = properties.get("DefinitionBody", {}).get("x-amazon-apigateway-binary-media-types", [])
            return {**value, "Properties": {**properties, "BinaryMediaTypes": binary}}
        case {"Action": list(actions), "Resource": list(resources), **rest} if "scheduler:DeleteSchedule" in actions:
            # The emulator looks for the group in a request's body, and a deletion has none: it asks for the default group.
            ours = [resource["Fn::Sub"] for resource in resources]
            default = [{"Fn::Sub": sub.replace(":schedule/${AWS::StackName}/", ":schedule/default/")} for sub in ours]
            return {**rest, "Action": actions, "Resource": [*resources, *default]}
        case {"Action": list(actions), **rest}:
            also = [_ALSO[action] for action in actions if action in _ALSO]
            return {**{k: spelled_for_the_emulator(v) for k, v in rest.items()}, "Action": [*actions, *also]}
        case dict():
            return {name: spelled_for_the_emulator(inner) for name, inner in value.items()}
        case list():
            return [spelled_for_the_emulator(inner) for inner in value]
        case _:
            return value
