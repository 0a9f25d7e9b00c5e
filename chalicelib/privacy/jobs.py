"""Jobs about people in the main table."""

from datetime import timedelta
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.access.model import AuditEntry
from chalicelib.access.store import audit_put
from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.pages import read_page
from chalicelib.cloud.table import ConditionFailed, Item, Put, Table
from chalicelib.privacy.model import Job

KEPT = timedelta(days=400)


def find(table: Table, job_id: str) -> Job | None:
    """One job, or None."""
    item = table.get(keys.privacy_job(job_id))
    return _job(item) if item else None


def page(table: Table, *, limit: int, token: str | None) -> tuple[list[Job], str | None]:
    """Jobs, the newest first. Raises BadPageToken."""
    found = read_page(table, keys.privacy_job("").pk, token=token, limit=limit, forward=False)
    return [_job(item) for item in found.items], found.next


def create(table: Table, job: Job, entry: AuditEntry) -> None:
    """Keeps a new job, with its line in the audit log."""
    table.transact([Put(_item(job), Attr("PK").not_exists()), audit_put(entry)])


def save(table: Table, job: Job) -> bool:
    """Keeps what a step has done; False when another worker was faster."""
    try:
        table.put(_item(job), condition=Attr("step").eq(job.step - 1))
    except ConditionFailed:
        return False
    return True


def _item(job: Job) -> Item:
    key = keys.privacy_job(job.id)
    values: dict[str, Any] = job.model_dump(mode="json", exclude_none=True)
    return {
        "PK": key.pk,
        "SK": key.sk,
        **values,
        "created_at": stamp(job.created_at),
        "expires_at": epoch(job.created_at + KEPT),
    }


def _job(item: Item) -> Job:
    return Job.model_validate(item)
