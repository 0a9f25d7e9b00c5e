"""An export of a long run: written by the campaign function, since a million rows take longer than a request lasts.

Where it stands lies beside the file, under the prefix of all exports, and goes with it.
"""

import json
from typing import Literal

from chalicelib.campaigns import jobs, listing, store
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.listing import Slice
from chalicelib.campaigns.model import Campaign, Run
from chalicelib.campaigns.rows import RowState
from chalicelib.cloud.objects import ObjectMissing
from chalicelib.problems import NotFound
from chalicelib.shape import Shape


class Export(Shape):
    """An export that was asked for. A `ready` one has its link, good for an hour; ask again for a fresh one."""

    id: str
    state: Literal["running", "ready", "failed"]
    problem: str = ""
    url: str | None = None


class ExportUnknown(NotFound):
    """The campaign has no such export, or has it no more."""

    def __init__(self, export_id: str) -> None:
        super().__init__("The campaign has no such export. One is kept for some days.")
        self.export_id = export_id


def begin(campaign: Campaign, run: Run, wanted: Slice, desk: Desk) -> Export:
    """Has the export written."""
    export = Export(id=desk.new_id(), state="running")
    _put(campaign.id, export, desk)
    job = jobs.Export(
        campaign_id=campaign.id,
        run_id=run.id,
        export_id=export.id,
        states=tuple(map(str, wanted.states)),
        reason=wanted.reason,
        to=wanted.to,
    )
    desk.queues.send("campaign", jobs.body_of(job))
    return export


def get(campaign: Campaign, export_id: str, desk: Desk) -> Export:
    """Where it stands. Raises ExportUnknown."""
    try:
        export = Export.model_validate(json.loads(desk.media.get(_key(campaign.id, export_id, "json"))))
    except ObjectMissing as missing:
        raise ExportUnknown(export_id) from missing
    if export.state != "ready":
        return export
    url = desk.media.download_link(_key(campaign.id, export_id, "csv"), filename=f"{campaign.id}-{export_id}.csv")
    return export.model_copy(update={"url": url})


def work(job: jobs.Export, desk: Desk) -> None:
    """The job: writes it whole. Twice does no harm: the rows as they are then."""
    run = store.get_run(desk.ledger, job.run_id)
    wanted = Slice(tuple(map(RowState, job.states)), job.reason, job.to)
    listing.write(run, wanted, _key(job.campaign_id, job.export_id, "csv"), desk)
    _put(job.campaign_id, Export(id=job.export_id, state="ready"), desk)


def give_up(job: jobs.Export, why: str, desk: Desk) -> None:
    """It could not be written."""
    _put(job.campaign_id, Export(id=job.export_id, state="failed", problem=why), desk)


def _put(campaign_id: str, export: Export, desk: Desk) -> None:
    desk.media.put(_key(campaign_id, export.id, "json"), export.model_dump_json().encode(), "application/json")


def _key(campaign_id: str, export_id: str, what: str) -> str:
    return f"exports/{campaign_id}/{export_id}.{what}"
