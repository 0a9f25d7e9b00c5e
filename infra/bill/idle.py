"""What a deployment costs in a month in which nothing happens: read from the template, every kind of resource in it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from infra.bill.prices import Unpriced

Json = Mapping[str, Any]

MINUTES = 30 * 24 * 60
_POLLS_A_MINUTE = 5 * 60 / 20
"""An event source mapping asks an empty SQS queue with five pollers, each waiting up to 20 seconds."""

BY_USE = frozenset(
    {
        "AWS::ApiGateway::Deployment", "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Deployment", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Stage", "AWS::CloudFront::CachePolicy", "AWS::CloudFront::Distribution",
        "AWS::CloudFront::Function", "AWS::CloudFront::OriginAccessControl", "AWS::CloudFront::OriginRequestPolicy",
        "AWS::CloudFront::ResponseHeadersPolicy", "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::UserPoolDomain", "AWS::Cognito::UserPoolGroup", "AWS::DynamoDB::Table", "AWS::Events::Rule",
        "AWS::GuardDuty::MalwareProtectionPlan", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::LayerVersion", "AWS::Lambda::Permission", "AWS::Logs::LogGroup", "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::Scheduler::ScheduleGroup",
        "AWS::Serverless::Api", "AWS::Serverless::LayerVersion",
    }
)  # fmt: skip
"""Kinds of resources that cost nothing by being there (what lies in tables and buckets is paid by the gigabyte)."""


def month(template: Json, minute: Mapping[str, float]) -> Counter[str]:
    """Price items of an idle month. `minute`: what one quiet run of the timers asks for. Raises Unpriced."""
    found: Counter[str] = Counter()
    for resource in template["Resources"].values():
        kind, properties = resource["Type"], resource.get("Properties", {})
        match kind:
            case "AWS::Serverless::Function":
                found.update(_events(properties.get("Events", {}), template, minute))
            case "AWS::CloudWatch::Alarm":
                found["cloudwatch.alarm"] += 1
            case "AWS::CloudWatch::Dashboard":
                found["cloudwatch.dashboard"] += 1
            case "AWS::SecretsManager::Secret":
                found["secrets.month"] += 1
            case _ if kind not in BY_USE:
                raise Unpriced(f"a month of {kind}")
    return found


def _events(sources: Json, template: Json, minute: Mapping[str, float]) -> Counter[str]:
    found: Counter[str] = Counter()
    for source in sources.values():
        match source["Type"]:
            case "SQS":
                queue = template["Resources"][source["Properties"]["Queue"]["Fn::GetAtt"][0]]["Properties"]
                found["sqs.fifo" if queue.get("FifoQueue") else "sqs.standard"] += round(_POLLS_A_MINUTE * MINUTES)
            case "Schedule":
                found.update({item: number * MINUTES for item, number in minute.items()})
            case "Api":
                pass
            case kind:
                raise Unpriced(f"a month of an event source {kind}")
    return found
