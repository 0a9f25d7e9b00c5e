"""Who uses a template and how it does: asked of campaigns and workflows alike, which is why it stands above both."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.automation.definition.model import Status
from chalicelib.automation.versions import Head, Versions
from chalicelib.campaigns import report, store
from chalicelib.campaigns.desk import desk_of
from chalicelib.campaigns.model import Campaign, State
from chalicelib.campaigns.rows import words
from chalicelib.channels import authoring, service
from chalicelib.channels.model import Channel
from chalicelib.conversations import template_counts
from chalicelib.problems import Conflict
from chalicelib.shape import Shape
from chalicelib.wiring import World

_PAGES = 20
"""Queries over the campaigns, newest first: beyond these the answer says that it is not all."""
_MOST_CAMPAIGNS = 100
_OVER = {State.COMPLETED, State.CANCELLED, State.FAILED}


class TemplateUser(Shape):
    """A campaign or workflow that names the template."""

    id: str
    name: str
    state: str
    unfinished: bool
    """It would fail without the template."""


class TemplateUsage(Shape):
    """Who uses a template. `complete` is false when there are older campaigns that were not looked at."""

    campaigns: list[TemplateUser]
    workflows: list[TemplateUser]
    complete: bool


class FailedFor(Shape):
    """How many messages failed for one reason."""

    reason: str
    explanation: str
    count: int


class TemplatePerformance(Shape):
    """What became of the messages of a template, whoever sent them: campaigns, agents, workflows, programs."""

    campaigns: int
    runs: int
    sent: int
    delivered: int
    read: int
    replied: int
    failed: int
    failed_by_reason: list[FailedFor]
    complete: bool


class TemplateInUse(Conflict):
    """Campaigns or workflows would fail without it."""

    def __init__(self, name: str, users: list[TemplateUser]) -> None:
        named = ", ".join(user.name for user in users[:5])
        super().__init__(f"The template {name} is used by {named}. End these first, or delete it with force=true.")
        self.name, self.users = name, users


def usage(world: World, channel: Channel, name: str, language: str) -> TemplateUsage:
    """The campaigns and workflows that name the template."""
    campaigns, complete = _campaigns(world, channel, name, language)
    listed = [TemplateUser(id=c.id, name=c.name, state=c.state, unfinished=c.state not in _OVER) for c in campaigns]
    workflows = [
        TemplateUser(id=head.id, name=head.name, state=head.status, unfinished=head.status is Status.ENABLED)
        for head in _workflows(world, channel, name, language)
    ]
    return TemplateUsage(campaigns=listed, workflows=workflows, complete=complete)


def performance(world: World, channel: Channel, name: str, language: str) -> TemplatePerformance:
    """The sum of the runs of its campaigns, from their live counters (two reads a run), and of all other messages (one read)."""
    campaigns, complete = _campaigns(world, channel, name, language)
    desk, total, runs = desk_of(world), Counter[str](), 0
    for campaign in campaigns:
        for number in range(1, len(campaign.runs) + 1):
            total.update(report.counts_of(report.run_of(campaign, number, desk), desk))
            runs += 1
    others = template_counts.of_template(world.table, channel.id, name, language)
    reached = {step: count + others.get(step, 0) for step, count in report.reached(total).items()}
    total.update({reason: count for reason, count in others.items() if reason.startswith("reason:")})
    reasons = [
        FailedFor(reason=each.reason, explanation=words(each.reason), count=each.count)
        for each in report.failures(total)
    ]
    return TemplatePerformance(
        campaigns=len(campaigns),
        runs=runs,
        **reached,
        failed=sum(each.count for each in reasons),
        failed_by_reason=reasons,
        complete=complete,
    )


def delete(world: World, channel: Channel, name: str, language: str, *, force: bool) -> None:
    """Deletes the template at Meta and here. Raises NoSuchTemplate, TemplateInUse."""
    record = service.find_template(world, channel, name, language)
    if not force:
        used = usage(world, channel, name, language)
        unfinished = [user for user in (*used.campaigns, *used.workflows) if user.unfinished]
        if unfinished:
            raise TemplateInUse(name, unfinished)
    authoring.delete(world, channel, record)


def names_template(value: Any, name: str, language: str) -> bool:
    """Whether a piece of a workflow's JSON names the template.

    >>> names_template({"steps": [{"inputs": {"template": "offer", "language": "en"}}]}, "offer", "en")
    True
    """
    if isinstance(value, list):
        return any(names_template(inner, name, language) for inner in value)
    if not isinstance(value, dict):
        return False
    template = value.get("template")
    if template == name and value.get("language") == language:
        return True
    if isinstance(template, dict) and template.get("name") == name and _code(template.get("language")) == language:
        return True
    return any(names_template(inner, name, language) for inner in value.values())


def _code(language: Any) -> Any:
    return language.get("code") if isinstance(language, dict) else language


def _campaigns(world: World, channel: Channel, name: str, language: str) -> tuple[list[Campaign], bool]:
    wanted = Attr("channel_id").eq(channel.id) & Attr("message.name").eq(name) & Attr("message.language").eq(language)
    found: list[Campaign] = []
    start = None
    for _ in range(_PAGES):
        page, start = store.newest(world.table, limit=500, start=start, filter=wanted)
        found += page
        if start is None or len(found) >= _MOST_CAMPAIGNS:
            break
    return found[:_MOST_CAMPAIGNS], start is None and len(found) <= _MOST_CAMPAIGNS


def _workflows(world: World, channel: Channel, name: str, language: str) -> Iterator[Head]:
    versions = Versions(world.table)
    for head in versions.heads():
        if not head.serves(channel.subaccount_id):
            continue
        if names_template(json.loads(versions.get(head.id, head.version).document), name, language):
            yield head
