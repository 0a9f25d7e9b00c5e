"""The messages on the campaign and bulk SQS queues. A job names what it expects to find; one that comes twice finds it done."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, TypeAdapter


class Job(BaseModel):
    """`v` grows when the meaning changes: deploys overlap."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    v: Literal[1] = 1


class ReadFile(Job):
    """Read the recipients file into parts."""

    type: Literal["read"] = "read"
    campaign_id: str
    reading: str


class Prepare(Job):
    """Write ledger rows and chunks, from the checkpoint on."""

    type: Literal["prepare"] = "prepare"
    campaign_id: str
    run_id: str


class Wave(Job):
    """Release the next recipients, if `number` is the run's next wave."""

    type: Literal["wave"] = "wave"
    campaign_id: str
    run_id: str
    number: int


class Settle(Job):
    """Recount the ledger, if `number` is the run's next recount; ends the run when nothing is open."""

    type: Literal["settle"] = "settle"
    campaign_id: str
    run_id: str
    number: int


class Preflight(Job):
    """Count who would get the campaign as it is in this version, from the checkpoint on."""

    type: Literal["preflight"] = "preflight"
    campaign_id: str
    version: int


class Export(Job):
    """Write these recipients of a run as CSV."""

    type: Literal["export"] = "export"
    campaign_id: str
    run_id: str
    export_id: str
    states: tuple[str, ...] = ()
    reason: str = ""
    to: str = ""


class SendChunk(Job):
    """Send to `count` recipients of a chunk from the `first` on; who is settled is passed over."""

    type: Literal["chunk"] = "chunk"
    campaign_id: str
    run_id: str
    chunk: int
    first: int = 0
    count: int | None = None


class Warm(Job):
    """Get ready to send this run: sent before its first wave, so that no message waits for a function's cold start."""

    type: Literal["warm"] = "warm"
    campaign_id: str
    run_id: str


CampaignJob = Annotated[ReadFile | Preflight | Prepare | Wave | Settle | Export, Discriminator("type")]

BulkJob = Annotated[SendChunk | Warm, Discriminator("type")]

_campaign_job: TypeAdapter[CampaignJob] = TypeAdapter(CampaignJob, config=ConfigDict(defer_build=True))
_bulk_job: TypeAdapter[BulkJob] = TypeAdapter(BulkJob, config=ConfigDict(defer_build=True))


def parse(body: dict[str, Any]) -> CampaignJob:
    """A message of the campaign queue."""
    return _campaign_job.validate_python(body)


def parse_bulk(body: dict[str, Any]) -> BulkJob:
    """A message of the bulk queue."""
    return _bulk_job.validate_python(body)


def body_of(job: Job) -> dict[str, Any]:
    """The job as a queue message."""
    return job.model_dump(mode="json", exclude_none=True)
