"""Use cases: a page of the message log, as far as the reader may see."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from chalicelib.campaigns import ledger, listing
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.desk import desk_of
from chalicelib.campaigns.model import Campaign, Run, shard_of
from chalicelib.campaigns.rows import META, RowState
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.pages import BadPageToken
from chalicelib.cloud.table import Item, Key
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.contacts.phones import match_key
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation, Message, conversation_id
from chalicelib.dataclass import dataclass
from chalicelib.logs.model import LogFilter, LoggedMessage, matches, of_message, of_row
from chalicelib.logs.reading import Entry, Source, page
from chalicelib.problems import Invalid
from chalicelib.wiring import World

_CAMPAIGN_MESSAGES_LOOKED_AT = 200
_LEDGER_KEPT = timedelta(days=400)
_ROWS = "rows"
_NUMBER_IN_WAMID = re.compile(rb"[0-9]{7,15}|[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{8,}")


@dataclass(frozen=True)
class Reader:
    """Who reads: the channels they may enter."""

    world: World
    channels: Sequence[Channel]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of their channels."""
        return frozenset(channel.id for channel in self.channels)


def reader(world: World, subaccounts: Iterable[str] | None) -> Reader:
    """A reader of some subaccounts; None is all."""
    allowed = None if subaccounts is None else set(subaccounts)
    found = [each for each in channels.channels(world.table) if allowed is None or each.subaccount_id in allowed]
    return Reader(world, found)


def find(
    reader: Reader, wanted: LogFilter, *, limit: int, token: str | None = None
) -> tuple[list[LoggedMessage], str | None]:
    """A page, the newest first. Raises BadPageToken, Invalid."""
    if wanted.wamid:
        found = _by_wamid(reader, wanted.wamid, wanted)
        return [message for message in found if matches(message, wanted)], None
    if wanted.campaign_id and not (wanted.phone or wanted.bsuid):
        return _of_campaign(reader, wanted.campaign_id, wanted, limit, token)
    return page(_sources(reader, wanted), _Loading(reader), wanted, limit=limit, token=token)


# --- by time ---


def _sources(reader: Reader, wanted: LogFilter) -> list[Source]:
    here = [each for each in reader.channels if wanted.channel_id in (None, each.id)]
    if wanted.phone or wanted.bsuid:
        return _of_person(reader, Identities(phone=wanted.phone, bsuid=wanted.bsuid), here)
    table = reader.world.table
    if wanted.only_failures:
        return [Source(each.id, table, keys.failed_messages(each.id, "")["GSI2PK"], index="GSI2") for each in here]
    return [Source(each.id, table, keys.message_log(each.id, "")["GSI1PK"], index="GSI1") for each in here]


def _of_person(reader: Reader, who: Identities, here: Sequence[Channel]) -> list[Source]:
    world = reader.world
    person = identity.find(world.table, who)
    known = sorted({person.id, *person.merged_from}) if person else []
    lines = [conversation_id(channel.id, each) for channel in here for each in known]
    there = world.table.get_many((keys.conversation(line) for line in lines), consistent=False)
    sources = [
        Source(line, world.table, keys.conversation(line).pk, prefix="MESSAGE#")
        for line in lines
        if keys.conversation(line) in there
    ]
    return sources + [
        Source(f"{_ROWS}{number}", world.ledger, keys.ledger_address(to, "", "", 0).pk, index="GSI1")
        for number, to in enumerate(_addresses(who, (person.phone, person.bsuid) if person else ()))
    ]


def _addresses(who: Identities, also: Iterable[str | None]) -> list[str]:
    """How the ledger writes a person's addresses."""
    given = [each for each in (who.phone, who.bsuid, *also) if each]
    return list(dict.fromkeys(match_key(each) if each.startswith("+") else each for each in given))


