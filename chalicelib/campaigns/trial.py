"""A test send: the message of one recipient of the list, to one's own numbers, by the same way out."""

from pydantic import Field

from chalicelib.campaigns import chunks, control, ledger
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.ledger import RowEntry
from chalicelib.campaigns.message.fill import Unfit
from chalicelib.campaigns.model import PART, Campaign, callback
from chalicelib.campaigns.partition import values_of
from chalicelib.campaigns.recipients.phones import Address, normalise
from chalicelib.campaigns.rows import RowState, Tally, words
from chalicelib.campaigns.trouble import RowMissing
from chalicelib.channels import store as channels
from chalicelib.cloud import retention
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations.model import conversation_id
from chalicelib.conversations.outbound import Declined, Gate, Postponed, Refused, SendRequest, Verdict, send
from chalicelib.conversations.pacing import Lane
from chalicelib.problems import Invalid
from chalicelib.shape import Shape

_KEPT_DAYS = 30
"""A test's rows are in no run that anybody could list; they are there for its statuses."""


class TestRequest(Shape):
    """Whom to send to, and with whose values."""

    to: list[str] = Field(min_length=1, max_length=5, description="Your own numbers, or user ids.")
    row: int = Field(default=0, ge=0, lt=1_000_000, description="The recipient whose values fill the message.")


class TestResult(Shape):
    """What became of one test message so far."""

    to: str
    state: RowState
    reason: str = ""
    explanation: str = ""
    wamid: str = ""


def send_test(campaign: Campaign, request: TestRequest, desk: Desk, gate: Gate) -> list[TestResult]:
    """Sends the message of one row to each address; it counts in no run."""
    plan = control.check(campaign, desk)
    channel = channels.get(desk.table, campaign.channel_id)
    addresses = [_address(text, i, channel.default_country or None) for i, text in enumerate(request.to)]
    recipients = campaign.recipients
    assert recipients is not None
    found = chunks.get_part(desk.media, recipients.reading, request.row // PART)
    if request.row % PART >= len(found):
        raise RowMissing(request.row)
    row = found[request.row % PART]
    try:
        message = plan.filler.message(values_of(row.to, recipients.fields, row.values))
    except Unfit as unfit:
        raise Invalid(f"{words(unfit.reason)} ({unfit.slot})", field="row", code=unfit.reason) from unfit
    # A run of its own that no campaign knows: its statuses settle its rows and nothing else.
    run_id = f"TEST{desk.new_id()}"
    ends = retention.until(min(_KEPT_DAYS, retention.current(desk.table).recipients or _KEPT_DAYS), desk.clock())
    results = []
    for number, address in enumerate(addresses):
        item = ledger.new_row(
            run_id, number, line=0, to=address.to, country=address.country, reason="", client_id="", at=desk.clock()
        )
        desk.ledger.put(item | ends)
        entry = RowEntry(desk.ledger, run_id, item, Tally())
        who = Identities(bsuid=address.to) if address.is_bsuid else Identities(phone=address.to)
        person = identity.find(desk.table, who)
        wanted = SendRequest(
            channel=channel,
            to=who,
            message=message,
            purpose=plan.purpose,
            lane=Lane.REPLY,
            callback=callback(run_id, number),
            conversation_id=conversation_id(channel.id, person.id) if person else None,
        )
        verdict = send(wanted, entry, gate)
        said = ""
        if not entry.settled():  # in a run it would be tried again; nobody comes back to a test
            entry.record(None, Declined("unreachable", ""), desk.clock())
            said = _said(verdict)
        results.append(_result(address.to, entry, said))
    return results


def _said(verdict: Verdict) -> str:
    match verdict:
        case Postponed(text=text) | Refused(text=text) | Declined(text=text):
            return text
        case _:
            return ""


def _address(text: str, index: int, country: str | None) -> Address:
    found = normalise(text, country)
    if not isinstance(found, Address):
        raise Invalid(f"{words(found.reason)}", field=f"to.{index}", code=found.reason)
    return found


def _result(to: str, entry: RowEntry, said: str) -> TestResult:
    reason = str(entry.item.get("reason", ""))
    return TestResult(
        to=to,
        state=RowState(entry.item["state"]),
        reason=reason,
        explanation=said or (words(reason) if reason else ""),
        wamid=str(entry.item.get("wamid", "")),
    )
