"""`/{waba-id}/message_templates`: list, create, edit, delete, and the life of a template after that."""

import json
from typing import Any
from urllib.parse import urlencode

from . import fields, webhooks
from .errors import GraphError, missing_object
from .ids import node
from .records import Template, Waba
from .template_rules import check_components, check_new, check_ttl, refuse
from .world import World

DAY = 86_400
EDITS_PER_MONTH = 10
CREATIONS_PER_HOUR = 100
FIELDS = ("name", "parameter_format", "components", "language", "status", "category", "id")
# Fields Graph knows and this WhatsApp has nothing to say about.
WITHOUT_VALUE = (
    "library_template_name", "sub_category", "cta_url_link_tracking_opted_out", "degrees_of_freedom_spec",
    "specific_rejection_reason",
)  # fmt: skip


def shown(template: Template, names: list[str] | None = None) -> dict[str, Any]:
    """A template as Graph lists it; `names` chooses, `id` always comes."""
    everything = {
        "name": template.name,
        "parameter_format": template.parameter_format,
        "components": template.components,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "quality_score": {"score": template.quality, "date": int(template.created)},
        "rejected_reason": template.rejected_reason,
        "previous_category": template.previous_category,
        "correct_category": template.correct_category,
        "message_send_ttl_seconds": template.message_send_ttl_seconds,
        "id": template.id,
    }
    everything |= dict.fromkeys(WITHOUT_VALUE)
    return fields.choose(everything, names or [], FIELDS, "WhatsAppMessageTemplate")


def listing(world: World, waba: Waba, query: dict[str, str], url: str) -> dict[str, Any]:
    found = [t for t in world.store.templates_of(waba.id) if t.status != "DELETED" and _matches(t, query)]
    found.sort(key=lambda template: (-template.created, template.id))
    names = fields.asked(query)
    # A page's links keep the filters.
    kept = urlencode({k: v for k, v in query.items() if k not in ("limit", "after", "before", "access_token")})
    items = [shown(template, names) for template in found]
    answer = fields.page(items, query, url, kept)
    if "summary" in query:
        answer["summary"] = {
            "total_count": len(found),
            "message_template_count": len(found),
            "message_template_limit": template_limit(waba),
            "are_translations_complete": True,
        }
    return answer


def template_limit(waba: Waba) -> int:
    return 6_000 if waba.verified else 250


def _matches(template: Template, query: dict[str, str]) -> bool:
    name = query.get("name_or_content") or query.get("name")
    if name and name.lower() not in template.name and name.lower() not in json.dumps(template.components).lower():
        return False
    if query.get("name") and query["name"] != template.name:
        return False
    chosen = {
        "status": template.status,
        "language": template.language,
        "category": template.category,
        "quality_score": template.quality,
    }
    return all(not query.get(key) or value in _options(query[key]) for key, value in chosen.items())


def _options(text: str) -> list[str]:
    """`APPROVED`, `APPROVED,PAUSED` and `["APPROVED"]` all occur."""
    return [part.strip(" []\"'") for part in text.split(",")]


def create(world: World, waba: Waba, request: dict[str, Any]) -> dict[str, Any]:
    category, style, components = check_new(request)
    existing = world.store.templates_of(waba.id)
    name, language = str(request["name"]), str(request["language"])
    if any(t.name == name and t.language == language and t.status != "DELETED" for t in existing):
        raise refuse(
            2388024,
            "Content in this language already exists",
            f"There is already {language} content for this template.",
        )
    if any(
        t.name == name and t.status == "DELETED" and t.edits and world.now() < t.edits[-1] + 30 * DAY for t in existing
    ):
        raise refuse(
            2388023,
            "Message template language is being deleted",
            "The name of a deleted template is locked for 30 days.",
        )
    if len([t for t in existing if t.status != "DELETED"]) >= template_limit(waba):
        raise refuse(2388019, "Message template limit exceeded", "This account has the most templates it may have.")
    if sum(t.created > world.now() - 3600 for t in existing) >= CREATIONS_PER_HOUR:
        raise GraphError(80007, f"At most {CREATIONS_PER_HOUR} templates can be created in an hour.")
    made = Template(
        id=node(16),
        waba_id=waba.id,
        name=name,
        language=language,
        category=category,
        components=components,
        status="PENDING",
        parameter_format=style,
        message_send_ttl_seconds=request.get("message_send_ttl_seconds"),
        created=world.now(),
    )
    world.store.put(made.id, made)
    send_to_review(world, made)
    return {"id": made.id, "status": made.status, "category": made.category}


def send_to_review(world: World, template: Template) -> None:
    low, high = world.config.template_review_ms
    wait = low + (high - low) * (int(template.id) % 97) / 97
    world.schedule((world.now() + wait / 1000, "review", {"template_id": template.id}))


def review(world: World, template_id: str) -> None:
    """Meta's decision. A name with `reject` in it is rejected, so that the unhappy way can be played too."""
    template = world.store.get(Template, template_id)
    if template is None or template.status != "PENDING":
        return
    if "reject" in template.name:
        set_status(world, template, "REJECTED", reason="INVALID_FORMAT")
    else:
        set_status(world, template, "APPROVED")


def set_status(
    world: World,
    template: Template,
    event: str,
    reason: str | None = "NONE",
    extra: dict[str, Any] | None = None,
) -> None:
    """Changes a template's status and tells so by webhook."""
    if event not in ("FLAGGED", "LOCKED"):
        template.status = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED"}.get(event, event)
    template.rejected_reason = reason if event == "REJECTED" and reason else "NONE"
    world.store.put(template.id, template)
    _tell(world, template, "message_template_status_update", {
        "event": event,
        "message_template_category": template.category,
        "reason": None if event in ("DELETED", "PENDING_DELETION") else reason,
    } | (extra or {}))  # fmt: skip