@dataclass(frozen=True)
class _Loading:
    """Reads what entries point to: one batch of each table."""

    reader: Reader

    def __call__(self, entries: Sequence[Entry]) -> list[LoggedMessage | None]:
        rows = [entry for entry in entries if entry.source.startswith(_ROWS)]
        of_rows = dict(zip(map(id, rows), self._rows([entry.item for entry in rows]), strict=True))
        others = [entry.item for entry in entries if id(entry) not in of_rows]
        of_others = iter(self._messages(others))
        return [of_rows[id(entry)] if id(entry) in of_rows else next(of_others) for entry in entries]

    def _messages(self, items: Sequence[Item]) -> list[LoggedMessage | None]:
        table = self.reader.world.table
        messages = [
            None if "type" in item else keys.message(item["conversation_id"], item["position"]) for item in items
        ]
        states = {item["conversation_id"]: keys.conversation(item["conversation_id"]) for item in items}
        found = table.get_many([key for key in (*messages, *states.values()) if key], consistent=False)
        answers: list[LoggedMessage | None] = []
        for item, key in zip(items, messages, strict=True):
            whole, state = found.get(key) if key else item, found.get(states[item["conversation_id"]])
            conversation = Conversation.model_validate(state) if state else None
            message = Message.model_validate(whole) if whole else None
            # A campaign's message that was answered has a copy here: its row is listed already.
            shown = message and message.sender.kind != "campaign"
            answers.append(of_message(message, conversation) if message and shown else None)
        return answers

    def _rows(self, items: Sequence[Item]) -> list[LoggedMessage | None]:
        places = [Key(item["PK"], item["SK"]) for item in items]
        runs = {place: place.pk.split("#")[1] for place in places}
        whole = self.reader.world.ledger.get_many(
            [*places, *(keys.run(run_id) for run_id in runs.values())], consistent=False
        )
        of_runs = {run_id: self._campaign(whole.get(keys.run(run_id))) for run_id in set(runs.values())}
        answers: list[LoggedMessage | None] = []
        for place in places:
            run, row = of_runs[runs[place]], whole.get(place)
            mine = run and row and run[1].channel_id in self.reader.ids
            answers.append(
                of_row(listing.view(row), runs[place], run[0].created_at, run[1]) if mine and run and row else None
            )
        return answers

    def _campaign(self, item: Item | None) -> tuple[Run, Campaign] | None:
        if item is None:
            return None  # a test send: it belongs to no run
        run = Run.model_validate(item)
        try:
            return run, campaigns.get(self.reader.world.table, run.campaign_id)
        except CampaignMissing:
            return None


# --- by WhatsApp's id ---


def _by_wamid(reader: Reader, wamid: str, wanted: LogFilter) -> list[LoggedMessage]:
    world = reader.world
    message = conversations.by_wamid(world.table, wamid)
    if message:
        state = conversations.find(world.table, message.conversation_id)
        mine = conversations.channel_of(message.conversation_id) in reader.ids
        return [of_message(message, state)] if mine else []
    who = Identities(phone=wanted.phone, bsuid=wanted.bsuid)
    for to in [*_addresses(who, ()), *_hints(wamid)]:
        sent = ledger.sent_to(world.ledger, to, world.clock() - _LEDGER_KEPT, _CAMPAIGN_MESSAGES_LOOKED_AT)
        items = [{"PK": keys.ledger_row(run, shard_of(row), row).pk, "SK": f"{row:08d}"} for run, row in sent]
        for found in _Loading(reader)._rows(items):
            if found and found.wamid == wamid:
                return [found]
    return []


def _hints(wamid: str) -> list[str]:
    """Addresses that the id seems to name. It is opaque to us: a hint only says where to look, the whole id must be there."""
    try:
        raw = base64.b64decode(wamid.removeprefix("wamid.") + "==", validate=False)
    except (binascii.Error, ValueError):
        return []
    found = [each.decode() for each in _NUMBER_IN_WAMID.findall(raw)][:4]
    return [match_key(f"+{each}") if each.isdecimal() else each for each in found]


# --- of a campaign ---


def _of_campaign(
    reader: Reader, campaign_id: str, wanted: LogFilter, limit: int, token: str | None
) -> tuple[list[LoggedMessage], str | None]:
    """The recipients of every run, the newest run first."""
    campaign = _campaign(reader, campaign_id)
    runs = list(reversed(campaign.runs))
    place, inner = _run_place(token, len(runs))
    if place >= len(runs):
        return [], None
    desk = desk_of(reader.world)
    run = campaigns.get_run(desk.ledger, runs[place])
    states = [RowState(wanted.status)] if wanted.status else []
    reason = f"{META}{wanted.code}" if wanted.code is not None else ""
    views, after = listing.rows(run, state=states, reason=reason, to="", limit=limit, token=inner, desk=desk)
    found = [of_row(view, run.id, run.created_at, campaign) for view in views]
    left = _run_token(place, after) if after else _run_token(place + 1, None) if place + 1 < len(runs) else None
    return [each for each in found if matches(each, wanted)], left


def _campaign(reader: Reader, campaign_id: str) -> Campaign:
    unknown = Invalid("There is no such campaign.", field="campaignId")
    try:
        campaign = campaigns.get(reader.world.table, campaign_id)
    except CampaignMissing as missing:
        raise unknown from missing
    if campaign.channel_id not in reader.ids:
        raise unknown
    return campaign


def _run_token(place: int, inner: str | None) -> str:
    return base64.urlsafe_b64encode(json.dumps([place, inner]).encode()).decode().rstrip("=")


def _run_place(token: str | None, runs: int) -> tuple[int, str | None]:
    if not token:
        return 0, None
    try:
        place, inner = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError) as error:
        raise BadPageToken from error
    if type(place) is not int or not 0 <= place < runs or not isinstance(inner, str | None):
        raise BadPageToken
    return place, inner
