"""What a run sends, fixed at its launch: a later change of the template or the campaign does not touch it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from chalicelib.campaigns.message.fill import Filler
from chalicelib.campaigns.message.slots import media_slots
from chalicelib.campaigns.model import Constant, MessagePlan, TemplateMessage
from chalicelib.campaigns.partition import Rules
from chalicelib.cloud.objects import Objects
from chalicelib.conversations.outbound import Purpose
from chalicelib.dataclass import dataclass
from chalicelib.media.model import is_ours

_message: TypeAdapter[MessagePlan] = TypeAdapter(MessagePlan, config=ConfigDict(defer_build=True))


@dataclass(frozen=True)
class Plan:
    """The message of a run with the template as it was, and the fields its recipients carry."""

    message: MessagePlan
    purpose: Purpose
    components: Sequence[dict[str, Any]]
    fields: Sequence[str]
    media: dict[str, str] = field(default_factory=dict)
    """Our ids of the files that everybody gets and that are named by their address, by slot: fetched before the run sends."""
    names: dict[str, str] = field(default_factory=dict)
    """What documents are called that everybody gets, by slot: WhatsApp does not know it of a file it has by id."""

    @property
    def filler(self) -> Filler:
        """Fills the message for a recipient."""
        return Filler(self.message, self.components, self.media, self.names)

    def with_media(self, new_id: Callable[[], str]) -> "Plan":
        """With an id for each file by address, as a run sends them."""
        return replace(self, media={slot: new_id() for slot in self.addresses})

    @property
    def same_files(self) -> bool:
        """Does everybody get the same files? One that comes from a column concerns its own recipient."""
        if not isinstance(self.message, TemplateMessage):
            return True
        bound = [self.message.parameters.get(slot.id) for slot in media_slots(self.components)]
        return all(isinstance(each, Constant) for each in bound)

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses of files that everybody gets, by slot."""
        if not isinstance(self.message, TemplateMessage):
            return {}
        bound = {slot.id: self.message.parameters.get(slot.id) for slot in media_slots(self.components)}
        return {each: b.value for each, b in bound.items() if isinstance(b, Constant) and not is_ours(b.value)}

    def rules(self, subaccount_id: str, window_margin: timedelta) -> Rules:
        """What decides who gets it."""
        return Rules(self.filler, self.fields, self.purpose, subaccount_id, window_margin)


def purpose_of(category: str) -> Purpose:
    """Our word for Meta's template category."""
    return Purpose(category.lower())


def put(media: Objects, campaign_id: str, run_id: str, plan: Plan) -> None:
    """Keeps the plan of a run."""
    content = {
        "v": 1,
        "message": plan.message.model_dump(mode="json"),
        "purpose": str(plan.purpose),
        "components": list(plan.components),
        "fields": list(plan.fields),
        "media": plan.media,
        "names": plan.names,
    }
    media.put(_key(campaign_id, run_id), json.dumps(content).encode(), "application/json")


def get(media: Objects, campaign_id: str, run_id: str) -> Plan:
    """The plan of a run, read once per process: it never changes."""
    return _kept(media, campaign_id, run_id)


@lru_cache(maxsize=32)
def _kept(media: Objects, campaign_id: str, run_id: str) -> Plan:
    stored = json.loads(media.get(_key(campaign_id, run_id)))
    message = _message.validate_python(stored["message"])
    components, fields = stored["components"], stored["fields"]
    return Plan(message, Purpose(stored["purpose"]), components, fields, stored["media"], stored.get("names", {}))


def template_of(message: MessagePlan | None) -> TemplateMessage | None:
    """The template message, if it is one."""
    return message if isinstance(message, TemplateMessage) else None


def _key(campaign_id: str, run_id: str) -> str:
    return f"chunks/{campaign_id}/{run_id}/plan.json"
