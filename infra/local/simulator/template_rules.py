"""What Meta accepts as a new template, and how it says no: code 100, a subcode, words for the author."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Literal, get_args

from .errors import GraphError, required
from .records import Category
from .template_fill import VARIABLE, variables

NAME = re.compile(r"^[a-z0-9_]{1,512}$")
LANGUAGE = re.compile(r"^[a-z]{2,3}(_[A-Z]{2,4})?$")
PARAMETER_NAME = re.compile(r"^[a-z_][a-z0-9_]*$")
FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF")
PARTS = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST")
# kind -> how many of it a template may have
BUTTONS = {
    "QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "OTP": 1, "FLOW": 1, "CATALOG": 1,
    "MPM": 1, "SPM": 1, "VOICE_CALL": 1,
}  # fmt: skip
TTL = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}

ParameterFormat = Literal["POSITIONAL", "NAMED"]


def refuse(subcode: int, title: str, message: str) -> GraphError:
    return GraphError(100, message="Invalid parameter", subcode=subcode, user_title=title, user_message=message)


def _not_one_of(name: str, allowed: Iterable[str], given: str) -> GraphError:
    sentence = f'Param {name} must be one of {{{", ".join(allowed)}}} - got "{given}".'
    return GraphError(100, message=f"(#100) {sentence}")


def check_new(request: dict[str, Any]) -> tuple[Category, ParameterFormat, list[dict[str, Any]]]:
    """The checked and completed parts of a creation request."""
    for field in ("name", "language", "category", "components"):
        if not request.get(field):
            raise required(field)
    if not NAME.match(str(request["name"])):
        raise refuse(
            2388072,
            "Invalid template name",
            "Message template names can only contain up to 512 lowercase letters, numbers and underscores.",
        )
    if not LANGUAGE.match(str(request["language"])):
        raise refuse(2388001, "Unsupported language", f"'{request['language']}' is not a supported language code.")
    category = str(request["category"]).upper()
    if category not in get_args(Category):
        raise _not_one_of("category", get_args(Category), category)
    style = str(request.get("parameter_format") or "POSITIONAL").upper()
    if style not in get_args(ParameterFormat):
        raise GraphError(100, message="(#100) Param parameter_format must be one of {POSITIONAL, NAMED}.")
    check_ttl(category, request.get("message_send_ttl_seconds"))
    components = check_components(category, style, request["components"])
    return category, style, components  # type: ignore[return-value]


def check_ttl(category: str, ttl: Any) -> None:
    if ttl is None or (ttl == -1 and category != "MARKETING"):
        return
    low, high = TTL[category]
    if not isinstance(ttl, int) or not low <= ttl <= high:
        raise refuse(
            2388111,
            "Invalid time to live",
            f"message_send_ttl_seconds for {category} must be {low} to {high} seconds.",
        )


def check_components(category: str, style: str, components: Any) -> list[dict[str, Any]]:
    if not isinstance(components, list) or not all(isinstance(c, dict) and "type" in c for c in components):
        raise GraphError(100, message="(#100) Param components must be an array of objects with a type.")
    parts = [component | {"type": str(component["type"]).upper()} for component in components]
    kinds = [part["type"] for part in parts]
    for kind in kinds:
        if kind not in PARTS:
            raise _not_one_of("components['type']", PARTS, kind)
    if len(set(kinds)) != len(kinds):
        raise refuse(2388023, "Duplicate component", "A template may have each component once.")
    if "BODY" not in kinds:
        raise refuse(2388043, "Missing component", 'Message template "components" param is missing a BODY.')
    if category == "AUTHENTICATION":
        return _authentication(parts)
    limit = 600 if "LIMITED_TIME_OFFER" in kinds else 1024
    for part in parts:
        _check_part(part, style, limit)
    if "LIMITED_TIME_OFFER" in kinds and (category != "MARKETING" or "FOOTER" in kinds):
        raise refuse(2388152, "Invalid limited-time offer", "Limited-time offers are for MARKETING and have no footer.")
    return parts


def _check_part(part: dict[str, Any], style: str, body_limit: int) -> None:
    match part["type"]:
        case "HEADER":
            _check_header(part, style)
        case "BODY":
            _check_text(part, "BODY", body_limit, style, "body_text")
            _check_body_variables(part["text"])
        case "FOOTER":
            if VARIABLE.search(part.get("text", "")):
                raise refuse(2388073, "Message footer format is wrong", "The footer cannot hold variables.")
            _length("FOOTER", part.get("text"), 60)
        case "BUTTONS":
            _check_buttons(part.get("buttons"))
        case "CAROUSEL":
            _check_carousel(part.get("cards"), style)
        case "LIMITED_TIME_OFFER":
            _length("LIMITED_TIME_OFFER", (part.get("limited_time_offer") or {}).get("text"), 16)


def _length(where: str, text: Any, longest: int) -> None:
    if not isinstance(text, str) or not text:
        raise refuse(2388043, "Missing field", f"component of type {where} is missing expected field(s) (text)")
    if len(text) > longest:
        raise refuse(
            2388040,
            "Character limit exceeded",
            f"The {where} text has {len(text)} characters; the limit is {longest}.",
        )


def _check_header(part: dict[str, Any], style: str) -> None:
    form = str(part.get("format", "")).upper()
    if form not in FORMATS:
        raise _not_one_of("components['format']", FORMATS, form)
    part["format"] = form
    if form == "TEXT":
        _check_text(part, "HEADER", 60, style, "header_text")
        if len(variables(part["text"])) > 1 or re.search(r"[\n*_~`]", part["text"]):
            raise refuse(
                2388047,
                "Message header format is wrong",
                "The header can hold one variable, and no new lines, formatting characters or emoji.",
            )
    elif form != "LOCATION" and not (part.get("example") or {}).get("header_handle"):
        raise refuse(
            2388273,
            "Missing sample",
            f"component of type HEADER with format {form} needs example.header_handle",
        )


def _check_text(part: dict[str, Any], where: str, longest: int, style: str, sample: str) -> None:
    _length(where, part.get("text"), longest)
    names = variables(part["text"])
    if style == "NAMED":
        if bad := [name for name in names if not PARAMETER_NAME.match(name)]:
            raise refuse(2388047, "Invalid variable", f"'{bad[0]}' is no valid name of a parameter in {where}.")
    elif sorted(names) != sorted(str(i + 1) for i in range(len(names))):
        raise refuse(2388047, "Invalid variable", f"The variables of {where} must be {{{{1}}}}, {{{{2}}}} and so on.")
    if names and not _has_samples(part.get("example"), sample, style, len(names)):
        raise refuse(2388043, "Missing sample", f"component of type {where} is missing expected field(s) (example)")


def _has_samples(example: Any, sample: str, style: str, count: int) -> bool:
    if not isinstance(example, dict):
        return False
    if style == "NAMED":
        given = example.get(f"{sample}_named_params")
        return isinstance(given, list) and len(given) == count
    given = example.get(sample)
    if isinstance(given, list) and given and isinstance(given[0], list):
        given = given[0]
    return isinstance(given, list) and len(given) == count


def _check_body_variables(text: str) -> None:
    if re.match(r"\s*\{\{", text) or re.search(r"\}\}\s*$", text):
        raise refuse(
            2388299,
            "Variables can't be at the start or end",
            "Variables can't be at the start or end of the template.",
        )
    names, words = len(VARIABLE.findall(text)), len(VARIABLE.sub(" ", text).split())
    if names and words < 2 * names + 1:
        raise refuse(
            2388293,
            "Too many variables for the length",
            "This template has too many variables for its length. Use fewer variables or a longer text.",
        )


def _check_buttons(buttons: Any) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 10:
        raise refuse(2388085, "Invalid buttons", "A template may have 1 to 10 buttons.")
    for button in buttons:
        button["type"] = str(button.get("type", "")).upper()
        _check_button(button)
    kinds = [button["type"] for button in buttons]
    for kind, most in BUTTONS.items():
        if kinds.count(kind) > most:
            raise refuse(2388085, "Too many buttons", f"A template may have at most {most} button(s) of type {kind}.")
    quick = [kind == "QUICK_REPLY" for kind in kinds]
    if sum(a != b for a, b in pairwise(quick)) > 1:
        raise refuse(2388085, "Buttons are mixed", "Quick replies must be grouped together.")


def _check_button(button: dict[str, Any]) -> None:
    kind = button["type"]
    if kind not in BUTTONS:
        raise GraphError(
            100,
            message=f"(#100) Param buttons['type'] must be one of {{{', '.join(BUTTONS)}}} - got \"{kind}\".",
        )
    if kind != "COPY_CODE":
        _length("BUTTONS", button.get("text"), 25)
    if kind == "URL":
        url = str(button.get("url", ""))
        if not re.match(r"^https?://", url) or len(url) > 2000:
            raise refuse(2388085, "Invalid URL", "A URL button needs an http(s) url of at most 2000 characters.")
        if VARIABLE.search(url) and (not url.endswith("}}") or not button.get("example")):
            raise refuse(2388085, "Invalid URL", "A URL may have one variable, at its end, with an example.")
    if kind == "PHONE_NUMBER" and not re.match(r"^\+?\d{5,20}$", str(button.get("phone_number", ""))):
        raise refuse(
            2388085,
            "Invalid phone number",
            "A PHONE_NUMBER button needs phone_number, at most 20 characters.",
        )
    if kind == "COPY_CODE" and not button.get("example"):
        raise refuse(2388085, "Missing sample", "A COPY_CODE button needs an example.")


def _check_carousel(cards: Any, style: str) -> None:
    if not isinstance(cards, list) or not 2 <= len(cards) <= 10:
        raise refuse(2388123, "Invalid carousel", "A carousel has 2 to 10 cards.")
    shapes = set()
    for card in cards:
        parts = [part | {"type": str(part.get("type", "")).upper()} for part in card.get("components", [])]
        card["components"] = parts
        for part in parts:
            if part["type"] == "BODY":
                _check_text(part, "BODY", 160, style, "body_text")
            else:
                _check_part(part, style, 160)
        buttons = [b["type"] for part in parts for b in part.get("buttons", [])]
        formats = [part.get("format") for part in parts if part["type"] == "HEADER"]
        if formats not in (["IMAGE"], ["VIDEO"]) or not 1 <= len(buttons) <= 2:
            raise refuse(2388123, "Invalid card", "Each card needs an IMAGE or VIDEO header and 1 or 2 buttons.")
        shapes.add((tuple(sorted(part["type"] for part in parts)), tuple(formats), tuple(buttons)))
    if len(shapes) != 1:
        raise refuse(2388123, "Cards differ", "All cards must have the same components.")


def _authentication(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Meta writes the text itself and turns the OTP button into a URL button that carries the code."""
    by_kind = {part["type"]: part for part in parts}
    buttons = (by_kind.get("BUTTONS") or {}).get("buttons") or []
    if len(buttons) != 1 or str(buttons[0].get("type", "")).upper() not in ("OTP", "URL"):
        raise refuse(2388157, "Invalid authentication template", "An authentication template has one OTP button.")
    advice = " For your security, do not share this code." if by_kind["BODY"].get("add_security_recommendation") else ""
    made: list[dict[str, Any]] = [
        {
            "type": "BODY",
            "text": "*{{1}}* is your verification code." + advice,
            "add_security_recommendation": bool(advice),
            "example": {"body_text": [["123456"]]},
        }
    ]
    if minutes := (by_kind.get("FOOTER") or {}).get("code_expiration_minutes"):
        made.append(
            {
                "type": "FOOTER",
                "text": f"This code expires in {minutes} minutes.",
                "code_expiration_minutes": minutes,
            }
        )
    kind = str(buttons[0].get("otp_type", "COPY_CODE")).upper()
    url = f"https://www.whatsapp.com/otp/code/?otp_type={kind}&code=otp{{{{1}}}}"
    text = buttons[0].get("text") or ("Autofill" if kind != "COPY_CODE" else "Copy code")
    made.append(
        {
            "type": "BUTTONS",
            "buttons": [{"type": "URL", "text": text, "url": url, "example": [url[:-5] + "123456"]}],
        }
    )
    return made
