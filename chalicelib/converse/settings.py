"""What holds for the whole of Converse, whatever the queue."""

from typing import Annotated, Literal

from boto3.dynamodb.conditions import Attr
from pydantic import Field, StringConstraints

from chalicelib.cloud import keys
from chalicelib.cloud.table import ConditionFailed, Table
from chalicelib.converse.labels import Colour, Labels
from chalicelib.problems import Conflict
from chalicelib.shape import Shape

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class AuxCode(Shape):
    """Why somebody is away or busy."""

    name: Label
    presence: Literal["busy", "away"]
    paid: bool = True
    colour: Colour = "#888888"


class DeskSettingsDraft(Labels):
    """The settings somebody may change."""

    pending_closes_after_minutes: int = Field(default=60, ge=1, le=60 * 24 * 30)
    resolved_closes_after_minutes: int = Field(default=60, ge=1, le=60 * 24 * 30)
    capacity: int = Field(
        default=5, ge=1, le=100, description="Tickets at the same time, of an agent without an own number."
    )
    seats: int | None = Field(
        default=None, ge=1, le=100_000, description="How many people may be agents or supervisors; null is no limit."
    )
    resolving_words: tuple[Label, ...] = Field(
        default=(),
        max_length=50,
        description="A customer whose whole message is one of these resolves an answered ticket; a resolved one stays so.",
    )
    dispositions: tuple[Label, ...] = Field(default=("Issue solved", "No answer", "Duplicate", "Spam"), max_length=100)
    aux_codes: tuple[AuxCode, ...] = Field(
        default=(
            AuxCode.model_construct(name="Lunch", presence="away", paid=False),
            AuxCode.model_construct(name="Meeting", presence="away"),
            AuxCode.model_construct(name="After call work", presence="busy"),
        ),
        max_length=50,
    )


class DeskSettings(DeskSettingsDraft):
    """The settings as they are kept."""

    version: int = 0


class SettingsChanged(Conflict):
    """Somebody else changed the settings since they were read."""

    def __init__(self) -> None:
        super().__init__(
            "The settings were changed by somebody else meanwhile. Read them again and repeat your change."
        )


def load(table: Table) -> DeskSettings:
    """The settings; the defaults before anybody changed them."""
    item = table.get(keys.desk_settings())
    return (
        DeskSettings.model_validate({k: v for k, v in item.items() if k not in {"PK", "SK"}})
        if item
        else DeskSettings()
    )


def save(table: Table, draft: DeskSettingsDraft, *, over: int) -> DeskSettings:
    """Writes the settings over this version of them. Raises SettingsChanged."""
    settings = DeskSettings(**dict(draft), version=over + 1)
    key = keys.desk_settings()
    condition = Attr("PK").not_exists() if over == 0 else Attr("version").eq(over)
    try:
        table.put({"PK": key.pk, "SK": key.sk, **settings.model_dump(mode="json")}, condition=condition)
    except ConditionFailed as failed:
        raise SettingsChanged from failed
    return settings
