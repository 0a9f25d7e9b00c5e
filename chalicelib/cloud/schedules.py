"""EventBridge Scheduler: call a function once at a time, or again and again."""

import json
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.dataclass import dataclass

SCHEDULED_AT = "<aws.scheduler.scheduled-time>"
"""Scheduler puts the time a call was meant for in its place, the same when it repeats the call."""


class ExpressionRefused(Exception):
    """Scheduler does not take the expression or its time zone."""


@dataclass(frozen=True)
class Schedules:
    """One schedule group and the function it calls. Names are ours, so that a repeated call replaces instead of adding."""

    client: Any
    group: str
    role_arn: str
    target_arn: str

    def at(self, name: str, when: datetime, payload: dict[str, Any]) -> None:
        """Calls the function with `payload` at `when` (to the second); replaces a schedule of the same name."""
        expression = f"at({when.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%S')})"
        self._put(name, expression, "UTC", payload, {"ActionAfterCompletion": "DELETE"})

    def repeat(self, name: str, expression: str, zone: str, payload: dict[str, Any]) -> None:
        """Calls the function by `cron(…)` or `rate(…)` on the clocks of a zone; replaces a schedule of the same name.

        Raises ExpressionRefused.
        """
        try:
            self._put(name, expression, zone, payload, {})
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            raise ExpressionRefused(error.response["Error"]["Message"]) from error

    def _put(self, name: str, expression: str, zone: str, payload: dict[str, Any], more: dict[str, str]) -> None:
        request = {
            "Name": name,
            "GroupName": self.group,
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": zone,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": self.target_arn, "RoleArn": self.role_arn, "Input": json.dumps(payload)},
            **more,
        }
        try:
            self.client.create_schedule(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConflictException":
                raise
            self.client.update_schedule(**request)

    def cancel(self, name: str) -> None:
        """Removes the schedule; one that has fired or never was is fine."""
        try:
            self.client.delete_schedule(Name=name, GroupName=self.group)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
