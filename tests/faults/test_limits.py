"""What is too much, in its real size."""

from collections import Counter, deque
from datetime import timedelta

from chalicelib.campaigns import control, preflight
from chalicelib.campaigns.model import State
from chalicelib.campaigns.recipients.reading import Options, read
from chalicelib.channels import store as channels
from chalicelib.contacts.sheets.source import MAX_RECORDS
from tests.faults.conftest import Stormed
from tests.support.campaigns import START, Stage, agree, people

DAY = timedelta(hours=24)


def test_the_row_after_a_million_is_too_many() -> None:
    many = ((n, ["", "x"]) for n in range(1, MAX_RECORDS + 3))
    last = deque(read(many, Options(columns=("Mobile", "Name"), header=False)), maxlen=3)
    assert [row.reason for row in last] == ["no_number", "too_many_recipients", "too_many_recipients"]


def test_five_thousand_recipients_at_a_tier_of_two_thousand_take_three_days_and_none_is_refused(
    stormed: Stormed,
) -> None:
    stage = Stage(threads=1)
    stage.meta.statuses = ()
    channels.change(stage.desk.table, "main", tier="TIER_2K")
    campaign = stage.draft(people(5_000))
    predicted = preflight.start(campaign, stage.desk)
    control.launch(stage.campaign(campaign.id), control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    times = sorted(stage.meta.times)
    above = sum(times[n + 2_000] - times[n] < DAY for n in range(len(times) - 2_000))
    days = Counter((at - START) // (DAY + timedelta(minutes=5)) for at in times)
    stormed(
        "5,000 recipients at a tier of 2,000 people a day",
        accepted=len(times), days=len(days), above_the_tier_in_any_24_hours=above,
    )  # fmt: skip
    assert done.state is State.COMPLETED
    agree(stage, done)
    assert (predicted.windows, sorted(days.values()), above) == (3, [1_000, 2_000, 2_000], 0)