def pause(world: World, template: Template, extra: dict[str, Any]) -> None:
    """Paused for low quality: 3 hours the first time, 6 the second; it ends by itself."""
    template.pauses += 1
    title = "FIRST_PAUSE" if template.pauses == 1 else "SECOND_PAUSE"
    described = {"other_info": {"title": title, "description": "The template has a low quality."}}
    set_status(world, template, "PAUSED", extra=described | extra)
    hours = 3 if template.pauses == 1 else 6
    job = {"template_id": template.id, "pauses": template.pauses}
    world.schedule((world.now() + hours * 3600, "unpause", job))


def end_pause(world: World, template_id: str, pauses: int) -> None:
    template = world.store.get(Template, template_id)
    if template is not None and template.pauses == pauses:
        unpause(world, template)


def set_quality(world: World, template: Template, quality: str) -> None:
    previous = template.quality
    template.quality = quality  # type: ignore[assignment]
    world.store.put(template.id, template)
    _tell(world, template, "message_template_quality_update", {
        "previous_quality_score": previous, "new_quality_score": quality,
    })  # fmt: skip


def set_category(world: World, template: Template, category: str, *, impending: bool) -> None:
    """Meta re-categorises: first a notice, a day later the change."""
    if impending:
        template.correct_category = category
        value: dict[str, Any] = {
            "new_category": template.category,
            "correct_category": category,
            "category_update_timestamp": int(world.now()) + DAY,
        }
    else:
        value = {"previous_category": template.category, "new_category": category}
        template.previous_category, template.correct_category = template.category, None
        template.category = category  # type: ignore[assignment]
    world.store.put(template.id, template)
    _tell(world, template, "template_category_update", value)


def _tell(world: World, template: Template, field: str, value: dict[str, Any]) -> None:
    waba = world.store.waba(template.waba_id)
    if waba is None:
        return
    named = {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }
    webhooks.put_value(world, waba, field, named | value)


def edit(world: World, template: Template, request: dict[str, Any]) -> dict[str, Any]:
    """`POST /{template-id}`. An approved one may change once a day, ten times a month, its category never."""
    now = world.now()
    if template.status not in ("APPROVED", "REJECTED", "PAUSED"):
        raise refuse(2388025, "Template can't be edited", f"A template in status {template.status} can't be edited.")
    category = str(request.get("category") or template.category).upper()
    if template.status == "APPROVED":
        if category != template.category:
            raise refuse(2388025, "Category can't be edited", "The category of an approved template can't be edited.")
        recent = [moment for moment in template.edits if moment > now - 30 * DAY]
        if len(recent) >= EDITS_PER_MONTH or any(moment > now - DAY for moment in recent):
            raise refuse(
                2388025,
                "Too many edits",
                "An approved template can be edited once in 24 hours, 10 times in 30 days.",
            )
    if "components" in request:
        template.components = check_components(category, template.parameter_format, request["components"])
    if "message_send_ttl_seconds" in request:
        check_ttl(category, request["message_send_ttl_seconds"])
        template.message_send_ttl_seconds = request["message_send_ttl_seconds"]
    template.category = category  # type: ignore[assignment]
    template.status = "PENDING"
    template.edits = [*template.edits, now]
    world.store.put(template.id, template)
    _tell(world, template, "message_template_components_update", _texts(template))
    send_to_review(world, template)
    return {"success": True, "id": template.id, "name": template.name, "category": template.category}


def _texts(template: Template) -> dict[str, Any]:
    parts = {part["type"]: part for part in template.components}
    texts = {
        "message_template_element": parts.get("BODY", {}).get("text"),
        "message_template_title": parts.get("HEADER", {}).get("text"),
        "message_template_footer": parts.get("FOOTER", {}).get("text"),
        "message_template_buttons": [
            {"message_template_button_type": button["type"], "message_template_button_text": button.get("text", "")}
            for button in parts.get("BUTTONS", {}).get("buttons", [])
        ],
    }
    return {name: text for name, text in texts.items() if text}


def delete(world: World, waba: Waba, query: dict[str, str]) -> dict[str, Any]:
    """By name (every language), or by hsm_id and name (one)."""
    name, template_id = query.get("name"), query.get("hsm_id")
    if not name and not template_id:
        raise GraphError(100, message="(#100) The parameter name is required.")
    found = [
        t
        for t in world.store.templates_of(waba.id)
        if t.status != "DELETED" and (not name or t.name == name) and (not template_id or t.id == template_id)
    ]
    if not found:
        raise refuse(2593002, "Message template not found", "The message template was not found.")
    for template in found:
        # The day of deletion takes the place of the edits: an approved name stays locked for 30 days.
        template.edits = [world.now()] if template.status == "APPROVED" else []
        set_status(world, template, "DELETED", reason=None)
    return {"success": True}


def unpause(world: World, template: Template) -> dict[str, Any]:
    if template.status != "PAUSED":
        return {"success": False, "reason": "Template is not paused."}
    set_status(
        world,
        template,
        "APPROVED",
        extra={"other_info": {"title": "UNPAUSE", "description": "Template unpaused."}},
    )
    return {"success": True}


def by_id(world: World, template_id: str) -> Template:
    found = world.store.get(Template, template_id)
    if found is None or found.status == "DELETED":
        raise missing_object(template_id)
    return found
