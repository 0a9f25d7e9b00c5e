"""Waves: only a few seconds of work lie on the bulk queue, so that pause, cancel and fairness take effect at once.

A wave releases recipients in time slots of the campaign's rate (GCRA), then sends the next wave with a delay. Its number makes
it idempotent: chunks and next wave go out first, then the run moves on by a conditional update; a wave that comes again either
does the same once more (chunks sent twice are harmless: the ledger's claim decides) or finds its number gone.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns import chunks, jobs, store
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import PART, Campaign, Pace, Run, State
from chalicelib.campaigns.rows import RowState
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud.queues import QueueMessage
from chalicelib.conversations.pacing import Lane, rate
from chalicelib.dataclass import dataclass

EVERY = timedelta(seconds=2)
AHEAD = timedelta(seconds=4)
"""How much more than one interval a wave releases, so that workers never wait for a late wave. Pausing does not: workers look."""
_LONGEST_DELAY = timedelta(seconds=900)
_MESSAGE_SECONDS, _LARGE_MESSAGE, _LARGE_MESSAGE_SECONDS = 10, 50, 2
"""The most work, in seconds at the campaign's rate, that one message to the send worker holds; less if it is a large one."""
_BACKLOG_SECONDS = 12
_STALL = timedelta(seconds=60)
_PER_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}

Sizes = Callable[[int], int]
"""Chunk → how many recipients it has."""


@dataclass(frozen=True)
class Cursor:
    """The next recipient to release: chunk and place within it."""

    chunk: int
    offset: int


def rate_of(channel: Channel, campaigns_sending: int, pace: Pace | None) -> float:
    """Recipients a second: an equal share of what the number leaves to campaigns, or the person's own slower pace."""
    return min(rate(channel, Lane.CAMPAIGN) / max(1, campaigns_sending), _most(pace))


def shares(speed: float, paces: Mapping[str, Pace | None]) -> dict[str, float]:
    """What each campaign on a number gets of its speed: equal parts, but nobody more than its own pace, and what those with a
    slow pace leave goes to the others in equal parts."""
    found, left = {}, speed
    slowest_first = sorted(paces, key=lambda each: _most(paces[each]))
    for n, each in enumerate(slowest_first):
        found[each] = min(left / (len(slowest_first) - n), _most(paces[each]))
        left -= found[each]
    return found


def speed_of(campaign: Campaign, channel: Channel, desk: Desk) -> float:
    """Recipients a second for this campaign beside those that are sending now: who begins or ends changes the others' share."""
    paces = {**store.paces_on(desk.table, channel.id), campaign.id: campaign.pace}
    return shares(rate(channel, Lane.CAMPAIGN), paces)[campaign.id]


def _most(pace: Pace | None) -> float:
    return pace.messages / _PER_SECONDS[pace.per] if pace else math.inf


def slots(paid_until: datetime | None, now: datetime, speed: float) -> tuple[int, datetime]:
    """How many recipients to release now, and until when their slots last.

    Time that went by unused (a pause, a late wave) is not made up for, beyond one interval.
    """
    start = max(paid_until or now, now - EVERY)
    horizon = now + EVERY + AHEAD
    if start > horizon:
        return 0, start
    count = math.floor((horizon - start).total_seconds() * speed + 1e-9) + (1 if speed < 1 else 0)
    return count, start + timedelta(seconds=count / speed)


def release(
    cursor: Cursor, end: int, count: int, most: int, sizes: Sizes
) -> tuple[list[tuple[int, int, int]], Cursor, int]:
    """(chunk, first, count) of the next `count` recipients, at most `most` in one; where to go on; how many they are."""
    found: list[tuple[int, int, int]] = []
    chunk, offset, left = cursor.chunk, cursor.offset, count
    while chunk < end and left > 0:
        size = sizes(chunk)
        take = min(size - offset, left, most)
        if take > 0:
            found.append((chunk, offset, take))
            offset, left = offset + take, left - take
        if offset >= size:
            chunk, offset = chunk + 1, 0
    while chunk < end and offset == 0 and not sizes(chunk):
        chunk += 1
    return found, Cursor(chunk, offset), count - left


