"""Meta's answers about numbers, accounts, files and templates, reduced to what is used. Unknown fields are ignored."""

from typing import Any

from pydantic import AliasPath, BaseModel, ConfigDict, Field, field_validator


class Answer(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="ignore", coerce_numbers_to_str=True, populate_by_name=True
    )


class PhoneNumber(Answer):
    id: str
    display_phone_number: str = ""
    verified_name: str = ""
    quality_rating: str = "UNKNOWN"
    throughput_level: str = Field("NOT_APPLICABLE", validation_alias=AliasPath("throughput", "level"))
    messaging_limit: str | None = Field(None, validation_alias="whatsapp_business_manager_messaging_limit")
    """TIER_250, TIER_2K, TIER_10K, TIER_100K or TIER_UNLIMITED; per portfolio."""
    status: str | None = None
    name_status: str | None = None
    code_verification_status: str | None = None
    platform_type: str | None = None
    is_on_biz_app: bool | None = None

    @field_validator("messaging_limit", mode="before")
    @classmethod
    def _either_shape(cls, value: Any) -> Any:
        return value.get("messaging_limit_tier") if isinstance(value, dict) else value


PHONE_NUMBER_FIELDS = (
    "id",
    "display_phone_number",
    "verified_name",
    "quality_rating",
    "throughput",
    "whatsapp_business_manager_messaging_limit",
    "status",
    "name_status",
    "code_verification_status",
    "platform_type",
)


class Waba(Answer):
    id: str
    name: str = ""
    currency: str | None = None
    timezone_id: str | None = None
    account_review_status: str | None = None
    business_verification_status: str | None = None
    message_template_namespace: str | None = None


WABA_FIELDS = tuple(Waba.model_fields)


class MediaInfo(Answer):
    id: str
    url: str
    mime_type: str = ""
    sha256: str = ""
    """Base64 in practice, hexadecimal in older answers."""
    file_size: int | None = None


class CreatedTemplate(Answer):
    id: str
    status: str = "PENDING"
    category: str | None = None


class SubscribedApp(Answer):
    id: str = Field(validation_alias=AliasPath("whatsapp_business_api_data", "id"))
    name: str = Field("", validation_alias=AliasPath("whatsapp_business_api_data", "name"))
    override_callback_uri: str | None = None


class BlockEntry(Answer):
    """A person as named in the call (`input`) and as Meta knows them."""

    input: str | None = None
    wa_id: str | None = None
    user_id: str | None = None
    errors: tuple[dict[str, Any], ...] = ()


class BlockResult(Answer):
    done: tuple[BlockEntry, ...] = ()
    failed: tuple[BlockEntry, ...] = ()


class Page(BaseModel):
    """One page of a list; `after` is None on the last one."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    items: tuple[dict[str, Any], ...]
    after: str | None = None


def page_of(body: dict[str, Any]) -> Page:
    """Goes on only when Meta says `paging.next`: a last page may carry a cursor, too."""
    data, paging = body.get("data"), body.get("paging")
    paging = paging if isinstance(paging, dict) else {}
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) and paging.get("next") else None
    items = tuple(entry for entry in data if isinstance(entry, dict)) if isinstance(data, list) else ()
    return Page(items=items, after=after)


def block_result(body: Any) -> BlockResult | None:
    """Who was (un)blocked and who was not, from a good answer and from the partial failure 139100 alike."""
    users = body.get("block_users") if isinstance(body, dict) else None
    if not isinstance(users, dict):
        return None
    done = [*users.get("added_users", []), *users.get("removed_users", [])]
    return BlockResult.model_validate({"done": done, "failed": users.get("failed_users", [])})
