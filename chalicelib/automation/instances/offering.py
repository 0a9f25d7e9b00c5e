"""A message for a conversation in which instances run: the answer to a wait, or held for later."""

from chalicelib.automation.instances.ports import Ports
from chalicelib.automation.instances.waits import Held, WaitStatus, best_wait


def offer(held: Held, ports: Ports) -> bool:
    """Gives a message to the running instances of its conversation; False when none runs there any more.

    The message is held first and the waits are read afterwards; a wait that parks meanwhile sees the message. A redelivered
    one sends its wait's token again, in case the first delivery died before it did.
    """
    kept = ports.waits.hold(held)
    around = ports.waits.around(held.conversation_id)
    if kept.claimed_by:
        for wait in around.waits:
            if wait.id == kept.claimed_by and wait.status is WaitStatus.ANSWERED:
                ports.machines.answer(wait.token)
        return True
    if found := best_wait(around.waits, kept):
        if ports.waits.answer(found, kept, ports.clock()):
            ports.machines.answer(found.token)
            return True
        return offer(held, ports)  # somebody was faster: read again who waits
    if not around.instances and ports.waits.claim_held(kept, "nobody"):
        ports.waits.forget_held(kept)
        return False
    return True
