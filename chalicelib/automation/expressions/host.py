"""What JavaScript cannot know by itself and asks of us: time zones, numbering plans, new ids."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import JsonValue

from chalicelib.automation.expressions import timezones


def offset(seed: str, time_zone: str, epoch_ms: float) -> JsonValue:
    """Seconds that the clocks of a zone are ahead of UTC at an instant."""
    instant = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    ahead = instant.astimezone(timezones.zone(time_zone)).utcoffset()
    return int(ahead.total_seconds()) if ahead is not None else 0


def country(seed: str, phone: str) -> JsonValue:
    """ISO code of the country a phone number or a business-scoped user id (`US.13…`) belongs to."""
    head, dot, _ = phone.partition(".")
    if dot and len(head) == 2 and head.isalpha():
        return head.upper()
    import phonenumbers  # a tenth of a cold start; few scripts ask

    try:
        number = phonenumbers.parse("+" + phone.lstrip("+"))
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    return region or phonenumbers.region_code_for_country_code(number.country_code or 0)


def new_id(seed: str, index: int) -> JsonValue:
    """The n-th new id of this evaluation: the same run evaluated again gets the same ids."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/{index}"))


ANSWERS: dict[str, Callable[..., JsonValue]] = {"offset": offset, "country": country, "uuid": new_id}
