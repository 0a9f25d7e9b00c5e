"""Which workflows a restart cut off, told from what the emulator still lists."""

from infra.local.client import Refused
from infra.local.resume import Lost, lost_in, resume

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:parley-local-d1-v2"
CUT_OFF = "States.ServiceRestart"


class StepFunctions:
    """Executions by name, each with how it failed."""

    def __init__(self, **executions):
        self.executions = executions

    def list_state_machines(self, **page):
        return {"stateMachines": [{"name": "parley-local-d1-v2", "stateMachineArn": MACHINE}]}

    def list_executions(self, stateMachineArn, nextToken="0"):  # noqa: N803
        names = sorted(self.executions)
        at = int(nextToken)
        more = {"nextToken": str(at + 1)} if at + 1 < len(names) else {}
        return {"executions": [{"name": names[at], "executionArn": names[at]}] if names else [], **more}

    def describe_execution(self, executionArn):  # noqa: N803
        return {"error": self.executions[executionArn]}


class Api:
    def __init__(self, **statuses):
        self.statuses, self.commands = statuses, []

    def get(self, path):
        status = self.statuses.get(path.rpartition("/")[2])
        if status is None:
            raise Refused(f"GET {path}", 404, {})
        return {"status": status}

    def call(self, method, path, body):
        self.commands.append((path.rpartition("/")[2], body["status"]))


def machine(**executions):
    return StepFunctions(**{name.replace("_", "-"): error for name, error in executions.items()})


def test_an_instance_whose_newest_execution_was_cut_off_is_lost():
    found = lost_in(machine(i1_0_0=None, i1_0_1=CUT_OFF), MACHINE, "parley-local-")
    assert found == [Lost("d1", "i1")]


def test_one_that_was_brought_forward_before_is_not_lost_again():
    assert lost_in(machine(i1_0_0=CUT_OFF, i1_0_1=None), MACHINE, "parley-local-") == []


def test_each_branch_counts_for_itself_and_the_instance_once():
    found = lost_in(machine(i1_0_0=CUT_OFF, i1_0_4_1_0=CUT_OFF, i2_0_0=None), MACHINE, "parley-local-")
    assert found == [Lost("d1", "i1")]


def test_running_ones_are_suspended_and_resumed_and_no_others():
    lost = machine(i1_0_0=CUT_OFF, i2_0_0=CUT_OFF, i3_0_0=CUT_OFF)
    api = Api(i1="Runnable", i2="Suspended")
    assert resume(lost, api, "a", "parley-local-") == 1
    assert api.commands == [("i1", "suspend"), ("i1", "resume")]
