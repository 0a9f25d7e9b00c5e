"""Use cases around a campaign's recipients: upload, look, process, type in."""

from contextlib import suppress
from typing import Any

from pydantic import Field, ValidationError

from chalicelib.campaigns import drafts, jobs, store
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import Campaign, Recipients, RecipientsState
from chalicelib.campaigns.recipients import contacts, job
from chalicelib.campaigns.recipients.mapping import FIELD_NAME, MOBILE
from chalicelib.campaigns.recipients.reading import Options
from chalicelib.campaigns.trouble import BadFile
from chalicelib.channels import store as channels
from chalicelib.cloud.objects import ObjectMissing
from chalicelib.contacts import groups
from chalicelib.contacts.sheets.files import EXTENSIONS
from chalicelib.contacts.sheets.source import MAX_FILE_BYTES, FileRefused
from chalicelib.problems import Conflict, Invalid
from chalicelib.segments import store as segments
from chalicelib.shape import Shape

_TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LINK_SECONDS = 3600


class UploadRequest(Shape):
    """The file that is about to be uploaded."""

    file_name: str = Field(min_length=1, max_length=200, description="With its extension: .csv, .txt or .xlsx.")


class UploadLink(Shape):
    """Where to send the file: a form POST with these fields and, last, the file as `file`."""

    url: str
    fields: dict[str, str]
    max_bytes: int = MAX_FILE_BYTES


class FileLook(Shape):
    """A first look at the uploaded file, with a guess at its columns."""

    kind: str
    encoding: str
    delimiter: str
    header: bool
    names: list[str]
    columns: list[str | None]
    sample: list[list[str]]


class ProcessRequest(Shape):
    """How the file is to be read. What is absent is guessed, as the first look shows."""

    columns: list[str | None] | None = Field(default=None, max_length=200)
    header: bool | None = None
    country: str | None = Field(default=None, description="ISO country of numbers without a country code: SG.")
    force_country: bool = False
    include_duplicates: bool = False


class TypedRecipients(Shape):
    """Recipients as values: field name to value, `Mobile` among them."""

    recipients: list[dict[str, str]] = Field(min_length=1, max_length=10_000)
    country: str | None = None
    include_duplicates: bool = False


class PickedRecipients(Shape):
    """Recipients out of the contacts. Their fields: FirstName, LastName, ProfileName, ExternalId, and the attributes asked for."""

    contact_ids: list[str] = Field(default_factory=list, max_length=10_000)
    group_ids: list[str] = Field(default_factory=list, max_length=20)
    segment_ids: list[str] = Field(default_factory=list, max_length=20)
    attributes: list[str] = Field(
        default_factory=list, max_length=50, description="Attributes of contacts to use as fields."
    )
    include_duplicates: bool = False


class Link(Shape):
    """An address to download from, for an hour."""

    url: str


def upload_link(campaign: Campaign, request: UploadRequest, desk: Desk) -> UploadLink:
    """A link that takes one file of at most 30 MB, straight to S3."""
    extension = request.file_name.rsplit(".", 1)[-1].lower() if "." in request.file_name else ""
    if extension not in EXTENSIONS:
        raise Invalid("Recipients come as .csv, .txt or .xlsx.", field="fileName", code="unknown_format")
    key = f"campaigns/{campaign.id}/uploads/{desk.new_id()}.{extension}"
    recipients = Recipients(file_key=key, file_name=request.file_name)
    drafts.edit(campaign, desk, recipients=recipients)
    release(campaign, desk)
    form: dict[str, Any] = desk.media.upload_link(key, content_type=_TYPES[extension], max_bytes=MAX_FILE_BYTES)
    return UploadLink(url=form["url"], fields=form["fields"])


def look(campaign: Campaign, desk: Desk) -> FileLook:
    """A first look at the uploaded file. Raises BadFile."""
    found = _look(campaign, _country(campaign, desk), desk)
    return FileLook(**{name: getattr(found, name) for name in FileLook.model_fields})


