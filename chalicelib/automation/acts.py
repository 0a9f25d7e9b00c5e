"""Does what steps want, in the rooms below. Each act is known by its key: asked twice, it is done once."""

from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

from chalicelib.automation.connections import Connections
from chalicelib.automation.instances.model import Instance
from chalicelib.automation.instances.ports import Done, TakenOver
from chalicelib.automation.steps.commands import (
    Act,
    Call,
    ChangeConsent,
    ChangeContact,
    ChangeGroup,
    HandOver,
    Send,
    StartAnother,
    StepFailed,
    User,
)
from chalicelib.channels import store as channels
from chalicelib.channels import templates
from chalicelib.channels.model import Channel, ChannelType
from chalicelib.cloud.table import ConditionFailed
from chalicelib.contacts import changes, groups, identity
from chalicelib.contacts.model import ConsentCategory, Contact, Identities
from chalicelib.conversations import opting_out, replies
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import desk
from chalicelib.conversations.model import Conversation, Sender
from chalicelib.converse.tickets import store as tickets
from chalicelib.converse.tickets.model import Status as TicketStatus
from chalicelib.dataclass import dataclass
from chalicelib.wiring import World

_FIELDS = {"firstName": "first_name", "lastName": "last_name", "externalId": "external_id", "country": "country"}
_TRIES = 6


@dataclass(frozen=True)
class WorldActs:
    """The real acts. `tickets` hands a conversation to the agents, `start` starts another workflow."""

    world: World
    connections: Connections
    tickets: Callable[[Conversation, HandOver, str], str]
    start: Callable[[StartAnother, Instance, str], str]

    def __call__(self, wanted: Act, instance: Instance, key: str, step: str) -> Done:
        match wanted:
            case Send():
                return self._send(wanted, instance, key)
            case Call():
                answer = self.connections.call(_named(wanted, key))
                return Done({"responseCode": answer.status, "reasonPhrase": answer.reason, "responseBody": answer.body})
            case HandOver():
                conversation = self._conversation(instance)
                return Done({"ticketId": self.tickets(conversation, wanted, key)})
            case StartAnother():
                return Done({"workflowId": self.start(wanted, instance, key)})
            case ChangeGroup() | ChangeConsent() | ChangeContact():
                self._change(wanted, self._contact(wanted.user, instance), instance, key)
                return Done({})

    def _send(self, wanted: Send, instance: Instance, key: str) -> Done:
        from chalicelib.whatsapp.messages import parse_message  # its models are a tenth of a cold start

        channel = self._channel(wanted.sub_account_id, instance)
        conversation = self._conversation_with(wanted.user, channel)
        if conversation.id in instance.conversations[:1] and self._is_taken(conversation, instance):
            raise TakenOver(conversation.id)
        draft = replies.Draft(
            id=key,
            message=parse_message(dict(wanted.message)),
            sender=Sender(kind="workflow", id=instance.id),
            category=self._category(channel, wanted),
            epoch=conversation.epoch,
        )
        try:
            message = replies.submit(desk(self.world), conversation, draft)
        except replies.WindowClosed as closed:
            raise StepFailed("The 24-hour window is closed: only a template can be sent.") from closed
        result = {"requestId": key, "umid": message.id, "status": str(message.status), "description": "Accepted"}
        return Done(result, spoke_in=conversation.id)

    def _is_taken(self, conversation: Conversation, instance: Instance) -> bool:
        """Whether agents have taken the conversation since the instance started.

        One that a resolved ticket started speaks while it is theirs in name; when they take the ticket up again, it is theirs.
        """
        if instance.after_ticket is None:
            return instance.epoch not in (None, conversation.epoch)
        if conversation.ticket_id is None:
            return False
        return tickets.get(self.world.table, conversation.ticket_id).status is not TicketStatus.RESOLVED

    def _category(self, channel: Channel, wanted: Send) -> str:
        template = wanted.message.get("template")
        if not isinstance(template, dict):
            return "service"
        language = template.get("language")
        code = language.get("code") if isinstance(language, dict) else language
        try:
            record = templates.get(self.world.table, channel.waba_id, str(template.get("name")), str(code))
        except templates.TemplateMissing as missing:
            raise StepFailed(f"There is no template {template.get('name')!r} in {code}.") from missing
        if not record.sendable:
            raise StepFailed(f"WhatsApp does not take this template now: it is {record.status.lower()}.")
        return record.category.lower()

    def _channel(self, sub_account_id: str | None, instance: Instance) -> Channel:
        """The channel of the subaccount; of several, the one the instance already speaks on."""
        mine = [one for one in channels.channels(self.world.table) if one.subaccount_id == sub_account_id]
        able = [one for one in mine if one.type is ChannelType.WHATSAPP]
        if not able:
            raise StepFailed(f"There is no channel in subaccount {sub_account_id!r}.")
        spoken = {conversation.partition(".")[0] for conversation in instance.conversations}
        return next((one for one in able if one.id in spoken), able[0])

    def _conversation_with(self, user: User, channel: Channel) -> Conversation:
        who = Identities(phone=user.phone, bsuid=user.bsuid)
        contact = identity.resolve(self.world.table, who, now=self.world.clock(), new_id=self.world.new_id)
        return conversations.begun(self.world.table, channel, contact, self.world.clock())

    def _conversation(self, instance: Instance) -> Conversation:
        found = conversations.find(self.world.table, instance.conversation_id or "none")
        if found is None:
            raise StepFailed("This instance has no conversation to hand over.")
        return found

    def _contact(self, user: User | None, instance: Instance) -> Contact:
        if user is not None:
            who = Identities(phone=user.phone, bsuid=user.bsuid)
            return identity.resolve(self.world.table, who, now=self.world.clock(), new_id=self.world.new_id)
        found = identity.get(self.world.table, self._conversation(instance).contact_id)
        if found is None:
            raise StepFailed("The contact of this instance is gone.")
        return found

    def _change(
        self, wanted: ChangeGroup | ChangeConsent | ChangeContact, contact: Contact, instance: Instance, key: str
    ) -> None:
        table, now = self.world.table, self.world.clock()
        match wanted:
            case ChangeGroup():
                group = _group(groups.every(table), wanted.group)
                groups.change_members(table, group, [contact.id], joins=wanted.change == "add", now=now)
            case ChangeConsent():
                opting_out.record(
                    self.world, contact, ConsentCategory.MARKETING, allowed=wanted.opted_in, source="workflow", text="",
                    subaccount_id=instance.sub_account_id, at=now, entry_id=key,
                )  # fmt: skip
            case ChangeContact():
                self._update(contact, wanted)

    def _update(self, contact: Contact, wanted: ChangeContact) -> None:
        for _ in range(_TRIES):
            current = identity.get(self.world.table, contact.id) or contact
            operations = changes.change(
                current, _written(current, dict(wanted.fields)), now=self.world.clock(), actor="workflow"
            )
            try:
                if operations:
                    self.world.table.transact(operations)
            except ConditionFailed:
                continue  # somebody changed the contact meanwhile
            return
        raise StepFailed("The contact is being changed by others.", transient=True)


