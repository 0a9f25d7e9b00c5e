"""Deploys one stage: `python -m infra.deploy --stage dev` (AWS, with your usual credentials).

The same code puts the stack on the local emulator (infra/local/stack.py calls `deploy` with the emulator's session).
CloudFormation makes a change set; one without changes is thrown away and nothing happens.
"""

import argparse
import hashlib
import json
import mimetypes
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import boto3
from botocore.exceptions import ClientError

from infra.package import ROOT, STAGES, Package, package

PORTAL_BUILD = ROOT / "portal" / "dist"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


class Clients(Protocol):
    """Where AWS clients come from: a boto3 session for AWS, one bound to the emulator's address for the local stack."""

    def client(self, service: str, /) -> Any: ...


class DeployError(Exception):
    """The stack is not as asked; the message carries CloudFormation's reasons."""


@dataclass(frozen=True)
class Emulator:
    """The local emulator as a source of clients."""

    url: str
    region: str = "us-east-1"

    def client(self, service: str) -> Any:
        """A client of the emulator's root user."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the emulator's fixed root credentials
        )


def deploy(clients: Clients, stage: str, built: Package, parameters: Mapping[str, str]) -> dict[str, str]:
    """Brings the stack `parley-<stage>` to the package; returns its outputs. Raises DeployError."""
    stack = f"parley-{stage}"
    account = clients.client("sts").get_caller_identity()["Account"]
    cloudformation = clients.client("cloudformation")
    s3 = clients.client("s3")
    bucket = f"parley-artefacts-{account}-{cloudformation.meta.region_name}"
    _ensure_bucket(s3, bucket)
    template_key = _upload(s3, bucket, built)
    url = f"https://s3.{cloudformation.meta.region_name}.amazonaws.com/{bucket}/{template_key}"
    declared = json.loads(built.template.read_text())["Parameters"].keys()
    kept = {k: v for k, v in _earlier_parameters(cloudformation, stack).items() if k in declared}
    _apply(cloudformation, stack, url, {**kept, "Stage": stage, **parameters})
    return outputs(cloudformation, stack)


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    """What the stack says about itself, by name."""
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}


def _ensure_bucket(s3: Any, bucket: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
        return
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    region = s3.meta.region_name
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **where)
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )


def _upload(s3: Any, bucket: str, built: Package) -> str:
    """The code under the name of its content, and the template that points to it."""
    code_key = f"code/{hashlib.sha256(built.code.read_bytes()).hexdigest()}.zip"
    try:
        s3.head_object(Bucket=bucket, Key=code_key)
    except ClientError:
        s3.upload_file(str(built.code), bucket, code_key)
    template = json.loads(built.template.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": code_key}
    body = json.dumps(template, sort_keys=True, separators=(",", ":")).encode()
    template_key = f"templates/{hashlib.sha256(body).hexdigest()}.json"
    s3.put_object(Bucket=bucket, Key=template_key, Body=body)
    return template_key


def _apply(cloudformation: Any, stack: str, template_url: str, parameters: Mapping[str, str]) -> None:
    exists = _status(cloudformation, stack) not in {None, "REVIEW_IN_PROGRESS"}
    name = f"deploy-{int(time.time() * 1000)}"
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateURL=template_url,
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        Capabilities=_CAPABILITIES,
        Tags=[{"Key": "app", "Value": "parley"}],
    )
    change_set = _settled(cloudformation, stack, name)
    if change_set["Status"] == "FAILED":
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
        reason = change_set.get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates are to be performed" in reason:
            return
        raise DeployError(f"{stack}: {reason}")
    cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
    status = _wait_for_stack(cloudformation, stack)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise DeployError(f"{stack} is {status}\n" + "\n".join(_failures(cloudformation, stack)))


def _earlier_parameters(cloudformation: Any, stack: str) -> dict[str, str]:
    """What was said at an earlier deploy holds until it is said otherwise."""
    if _status(cloudformation, stack) is None:
        return {}
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", [])}


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise


def _settled(cloudformation: Any, stack: str, change_set: str) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = cloudformation.describe_change_set(StackName=stack, ChangeSetName=change_set)
        if found["Status"] in {"CREATE_COMPLETE", "FAILED"}:
            return found
        time.sleep(_pause(cloudformation))


def _wait_for_stack(cloudformation: Any, stack: str) -> str:
    while True:
        status = _status(cloudformation, stack) or "gone"
        if not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(_pause(cloudformation))


def _pause(cloudformation: Any) -> float:
    """AWS takes minutes and limits calls; the emulator takes a second."""
    return 3.0 if "amazonaws" in cloudformation.meta.endpoint_url else 0.1


def _failures(cloudformation: Any, stack: str) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return [
        f"  {e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
        for e in events
        if "FAILED" in e["ResourceStatus"]
    ][:20]


def publish_portal(clients: Clients, bucket: str, distribution: str, folder: Path = PORTAL_BUILD) -> None:
    """Copies the portal's build to its bucket; file names carry a hash of the content, except the page itself."""
    s3 = clients.client("s3")
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        key = file.relative_to(folder).as_posix()
        cache = "public, max-age=31536000, immutable" if key.startswith("assets/") else "no-cache"
        content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        s3.upload_file(str(file), bucket, key, ExtraArgs={"ContentType": content_type, "CacheControl": cache})
    paths = {"Quantity": 1, "Items": ["/*"]}
    batch = {"Paths": paths, "CallerReference": str(time.time())}
    clients.client("cloudfront").create_invalidation(DistributionId=distribution, InvalidationBatch=batch)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--target", choices=("aws", "local"), default="aws")
    parser.add_argument(
        "--emulator", default="http://127.0.0.1:8701", help="the emulator's address, for --target local"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="e.g. AlarmTopicArn=arn:aws:sns:…",
    )
    arguments = parser.parse_args()
    parameters = dict(p.split("=", 1) for p in arguments.parameter)
    on_aws = arguments.target == "aws"
    clients: Any = boto3.Session() if on_aws else Emulator(arguments.emulator)
    if not on_aws:
        parameters = {"EmulatorUrl": arguments.emulator, **parameters}
    try:
        built = package(arguments.stage, for_aws=on_aws)
        found = deploy(clients, arguments.stage, built, parameters)
        if on_aws and "PortalOrigin" not in parameters:
            # The portal's address is known only now. A second deploy of the same stack changes nothing.
            found = deploy(clients, arguments.stage, built, {**parameters, "PortalOrigin": found["PortalUrl"]})
    except DeployError as error:
        sys.exit(str(error))
    if on_aws and PORTAL_BUILD.exists():
        publish_portal(clients, found["PortalBucketName"], found["PortalDistributionId"])
    for name, value in sorted(found.items()):
        print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