def process(campaign: Campaign, request: ProcessRequest, desk: Desk) -> Campaign:
    """Starts reading the file; the summary is there when its state is `ready`."""
    country = request.country or _country(campaign, desk)
    found = _look(campaign, country, desk)
    guessed = {"columns": found.columns, "header": found.header, "country": country}
    wanted = {name: value for name, value in request.model_dump().items() if value is not None}
    return _start(campaign, _recipients(campaign), _options(guessed | wanted), desk)


def type_in(campaign: Campaign, typed: TypedRecipients, desk: Desk) -> Campaign:
    """Takes recipients as values and reads them as it would a file."""
    fields = list(dict.fromkeys(name for each in typed.recipients for name in each))
    wrong = next((name for name in fields if not FIELD_NAME.fullmatch(name)), None)
    if wrong is not None:
        raise Invalid(f"{wrong!r} is no field name.", field="recipients", code="field_name")
    missing = next((i for i, each in enumerate(typed.recipients) if not each.get(MOBILE, "").strip()), None)
    if missing is not None:
        raise Invalid("Each recipient needs a Mobile.", field=f"recipients.{missing}.{MOBILE}", code="mobile_missing")
    key = f"campaigns/{campaign.id}/uploads/{desk.new_id()}.csv"
    rows = ([each.get(name, "") for name in fields] for each in typed.recipients)
    desk.media.put(key, job.as_csv(fields, rows), "text/csv; charset=utf-8")
    country = typed.country or _country(campaign, desk)
    options = _options(
        {"columns": fields, "header": True, "country": country, "include_duplicates": typed.include_duplicates}
    )
    return _start(campaign, Recipients(source="typed", file_key=key, file_name="typed.csv"), options, desk)


def pick(campaign: Campaign, picked: PickedRecipients, desk: Desk) -> Campaign:
    """Takes contacts, members of groups and whoever fits a segment, as they are now, and reads them as it would a file."""
    if not (picked.contact_ids or picked.group_ids or picked.segment_ids):
        raise Invalid("Choose contacts, groups or segments.", field="groupIds", code="nobody_chosen")
    wrong = next((i for i, name in enumerate(picked.attributes) if not contacts.may_be_field(name)), None)
    if wrong is not None:
        raise Invalid("This cannot be a field's name.", field=f"attributes.{wrong}", code="field_name")
    unknown = next((i for i, each in enumerate(picked.segment_ids) if segments.find(desk.table, each) is None), None)
    if unknown is not None:
        raise Invalid("There is no such segment.", field=f"segmentIds.{unknown}", code="segment_unknown")
    choice = contacts.Choice.model_validate(picked.model_dump(exclude={"include_duplicates"}))
    key = f"campaigns/{campaign.id}/uploads/{desk.new_id()}.json"
    contacts.put(desk.media, key, choice)
    group_ids = tuple(dict.fromkeys(choice.group_ids))
    for i, group_id in enumerate(group_ids):
        _need(campaign, group_id, i, desk)
    options = _options(contacts.options_of(choice).model_dump() | {"include_duplicates": picked.include_duplicates})
    chosen = Recipients(source="contacts", file_key=key, file_name="contacts", groups=group_ids)
    return _start(campaign, chosen, options, desk)


def _need(campaign: Campaign, group_id: str, index: int, desk: Desk) -> None:
    """The group cannot be deleted while the campaign has not ended."""
    try:
        groups.note_use(desk.table, group_id, _user(campaign.id), uses=True)
    except groups.GroupUnknown as unknown:
        raise Invalid("There is no such group.", field=f"groupIds.{index}", code="group_unknown") from unknown


def need_again(copy: Campaign, desk: Desk) -> Campaign:
    """A copy needs the groups of its model; one that is gone meanwhile has given its members already.

    What is just being read for the model is read for the copy, too.
    """
    if copy.recipients and copy.recipients.state is RecipientsState.READING:
        reading = desk.new_id()
        copy = drafts.edit(copy, desk, recipients=copy.recipients.model_copy(update={"reading": reading}))
        desk.queues.send("campaign", jobs.body_of(jobs.ReadFile(campaign_id=copy.id, reading=reading)))
    for group_id in copy.recipients.groups if copy.recipients else ():
        with suppress(groups.GroupUnknown):
            groups.note_use(desk.table, group_id, _user(copy.id), uses=True)
    return copy


