"""The instances store in memory, with a hook before each operation: there a test lets another worker in."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.automation.instances.model import Instance, InstanceStatus
from chalicelib.automation.instances.store import Moved
from chalicelib.automation.instances.waiting import Around
from chalicelib.automation.instances.waits import Held, Wait, WaitStatus


@dataclass
class MemoryInstances:
    between: Callable[[], None] = lambda: None
    instances: dict[str, Instance] = field(default_factory=dict)
    markers: set[tuple[str, str]] = field(default_factory=set)
    open_waits: dict[str, Wait] = field(default_factory=dict)
    kept: dict[str, Held] = field(default_factory=dict)

    def find(self, instance_id):
        self.between()
        return self.instances.get(instance_id)

    def create(self, instance, log):
        self.between()
        if instance.id in self.instances:
            return False
        self.instances[instance.id] = instance
        self.markers |= {(conversation, instance.id) for conversation in instance.conversations}
        return True

    def advance(self, instance, branch, pointer, *, born=None, changes=None, log=(), sent_at=None, now):
        self.between()
        known = self.instances[instance.id]
        if known.branches[branch].seq != instance.branches[branch].seq or known.status is InstanceStatus.TERMINATED:
            raise Moved
        opened = known.open + len(born or {}) - (1 if pointer.ended else 0)
        branches = {**known.branches, branch: pointer, **(born or {})}
        moved = known.model_copy(
            update={"branches": branches, "data": {**known.data, **(changes or {})}, "open": opened}
        )
        self.instances[instance.id] = moved
        return moved

    def speaks_in(self, instance, conversation_id):
        self.between()
        self.markers.add((conversation_id, instance.id))
        after = self.instances[instance.id].model_copy(update={"conversations": (conversation_id,)})
        self.instances[instance.id] = after
        return after

    def complete(self, instance, now):
        self.between()
        known = self.instances[instance.id]
        if known.open or known.status.is_over:
            return False
        self.instances[instance.id] = known.model_copy(update={"status": InstanceStatus.COMPLETE})
        return True

    def unmark(self, instance):
        self.between()
        self.markers -= {(conversation, instance.id) for conversation in instance.conversations}

    def around(self, conversation_id):
        self.between()
        return Around(
            [instance for conversation, instance in self.markers if conversation == conversation_id],
            [wait for wait in self.open_waits.values() if wait.conversation_id == conversation_id],
            [held for held in self.kept.values() if held.conversation_id == conversation_id],
        )

    def find_wait(self, conversation_id, wait_id):
        self.between()
        return self.open_waits.get(wait_id)

    def park(self, wait):
        self.between()
        known = self.open_waits.setdefault(wait.id, wait)
        if known.status is WaitStatus.WAITING:
            self.open_waits[wait.id] = known.model_copy(update={"token": wait.token})
        return self.open_waits[wait.id]

    def answer(self, wait, held, now):
        self.between()
        known, kept = self.open_waits[wait.id], self.kept.get(held.position)
        if known.status is not WaitStatus.WAITING or kept is None or kept.claimed_by:
            return False
        self.open_waits[wait.id] = known.model_copy(
            update={"status": WaitStatus.ANSWERED, "answer": held.document, "answered_at": now}
        )
        self.kept[held.position] = kept.model_copy(update={"claimed_by": wait.id})
        return True

    def end_wait(self, wait, status):
        self.between()
        if self.open_waits[wait.id].status is WaitStatus.WAITING:
            self.open_waits[wait.id] = self.open_waits[wait.id].model_copy(update={"status": status})
        return self.open_waits[wait.id]

    def hold(self, held):
        self.between()
        return self.kept.setdefault(held.position, held)

    def claim_held(self, held, by):
        self.between()
        known = self.kept.get(held.position)
        if known is None or known.claimed_by not in ("", by):
            return False
        self.kept[held.position] = known.model_copy(update={"claimed_by": by})
        return True

    def forget_held(self, held):
        self.between()
        self.kept.pop(held.position, None)
