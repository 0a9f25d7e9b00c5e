"""Our synced record of Meta's templates: one item per name and language, kept current by sync and by webhooks."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel, ConfigDict

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.table import ConditionFailed, Item, Table, Update
from chalicelib.whatsapp.answers import CreatedTemplate

_FIELDS = (
    "id",
    "name",
    "language",
    "status",
    "category",
    "components",
    "parameter_format",
    "quality_score",
    "message_send_ttl_seconds",
)
_PAGE = 100


class TemplateRecord(BaseModel):
    """One approved or not yet approved template in one language. `components` is Meta's own definition."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    waba_id: str
    id: str
    name: str
    language: str
    status: str
    category: str
    components: list[dict[str, Any]]
    parameter_format: str = "POSITIONAL"
    quality: str = "UNKNOWN"
    reason: str = ""
    """Why Meta rejected, paused or disabled it."""
    message_send_ttl_seconds: int | None = None
    """How long Meta tries to deliver; None is Meta's own."""
    samples: tuple[str, ...] = ()
    """Files of ours that its media headers were submitted with, in their order: Meta does not give samples back."""
    synced_at: datetime

    @property
    def sendable(self) -> bool:
        """Whether Meta takes sends of it."""
        return self.status == "APPROVED"


class TemplateMissing(Exception):
    """We know no template of this name and language; a sync may find it."""

    def __init__(self, name: str, language: str) -> None:
        super().__init__(f"{name} ({language})")
        self.name, self.language = name, language


class Listing(Protocol):
    """The part of the Cloud API client that sync needs."""

    def templates(self, waba_id: str, *, fields: Any = None, limit: Any = None, after: Any = None) -> Any:
        """One page, with `items` and `after`."""


def all_of(table: Table, waba_id: str) -> list[TemplateRecord]:
    """The account's templates by name and language."""
    pk = keys.template(waba_id, "", "").pk
    return [TemplateRecord.model_validate(item) for item in table.query_all(pk, prefix="TEMPLATE#")]


def get(table: Table, waba_id: str, name: str, language: str) -> TemplateRecord:
    """One template. Raises TemplateMissing."""
    item = table.get(keys.template(waba_id, name, language))
    if item is None:
        raise TemplateMissing(name, language)
    return TemplateRecord.model_validate(item)


def sync(table: Table, client: Listing, waba_id: str, now: datetime) -> int:
    """Makes our records equal to Meta's list and answers how many there are. Harmless when repeated or cut short."""
    known = {(t.name, t.language): t for t in all_of(table, waba_id)}
    fresh = [_record(waba_id, listed, now, known) for listed in _listed(client, waba_id)]
    gone = set(known) - {(t.name, t.language) for t in fresh}
    table.write_many([_item(record) for record in fresh], [keys.template(waba_id, *names) for names in gone])
    return len(fresh)


def written(
    table: Table,
    waba_id: str,
    made: CreatedTemplate,
    definition: Mapping[str, Any],
    samples: tuple[str, ...],
    now: datetime,
) -> TemplateRecord:
    """Keeps what was just submitted; a webhook may have been faster, then its word holds."""
    listed = {**definition, "id": made.id, "status": made.status, "category": made.category or definition["category"]}
    record = _record(waba_id, listed, now).model_copy(update={"samples": samples})
    try:
        table.put(_item(record), condition=Attr("PK").not_exists())
    except ConditionFailed:
        return get(table, waba_id, record.name, record.language)
    return record


def changed(table: Table, record: TemplateRecord, values: Mapping[str, Any], now: datetime) -> TemplateRecord:
    """Keeps a change that Meta has taken: it is reviewed again."""
    follow(
        table, record.waba_id, record.name, record.language, {**values, "status": "PENDING"}, "status_at", epoch(now)
    )
    return get(table, record.waba_id, record.name, record.language)


def forget(table: Table, record: TemplateRecord) -> None:
    """Removes our record; harmless when repeated."""
    table.delete(keys.template(record.waba_id, record.name, record.language))


def follow(
    table: Table, waba_id: str, name: str, language: str, values: Mapping[str, Any], clock: str, at: int
) -> bool:
    """Sets some fields as a webhook tells them, unless a newer one (or a sync) has; `clock` names what keeps `at` (seconds).

    False when nothing changed: an older webhook, or a template we do not know (the next sync finds it).
    """
    newer = Attr(clock).not_exists() | Attr(clock).lte(at)
    try:
        table.update(
            Update(
                keys.template(waba_id, name, language),
                set={**values, clock: at},
                condition=Attr("PK").exists() & newer,
            )
        )
    except ConditionFailed:
        return False
    return True


def _listed(client: Listing, waba_id: str) -> Iterator[Mapping[str, Any]]:
    after: str | None = None
    while True:
        page = client.templates(waba_id, fields=_FIELDS, limit=_PAGE, after=after)
        yield from page.items
        after = page.after
        if after is None:
            return


def _record(
    waba_id: str,
    listed: Mapping[str, Any],
    now: datetime,
    known: Mapping[tuple[str, str], TemplateRecord] | None = None,
) -> TemplateRecord:
    quality = listed.get("quality_score")
    before = (known or {}).get((listed["name"], listed["language"]))
    return TemplateRecord(
        waba_id=waba_id,
        id=str(listed.get("id", "")),
        name=listed["name"],
        language=listed["language"],
        status=str(listed.get("status", "PENDING")),
        category=str(listed.get("category", "")),
        components=list(listed.get("components", [])),
        parameter_format=str(listed.get("parameter_format") or "POSITIONAL"),
        message_send_ttl_seconds=listed.get("message_send_ttl_seconds"),
        quality=str(quality.get("score", "UNKNOWN")) if isinstance(quality, Mapping) else "UNKNOWN",
        samples=before.samples if before else (),
        synced_at=now,
    )


def _item(record: TemplateRecord) -> Item:
    key = keys.template(record.waba_id, record.name, record.language)
    clocks = dict.fromkeys(("status_at", "quality_at", "category_at"), epoch(record.synced_at))
    values = record.model_dump(mode="json")
    return {"PK": key.pk, "SK": key.sk, **values, **clocks, "synced_at": stamp(record.synced_at)}
