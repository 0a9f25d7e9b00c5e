"""EventBridge Scheduler: call the launch function once, at a time."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class Schedules:
    """One schedule group. Names are ours, so that a repeated call replaces instead of adding."""

    client: Any
    group: str
    role_arn: str
    target_arn: str

    def at(self, name: str, when: datetime, payload: dict[str, Any]) -> None:
        """Calls the launch function with `payload` at `when` (to the second); replaces a schedule of the same name."""
        request = {
            "Name": name,
            "GroupName": self.group,
            "ScheduleExpression": f"at({when.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%S')})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {"Arn": self.target_arn, "RoleArn": self.role_arn, "Input": json.dumps(payload)},
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