def release(campaign: Campaign, desk: Desk, *, kept: tuple[str, ...] = ()) -> None:
    """The campaign needs its groups no more, but for those `kept`; harmless when repeated."""
    for group_id in campaign.recipients.groups if campaign.recipients else ():
        if group_id not in kept:
            groups.note_use(desk.table, group_id, _user(campaign.id), uses=False)


def _user(campaign_id: str) -> str:
    return f"campaign {campaign_id}"


def read(wanted: jobs.ReadFile, desk: Desk) -> None:
    """The job: reads the file and keeps the summary, unless another reading was asked for meanwhile."""
    recipients = _being_read(store.get(desk.table, wanted.campaign_id), wanted)
    if recipients is None:
        return
    if recipients.source == "contacts":
        chosen = contacts.records(desk.table, desk.ledger, contacts.get(desk.media, recipients.file_key), desk.clock())
        done = job.process_records(desk.media, recipients, chosen)
    else:
        done = job.process(desk.media, recipients)
    _keep(wanted, done, desk)


def give_up(wanted: jobs.ReadFile, why: str, desk: Desk) -> None:
    """This reading comes to nothing."""
    recipients = _being_read(store.get(desk.table, wanted.campaign_id), wanted)
    if recipients:
        _keep(wanted, recipients.model_copy(update={"state": RecipientsState.REFUSED, "problem": why}), desk)


def _being_read(campaign: Campaign, wanted: jobs.ReadFile) -> Recipients | None:
    """The recipients, if it is this reading that they wait for."""
    found = campaign.recipients
    return found if found and (found.reading, found.state) == (wanted.reading, RecipientsState.READING) else None


def _keep(wanted: jobs.ReadFile, done: Recipients, desk: Desk) -> None:
    """What a reading came to. Somebody may have renamed the campaign meanwhile: the file is not read again for that."""

    def kept(campaign: Campaign) -> Campaign | None:
        if _being_read(campaign, wanted) is None:
            return None
        return campaign.model_copy(update={"recipients": done, "updated_at": desk.clock()})

    store.change(desk.table, wanted.campaign_id, kept)


def unusable(campaign: Campaign, desk: Desk) -> Link:
    """The rows that could not be used, as CSV with line and reason."""
    recipients = _recipients(campaign)
    if recipients.state is not RecipientsState.READY:
        raise Conflict("The recipients have not been read yet.", code="recipients_not_ready")
    key = job.unusable_key(recipients.reading)
    return Link(url=desk.media.download_link(key, filename="unusable.csv", seconds=_LINK_SECONDS))


def _options(values: dict[str, Any]) -> Options:
    try:
        return Options(**values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "columns"
        text = first["msg"].removeprefix("Value error, ")
        raise Invalid(f"{field}: {text}.", field=field, code="recipients_options") from error


def _start(campaign: Campaign, recipients: Recipients, options: Options, desk: Desk) -> Campaign:
    reading = desk.new_id()
    begun = recipients.model_copy(
        update={
            "state": RecipientsState.READING,
            "options": options,
            "reading": reading,
            "summary": None,
            "problem": "",
        }
    )
    saved = drafts.edit(campaign, desk, recipients=begun)
    release(campaign, desk, kept=begun.groups)
    desk.queues.send("campaign", jobs.body_of(jobs.ReadFile(campaign_id=campaign.id, reading=reading)))
    return saved


def _recipients(campaign: Campaign) -> Recipients:
    if campaign.recipients is None:
        raise Conflict("The campaign has no recipients yet. Upload a file first.", code="no_recipients")
    return campaign.recipients


def _country(campaign: Campaign, desk: Desk) -> str | None:
    return channels.get(desk.table, campaign.channel_id).default_country or None


def _look(campaign: Campaign, country: str | None, desk: Desk) -> job.Look:
    try:
        return job.look(desk.media, _recipients(campaign), country)
    except FileRefused as refused:
        raise BadFile(str(refused), refused.code) from refused
    except ObjectMissing as missing:
        raise BadFile("the file has not been uploaded yet", "not_uploaded") from missing
