"""Send workers begin while the last rows are written: a cold start takes seconds, and a slot that nobody uses is lost."""

import math
from collections.abc import Callable
from contextlib import suppress

from chalicelib.campaigns import jobs, plan, store
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.message.fill import Unfit
from chalicelib.campaigns.model import CHUNK, Campaign, Run
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.campaigns.waves import rate_of
from chalicelib.channels import store as channels
from chalicelib.cloud.queues import QueueMessage

_CHUNK_SECONDS = 2.0
"""How long a worker has a chunk in hand: it comes a second before its slots and has a second's worth of them in work."""
_FEWEST, _MOST = 2, 20
_HOLD_SECONDS = 0.5
"""A worker that is ready keeps its message for so long: the next one goes to another."""


def workers_for(speed: float) -> int:
    """How many workers have a message in hand at a time, at this speed; at most a chunk is in one."""
    return min(max(_FEWEST, math.ceil(speed * _CHUNK_SECONDS / CHUNK)), _MOST)


def ask(campaign: Campaign, run: Run, desk: Desk) -> None:
    """Calls the workers that the run's first wave will need. Twice does no harm, nor never."""
    speed = rate_of(channels.get(desk.table, campaign.channel_id), 1, campaign.pace)
    job = jobs.Warm(campaign_id=campaign.id, run_id=run.id).model_dump_json()
    desk.queues.send_all("bulk", [QueueMessage(job)] * workers_for(speed))


def warm(job: jobs.Warm, desk: Desk, sleep: Callable[[float], None]) -> None:
    """Loads what the first message of the run would load: the code that builds it, connections, the plan."""
    from chalicelib.whatsapp import messages  # noqa: F401 - heavy, and needed by the first message

    with suppress(CampaignMissing):
        channels.get(desk.table, store.get(desk.table, job.campaign_id).channel_id)
        with suppress(Unfit):
            plan.get(desk.media, job.campaign_id, job.run_id).filler.message({})
    sleep(_HOLD_SECONDS)