def _written(contact: Contact, fields: dict[str, JsonValue]) -> Contact:
    """The contact with its own fields set by name; every other name is a custom attribute."""
    own: dict[str, Any] = {_FIELDS[name]: str(value or "") for name, value in fields.items() if name in _FIELDS}
    tags = fields.get("tags")
    if isinstance(tags, list):
        own["tags"] = frozenset(str(tag) for tag in tags)
    others = {name: value for name, value in fields.items() if name not in _FIELDS and name != "tags"}
    first, last = own.get("first_name", contact.first_name), own.get("last_name", contact.last_name)
    own["name"] = f"{first} {last}".strip() or contact.name
    return contact.model_copy(update={**own, "attributes": {**contact.attributes, **others}})


def _group(every: list[groups.Group], name: str) -> str:
    found = next((group for group in every if name in (group.id, group.name)), None)
    if found is None:
        raise StepFailed(f"There is no group {name!r}.")
    return found.id


def _named(call: Call, key: str) -> Call:
    """A repeated call can be told from a new one: the handler may die between the call and its record."""
    if call.method in ("GET", "HEAD", "OPTIONS") or any(name.lower() == "idempotency-key" for name in call.headers):
        return call
    return Call(
        method=call.method, url=call.url, headers={**call.headers, "Idempotency-Key": key}, body=call.body,
        timeout_seconds=call.timeout_seconds, connection=call.connection,
    )  # fmt: skip
