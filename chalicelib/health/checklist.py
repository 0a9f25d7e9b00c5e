"""What is left to set up before the first campaign and the first ticket: read from what is there, kept nowhere."""

from chalicelib.access import store as people
from chalicelib.channels import store as channels
from chalicelib.channels import templates
from chalicelib.channels.model import ChannelType
from chalicelib.contacts import jobs
from chalicelib.health.model import Checklist, ChecklistItem
from chalicelib.wiring import World


def checklist(world: World) -> Checklist:
    """The five steps, in their order."""
    numbers = [each for each in channels.channels(world.table) if each.type is ChannelType.WHATSAPP]
    wabas = {each.waba_id for each in numbers}
    found = {
        "channel": len(numbers),
        "webhook": sum(each.last_webhook_at is not None for each in numbers),
        "template": sum(
            each.status == "APPROVED" for waba_id in wabas for each in templates.all_of(world.table, waba_id)
        ),
        "contacts": sum(
            job.status is jobs.JobStatus.COMPLETED for job in jobs.every(world.table, jobs.JobType.CREATE_CONTACTS)
        ),
        "team": max(0, len(people.users(world.table)) - 1),
    }
    return Checklist(items=[ChecklistItem(id=step, done=count > 0, count=count) for step, count in found.items()])
