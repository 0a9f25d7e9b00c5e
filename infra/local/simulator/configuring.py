"""`/_sim/config`: settings, WABAs, phone numbers and templates in one document."""

import hashlib
from typing import Any, TypeVar

from pydantic import ValidationError

from . import demo_accounts, templates
from .config import Config, changed
from .errors import GraphError
from .faults import Faults
from .inbound import Problem
from .records import Number, Record, Template, Waba
from .template_rules import check_components
from .world import Saved, World

R = TypeVar("R", bound=Record)
ACCOUNTS: tuple[type[Record], ...] = (Waba, Number, Template)
KEPT = ("subscribed", "override")
LISTS = ("wabas", "phone_numbers", "templates")
# Secrets are set, never shown.
SECRET = ("app_secret", "verify_token", "access_tokens", "expired_tokens")


def shown(world: World) -> dict[str, Any]:
    return world.config.model_dump(exclude=set(SECRET)) | {
        "wabas": [waba.model_dump() for waba in world.store.all(Waba)],
        "phone_numbers": [number.model_dump() for number in world.store.all(Number)],
        "templates": [template.model_dump() for template in world.store.all(Template)],
    }


def change(world: World, body: dict[str, Any]) -> None:
    """Settings given replace those that were; records are added, or replace the one with the same id."""
    lists = {name: _records(body, name) for name in LISTS}
    settings = {name: value for name, value in body.items() if name not in LISTS}
    try:
        config = changed(world.config, settings)
    except ValidationError as error:
        raise _problem("", error) from None
    given: list[Record] = []
    for index, item in enumerate(lists["wabas"]):
        waba = _read(Waba, item, f"wabas.{index}")
        world.store.put(waba.id, waba)
        given.append(waba)
    for index, item in enumerate(lists["phone_numbers"]):
        number = _read(Number, item, f"phone_numbers.{index}")
        if world.store.waba(number.waba_id) is None:
            raise Problem(f"phone_numbers.{index}.waba_id", f"there is no WABA {number.waba_id} here")
        world.store.put(number.id, number)
        given.append(number)
    for index, item in enumerate(lists["templates"]):
        given.append(_put_template(world, item, f"templates.{index}"))
    world.set_config(config)
    if given:
        remember(world, *given)
    world.wake()


def remember(world: World, *given: Record) -> None:
    """These accounts as they were given (all, when none are named): what a reset goes back to."""
    for record in given or [record for model in ACCOUNTS for record in world.store.all(model)]:
        key = record.id  # type: ignore[attr-defined]
        world.store.run(
            "INSERT INTO docs VALUES (?,?,?) ON CONFLICT DO UPDATE SET body=excluded.body",
            f"Given{type(record).__name__}", key, record.model_dump_json(),
        )  # fmt: skip


def _restore(world: World) -> None:
    """Pauses, ratings and restrictions are traffic; who is subscribed, and what was created, is not."""
    for model in ACCOUNTS:
        for key, body in world.store.rows("SELECT id, body FROM docs WHERE kind=?", f"Given{model.__name__}"):
            given, now = model.model_validate_json(body), world.store.get(model, key)
            kept = {name: getattr(now, name) for name in KEPT if now is not None and hasattr(now, name)}
            world.store.put(key, given.model_copy(update=kept))


def _records(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    given = body.get(name, [])
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise Problem(name, "a list of objects is expected")
    return given


def _put_template(world: World, given: dict[str, Any], where: str) -> Template:
    template = _read(Template, given, where)
    if world.store.waba(template.waba_id) is None:
        raise Problem(f"{where}.waba_id", f"there is no WABA {template.waba_id} here")
    try:
        template.components = check_components(template.category, template.parameter_format, template.components)
    except GraphError as error:
        raise Problem(f"{where}.components", error.user_message or error.message) from None
    known = world.store.template(template.waba_id, template.name, template.language)
    template.id = template.id or (known.id if known else _stable_id(template))
    template.created = template.created or (known.created if known else world.now())
    world.store.put(template.id, template)
    return template


def _stable_id(template: Template) -> str:
    named = f"{template.waba_id}:{template.name}:{template.language}"
    return str(10**15 + int.from_bytes(hashlib.sha256(named.encode()).digest()[:7], "big") % (9 * 10**15))


def _read(model: type[R], given: dict[str, Any], where: str) -> R:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _problem(where + ".", error) from None


def _problem(prefix: str, error: ValidationError) -> Problem:
    first = error.errors()[0]
    return Problem(prefix + ".".join(map(str, first["loc"])), first["msg"])


def reset(world: World, *, everything: bool) -> None:
    """As if nothing had been sent yet. `everything`: as a new one, but for secrets and callback URL."""
    world.store.forget_traffic()
    world.throughput.clear()
    world.clock.offset = 0.0
    world.saved = Saved(verified=world.saved.verified)
    world.save()
    world.set_faults(Faults())
    _restore(world)
    if everything:
        kept = world.config.model_dump(
            include={"app_id", "app_secret", "webhook_url", "verify_token", "access_tokens", "seed"}
        )
        world.set_config(Config.model_validate(kept))
        world.store.run(
            "DELETE FROM docs WHERE kind IN ('Waba', 'Number', 'Template', 'Upload', "
            "'GivenWaba', 'GivenNumber', 'GivenTemplate')"
        )
        demo_accounts.seed(world)
        remember(world)
    for template in world.store.all(Template):
        if template.status == "PENDING":
            templates.send_to_review(world, template)