def wave(job: jobs.Wave, desk: Desk) -> None:
    """Releases the next recipients of a run that is sending; the last wave hands over to the recount."""
    campaign, run = store.get(desk.table, job.campaign_id), store.get_run(desk.ledger, job.run_id)
    if campaign.state is not State.SENDING or campaign.run_id != run.id or run.wave != job.number:
        return
    channel = channels.get(desk.table, campaign.channel_id)
    speed = speed_of(campaign, channel, desk)
    now = desk.clock()
    count, paid_until = slots(run.wave_at, now, speed)
    if _backed_up(run, speed, now, desk):
        count, paid_until = 0, run.wave_at or now
    end = chunks_of(campaign, run)
    known: dict[int, Sequence[int]] = {}

    def sizes(chunk: int) -> int:
        part, place = divmod(chunk, PART // run.chunk)
        if part not in known:
            known[part] = chunks.get_sizes(desk.media, campaign.id, run.id, part)
        return known[part][place]

    most = _in_one_message(run, speed)
    pieces, cursor, released = release(Cursor(run.cursor, run.offset), end, count, most, sizes)
    _send_chunks(campaign, run, pieces, delays(pieces, paid_until - now, count, speed), desk)
    over = cursor.chunk >= end
    if over:
        settle = jobs.Settle(campaign_id=campaign.id, run_id=run.id, number=run.recounts)
        desk.queues.send("campaign", jobs.body_of(settle), delay_seconds=int(EVERY.total_seconds()))
    else:
        following = jobs.Wave(campaign_id=campaign.id, run_id=run.id, number=run.wave + 1)
        desk.queues.send("campaign", jobs.body_of(following), delay_seconds=_delay(now, paid_until))
    store.advance(
        desk.ledger,
        run.id,
        Attr("wave").eq(run.wave),
        wave=run.wave + 1,
        cursor=cursor.chunk,
        offset=cursor.offset,
        released=run.released + released,
        wave_at=paid_until,
    )


def _in_one_message(run: Run, speed: float) -> int:
    """A worker is paid from a moment before its first slot on: many should share that, but a crash brings all of them back."""
    return max(
        1, min(run.chunk, int(speed * _MESSAGE_SECONDS), max(_LARGE_MESSAGE, int(speed * _LARGE_MESSAGE_SECONDS)))
    )


def chunks_of(campaign: Campaign, run: Run) -> int:
    """How many chunk numbers a run has, empty ones included."""
    total = campaign.recipients.summary.total if campaign.recipients and campaign.recipients.summary else 0
    return -(-total // run.chunk)


def delays(pieces: Sequence[tuple[int, int, int]], ahead: timedelta, count: int, speed: float) -> list[int]:
    """Seconds after which the message of each piece is needed: a worker that comes long before its slots is paid for waiting.

    `ahead`: how far from now the last of the `count` slots ends. A second early, for SQS and a cold start.
    """
    begins = ahead.total_seconds() - count / speed
    found = []
    for _, _, size in pieces:
        found.append(min(max(0, math.floor(begins) - 1), int(_LONGEST_DELAY.total_seconds())))
        begins += size / speed
    return found


def _send_chunks(
    campaign: Campaign, run: Run, pieces: Sequence[tuple[int, int, int]], delays: Sequence[int], desk: Desk
) -> None:
    desk.queues.send_all(
        "bulk",
        [
            QueueMessage(
                jobs.SendChunk(
                    campaign_id=campaign.id, run_id=run.id, chunk=chunk, first=first, count=count
                ).model_dump_json(),
                delay_seconds=delay,
            )
            for (chunk, first, count), delay in zip(pieces, delays, strict=True)
        ],
    )


def _delay(now: datetime, paid_until: datetime) -> int:
    """Seconds to the next wave: the usual interval, or until a slow pace's next slot comes near."""
    until_needed = paid_until - now - AHEAD
    return math.ceil(min(max(until_needed, EVERY), _LONGEST_DELAY).total_seconds())


def _backed_up(run: Run, speed: float, now: datetime, desk: Desk) -> bool:
    """Do released recipients still wait that should long have gone? Then the workers are behind, and more would only wait too.

    The counters may be off after a crash: a run that released nothing for a minute goes on regardless.
    """
    if run.released == 0 or (run.wave_at and now - run.wave_at > _STALL):
        return False
    waiting = run.released - (run.eligible - store.counts(desk.ledger, run.id).get(RowState.QUEUED, 0))
    return waiting > max(speed * _BACKLOG_SECONDS, 2)
