"""What the simulator remembers: accounts, numbers, templates, customers, chats, messages, media."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Tier = Literal["TIER_50", "TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED"]
TIER_SIZE: dict[str, float] = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": float("inf"),
}
Quality = Literal["GREEN", "YELLOW", "RED", "UNKNOWN"]
Category = Literal["MARKETING", "UTILITY", "AUTHENTICATION"]
Digits = Annotated[str, StringConstraints(pattern=r"^\d{1,20}$")]


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=False, coerce_numbers_to_str=True)


class Callback(Record):
    """Where webhooks of a WABA or number go instead of the app's own URL."""

    url: str
    verify_token: str = ""


class Waba(Record):
    id: Digits
    name: str = "Demo Business"
    portfolio_id: str = "506914307656634"
    timezone_id: str = "1"
    currency: str = "USD"
    country: str = "US"
    messaging_limit: Tier = "TIER_UNLIMITED"
    verified: bool = True
    subscribed: bool = True
    override: Callback | None = None
    # RESTRICTED_BIZ_INITIATED_MESSAGING and its kin, as account_update names them; DISABLED stops everything.
    restrictions: list[str] = Field(default_factory=list)
    marketing_messages_onboarded: bool = False
    disable_marketing_messages_on_cloud_api: bool = False
    payment_method: bool = True


class Number(Record):
    id: Digits
    waba_id: Digits
    display_phone_number: str
    verified_name: str = "Demo Business"
    throughput: Annotated[int, Field(ge=1, le=10_000)] = 80
    quality_rating: Quality = "GREEN"
    status: Literal["CONNECTED", "PENDING", "FLAGGED", "RESTRICTED", "DISCONNECTED", "BANNED"] = "CONNECTED"
    name_status: str = "APPROVED"
    registered: bool = True
    coexistence: bool = False
    identity_check: bool = False
    override: Callback | None = None
    profile: dict[str, Any] = Field(default_factory=dict)
    settings: dict[str, Any] = Field(default_factory=dict)
    username: str | None = None

    @property
    def digits(self) -> str:
        return "".join(filter(str.isdecimal, self.display_phone_number))


class Template(Record):
    id: Digits = ""
    waba_id: Digits
    name: str
    language: str
    category: Category
    components: list[dict[str, Any]]
    status: str = "APPROVED"
    parameter_format: Literal["POSITIONAL", "NAMED"] = "POSITIONAL"
    quality: Quality = "UNKNOWN"
    previous_category: str | None = None
    correct_category: str | None = None
    rejected_reason: str = "NONE"
    message_send_ttl_seconds: int | None = None
    held: bool = False
    pauses: int = 0
    created: float = 0.0
    edits: list[float] = Field(default_factory=list)


class Customer(Record):
    wa_id: Digits
    name: str = ""
    username: str | None = None
    hides_phone: bool = False
    on_whatsapp: bool = True
    online: bool = True
    reads: bool = True
    in_experiment: bool = False
    # Meta's cap on marketing per person: 131049 until the customer writes.
    marketing_capped: bool = False
    generation: int = 0
    # Business numbers whose marketing this customer stopped.
    stopped: list[str] = Field(default_factory=list)


class Chat(Record):
    """One customer and one business number."""

    phone_number_id: str
    wa_id: str
    inbound_at: float | None = None
    pair_debt: float = 0.0
    pair_at: float = 0.0
    # Free entry point: an ad brought the customer; our answer within 24 h opens 72 h.
    ad_at: float | None = None
    free_until: float | None = None
    free_id: str | None = None
    blocked: bool = False
    typing_until: float = 0.0


class Status(Record):
    status: str
    timestamp: int
    errors: list[dict[str, Any]] | None = None


class Message(Record):
    wamid: str
    phone_number_id: str
    wa_id: str
    outbound: bool
    type: str
    at: float
    payload: dict[str, Any]
    seq: int = 0
    callback_data: str | None = None
    # Sent to a BSUID while the customer hides the phone number: no webhook of it may show the number.
    by_user_id: bool = False
    template: dict[str, Any] | None = None
    category: str = "service"
    pricing_type: str = "regular"
    conversation_id: str | None = None
    window_until: float | None = None
    product: str = "cloud"
    held: bool = False
    priced: int = 0
    read_by_business: bool = False
    statuses: list[Status] = Field(default_factory=list)

    @property
    def status(self) -> str:
        """The furthest status: a late `delivered` never takes a `read` back."""
        reached = [s.status for s in self.statuses]
        return max(reached, key=RANK.__getitem__, default="accepted")


RANK = {"accepted": 0, "sent": 1, "failed": 2, "delivered": 3, "read": 4, "played": 5, "deleted": 6}


class Media(Record):
    id: str
    phone_number_id: str | None
    mime_type: str
    sha256: str
    file_size: int
    expires: float
    filename: str | None = None
    url_key: str = ""
    url_expires: float = 0.0
