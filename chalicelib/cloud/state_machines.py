"""Step Functions behind small functions. Every call may be repeated."""

import json
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.dataclass import dataclass

_GONE = {"ExecutionDoesNotExist", "TaskTimedOut", "TaskDoesNotExist", "InvalidToken", "StateMachineDoesNotExist"}


@dataclass(frozen=True)
class StateMachines:
    """The stage's state machines. `client` is boto3's Step Functions client."""

    client: Any
    prefix: str
    role_arn: str

    def create(self, name: str, document: dict[str, Any]) -> str:
        """Makes the machine and answers its ARN; one that exists with the same document is found."""
        answer = self.client.create_state_machine(
            name=f"{self.prefix}{name}",
            definition=json.dumps(document, separators=(",", ":")),
            roleArn=self.role_arn,
            type="STANDARD",
        )
        return str(answer["stateMachineArn"])

    def delete(self, machine_arn: str) -> None:
        """Removes the machine; its running executions end first. An absent one is fine."""
        _unless_gone(self.client.delete_state_machine, stateMachineArn=machine_arn)

    def start(self, machine_arn: str, name: str, state: dict[str, Any]) -> None:
        """Starts an execution under its name; one that was started before is fine, ended or not."""
        try:
            self.client.start_execution(stateMachineArn=machine_arn, name=name, input=json.dumps(state))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise

    def stop(self, execution_arn: str) -> None:
        """Stops an execution; one that has ended, or never was, is fine."""
        if not execution_arn:
            return
        try:
            _unless_gone(self.client.stop_execution, executionArn=execution_arn)
        except ClientError as error:
            # AWS stops one that has ended once more; the emulator calls it invalid. Both must hold.
            if error.response["Error"]["Code"] != "ValidationException" or self._is_running(execution_arn):
                raise

    def answer(self, token: str) -> None:
        """Lets a Task that waits for this token go on; one that does not wait any more is fine."""
        if token:
            _unless_gone(self.client.send_task_success, taskToken=token, output="{}")

    def execution_arn(self, machine_arn: str, name: str) -> str:
        """The ARN of an execution by its name."""
        return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    def _is_running(self, execution_arn: str) -> bool:
        return bool(self.client.describe_execution(executionArn=execution_arn)["status"] == "RUNNING")


def _unless_gone(call: Any, **arguments: Any) -> None:
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
