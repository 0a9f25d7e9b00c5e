"""Every DynamoDB key, so that two features can never mean different things by one. Grouped by room.

Main table: PK, SK and two indexes (GSI1PK/GSI1SK, GSI2PK/GSI2SK). Ledger table: PK, SK, one sparse index.
A sort key that holds a time uses `clock.stamp`, which sorts as text.
"""

from datetime import datetime

from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Key

# --- channels -----------------------------------------------------------------------------------------------------


def subaccount(subaccount_id: str) -> Key:
    """One subaccount."""
    return Key("SUBACCOUNTS", subaccount_id)


def channel(channel_id: str) -> Key:
    """One channel; they are few and listed together."""
    return Key("CHANNELS", channel_id)


def channel_of_number(phone_number_id: str) -> Key:
    """Points from a channel's address to the channel: Meta's phone number id, or a web chat's own id."""
    return Key(f"PHONE_NUMBER#{phone_number_id}", "CHANNEL")


def template(waba_id: str, name: str, language: str) -> Key:
    """Our synced record of one template in one language."""
    return Key(f"WABA#{waba_id}", f"TEMPLATE#{name}#{language}")


# --- media --------------------------------------------------------------------------------------------------------

UPLOADS = "UPLOADS"
"""Index 1: the files that people uploaded, by birth."""


def media(media_id: str) -> Key:
    """One file."""
    return Key(f"MEDIA#{media_id}", "MEDIA")


def media_at_meta(media_id: str, phone_number_id: str) -> Key:
    """What Meta calls the file under one number of ours."""
    return Key(f"MEDIA#{media_id}", f"META#{phone_number_id}")


# --- contacts -----------------------------------------------------------------------------------------------------


def contact(contact_id: str) -> Key:
    """One contact."""
    return Key(f"CONTACT#{contact_id}", "CONTACT")


def identity(kind: str, value: str) -> Key:
    """One identity (kind `phone` or `bsuid`): points to its contact and carries what the sender's check needs."""
    return Key(f"IDENTITY#{kind}#{value}", "IDENTITY")


def contact_list(contact_id: str, country: str) -> dict[str, str]:
    """Where the indexes list a contact: among all, and among those of a country."""
    found = {"GSI1PK": "CONTACTS", "GSI1SK": sortable(contact_id)}
    return found | ({"GSI2PK": f"COUNTRY#{country}", "GSI2SK": sortable(contact_id)} if country else {})


def address_list(kind: str, value: str) -> dict[str, str]:
    """Where the indexes list an identity: by its beginning, and a phone number by its end as well."""
    text = value.lower().lstrip("+")
    found = {"GSI1PK": f"ADDRESSES#{kind}", "GSI1SK": text}
    return found | ({"GSI2PK": "PHONE_ENDINGS", "GSI2SK": text[::-1]} if kind == "phone" else {})


def contact_word(word: str, contact_id: str) -> Key:
    """One word of a contact's name, to find it by the word's beginning."""
    return Key(f"CONTACT_WORDS#{word[:2]}", f"{word}#{sortable(contact_id)}")


def contact_count(shard: int) -> Key:
    """One of the counters of contacts, in all and by country; their sum is the number."""
    return Key(f"CONTACT_COUNT#{shard}", "COUNT")


def contact_history(contact_id: str, at: datetime, entry_id: str) -> Key:
    """One change of a contact."""
    return Key(f"CONTACT#{contact_id}", f"HISTORY#{stamp(at)}#{entry_id}")


def group(group_id: str) -> Key:
    """One group of contacts; they are few and listed together."""
    return Key("GROUPS", sortable(group_id))


def group_name(name: str) -> Key:
    """Claims a group's name, whatever its case."""
    return Key(f"GROUP_NAME#{name.casefold()}", "NAME")


def membership(group_id: str, contact_id: str) -> Key:
    """That a contact is in a group."""
    return Key(f"GROUP#{group_id}", sortable(contact_id))


BLACKLIST = Key("BLACKLIST", "GROUPS")
"""Which groups are blacklists: read with the identities before each send, so that it acts at once."""


def page_start(listing: str, number: int) -> Key:
    """Where page `number` of a listing begins, remembered from the page before."""
    return Key(f"LISTING#{listing}", f"{number:09d}")


def contact_job(job_id: str) -> Key:
    """One batch job on contacts or groups."""
    return Key("CONTACT_JOBS", job_id)


def segment(segment_id: str) -> Key:
    """One segment: a filter over contacts with a name."""
    return Key("SEGMENTS", segment_id)


def sortable(number: str) -> str:
    """A decimal id as text that sorts like the number."""
    return number.zfill(16)


def forgotten(digest: str) -> Key:
    """The opt-outs of somebody who was erased, by a keyed hash of an address."""
    return Key(f"FORGOTTEN#{digest}", "OPTED_OUT")


def consent(contact_id: str, at: datetime, event_id: str) -> Key:
    """One entry of a contact's consent history."""
    return Key(f"CONTACT#{contact_id}", f"CONSENT#{stamp(at)}#{event_id}")


# --- conversations ------------------------------------------------------------------------------------------------


def conversation(conversation_id: str) -> Key:
    """The state of a conversation: window, ownership, unclosed ticket, last message."""
    return Key(f"CONVERSATION#{conversation_id}", "STATE")


def message(conversation_id: str, position: str) -> Key:
    """One message of a conversation's log; `position` is `message_position`."""
    return Key(f"CONVERSATION#{conversation_id}", f"MESSAGE#{position}")


def message_position(at: datetime, arrived_at: datetime, message_id: str) -> str:
    """Where a message stands in its conversation: by WhatsApp's time, then by arrival."""
    return f"{stamp(at)}#{stamp(arrived_at)}#{message_id}"


def message_word(month: str, word: str, position: str) -> Key:
    """One word of a message, in the word's partition of a month (2026-11)."""
    return Key(f"MESSAGE_WORDS#{month}#{word}", position)


def draft(conversation_id: str, draft_id: str) -> Key:
    """Points from the id a sender gave a message to its place in the log: a repeated submission finds it."""
    return Key(f"CONVERSATION#{conversation_id}", f"DRAFT#{draft_id}")


def wamid(wamid_: str) -> Key:
    """WhatsApp's message id: the dedupe of inbound messages and the way from an id to a message."""
    return Key(f"WAMID#{wamid_}", "MESSAGE")


def message_log(channel_id: str, position: str) -> dict[str, str]:
    """Index 1: what a channel's log lists, on an item that is written once with the message and never again: the index
    costs one write a message, and its statuses none."""
    return {"GSI1PK": f"MESSAGES#{channel_id}", "GSI1SK": position}


def failed_messages(channel_id: str, position: str) -> dict[str, str]:
    """Index 2, sparse: the messages of a channel that failed."""
    return {"GSI2PK": f"FAILED_MESSAGES#{channel_id}", "GSI2SK": position}


def message_usage(month: str, shard: int, place: str) -> Key:
    """What Meta charged for in a month (2026-11), by number and country, in several parts: no item is written by everybody."""
    return Key(f"MESSAGE_USAGE#{month}#{shard}", place)


def counted_bill(bill_id: str) -> Key:
    """Marks that the charges of a batch of statuses have been counted."""
    return Key(f"BILL#{bill_id}", "COUNTED")


def template_counts(channel_id: str, name: str, language: str, shard: int) -> Key:
    """How a template does that agents, workflows and the API send, in several parts: no item is written by everybody."""
    return Key(f"TEMPLATE_COUNTS#{channel_id}#{name}#{language}", str(shard))


def log_export(export_id: str) -> Key:
    """One export of the message log."""
    return Key("LOG_EXPORTS", export_id)


def send(send_id: str) -> Key:
    """One message that a program asked for."""
    return Key(f"SEND#{send_id}", "SEND")


def send_batch(batch_id: str) -> Key:
    """Many messages that a program asked for together."""
    return Key(f"SEND_BATCH#{batch_id}", "BATCH")


def sends_of_batch(batch_id: str) -> str:
    """Index 1: the messages of a batch, in order."""
    return f"SEND_BATCH#{batch_id}"


def rate_lane(phone_number_id: str, lane: str) -> Key:
    """The timeline of send slots of one phone number and lane (`campaign`, `reply`)."""
    return Key(f"RATE#{phone_number_id}", lane)


# --- converse -----------------------------------------------------------------------------------------------------


def desk_settings() -> Key:
    """What holds for the whole of Converse: timers, capacity, aux codes, dispositions."""
    return Key("SETTINGS", "CONVERSE")


def ticket(ticket_id: str) -> Key:
    """One ticket."""
    return Key(f"TICKET#{ticket_id}", "TICKET")


def ticket_history(ticket_id: str, at: datetime, entry_id: str) -> Key:
    """One entry of a ticket's history: a change or a note."""
    return Key(f"TICKET#{ticket_id}", f"HISTORY#{stamp(at)}#{entry_id}")


def ticket_draft(ticket_id: str, user_id: str) -> Key:
    """What one person has begun to write in a ticket."""
    return Key(f"TICKET#{ticket_id}", f"DRAFT#{user_id}")


def ticket_onlooker(ticket_id: str, user_id: str, window: str) -> Key:
    """That one window of a person has a ticket on it. All lie together: they are no more than there are people at work."""
    return Key("ONLOOKERS", f"{ticket_id}#{user_id}#{window}")


def ticket_view(view: str, place: str) -> Key:
    """A ticket's row in a view (`all`, `queue/q1`, `line/q1`, ...); `place` orders the view and ends in the ticket's id."""
    return Key(f"TICKETS#{view}", place)


def queue(queue_id: str) -> Key:
    """One queue of tickets; they are few and read together."""
    return Key("QUEUES", queue_id)


def canned_reply(reply_id: str) -> Key:
    """One canned reply; they are few and read together."""
    return Key("CANNED_REPLIES", reply_id)


def canned_shortcut(shortcut: str) -> Key:
    """Claims a canned reply's shortcut."""
    return Key(f"CANNED_SHORTCUT#{shortcut}", "SHORTCUT")


def customer_note(contact_id: str, note_id: str) -> Key:
    """One note about a customer, kept with the contact; ids sort by time."""
    return Key(f"CONTACT#{contact_id}", f"NOTE#{note_id}")


def counter(queue_id: str, month: str, place: str) -> Key:
    """What was counted for a queue in a quarter of an hour of a month (2026-11): `place` is slot, agent and channel."""
    return Key(f"COUNTERS#{queue_id}#{month}", place)


def agent(agent_id: str) -> Key:
    """One agent's presence, load and capacity; they are few and read together."""
    return Key("AGENTS", agent_id)


def agent_pulse(agent_id: str) -> Key:
    """When an agent was last heard of: apart from the agent, whose item assignments compete for."""
    return Key("AGENT_PULSES", agent_id)


def agent_log(agent_id: str, at: datetime, entry_id: str) -> Key:
    """One change of an agent's presence."""
    return Key(f"AGENT#{agent_id}", f"PRESENCE#{stamp(at)}#{entry_id}")


def web_chat_limit(name: str, slot: int) -> Key:
    """How often something was done within one stretch of time."""
    return Key(f"WEB_CHAT_LIMIT#{name}", f"{slot:012d}")


# --- automation ---------------------------------------------------------------------------------------------------

DEFINITIONS = "DEFINITIONS"


def definition(definition_id: str) -> Key:
    """The newest state of a workflow definition: they are few and listed together."""
    return Key(DEFINITIONS, definition_id)


DEFINITIONS_REVISION = Key("DEFINITIONS_REVISION", "REVISION")
"""Counts every change of a workflow definition, so that one small read tells whether what a process knows still holds."""


def definition_version(definition_id: str, version: int) -> Key:
    """One version of a workflow definition; never changed."""
    return Key(f"DEFINITION#{definition_id}", f"VERSION#{version:08d}")


def instance(instance_id: str) -> Key:
    """The state of one workflow instance."""
    return Key(f"INSTANCE#{instance_id}", "STATE")


def instance_log(instance_id: str, at: datetime, place: str) -> Key:
    """One line of an instance's log; `place` is branch, stop and line, so that a repetition writes it over itself."""
    return Key(f"INSTANCE#{instance_id}", f"LOG#{stamp(at)}#{place}")


def instances_of_version(definition_id: str, version: int) -> str:
    """GSI1PK of the instances of one version, by start time."""
    return f"INSTANCES#{definition_id}#{version}"


def instance_of(conversation_id: str, instance_id: str) -> Key:
    """Marks that an instance runs in a conversation."""
    return Key(f"CONVERSATION#{conversation_id}", f"AUTOMATION#INSTANCE#{instance_id}")


def wait(conversation_id: str, wait_id: str) -> Key:
    """One wait for a reply, kept with the conversation it waits on."""
    return Key(f"CONVERSATION#{conversation_id}", f"AUTOMATION#WAIT#{wait_id}")


def held(conversation_id: str, position: str) -> Key:
    """An inbound message held for the running instances of a conversation."""
    return Key(f"CONVERSATION#{conversation_id}", f"AUTOMATION#HELD#{position}")


def window_watch(conversation_id: str, definition_id: str) -> Key:
    """Until when a workflow's timer for the closing of a conversation's window is set."""
    return Key(f"CONVERSATION#{conversation_id}", f"WATCH#{definition_id}")


def workflow_vault(kind: str, name: str) -> Key:
    """That a workflow's secret or connection exists; its value is in Secrets Manager."""
    return Key(f"WORKFLOW_VAULT#{kind}", name)


def workflow_usage(month: str, shard: int) -> Key:
    """How many instances were started in a month (2026-11), in several parts: no item is written by everybody."""
    return Key(f"WORKFLOW_USAGE#{month}", str(shard))


# --- campaigns ----------------------------------------------------------------------------------------------------


def campaign(campaign_id: str) -> Key:
    """One campaign."""
    return Key(f"CAMPAIGN#{campaign_id}", "CAMPAIGN")


def campaigns_by_birth(created_at: datetime, campaign_id: str) -> Key:
    """Index 1: all campaigns, newest last."""
    return Key("CAMPAIGNS", f"{stamp(created_at)}#{campaign_id}")


def sending(channel_id: str, campaign_id: str) -> Key:
    """Notes that a campaign is sending on a channel: the number's speed is shared among these."""
    return Key(f"SENDING#{channel_id}", campaign_id)


def campaign_rules(subaccount_id: str) -> Key:
    """What a subaccount demands of its campaigns."""
    return Key("CAMPAIGN_RULES", subaccount_id)


def run(run_id: str) -> Key:
    """Ledger table: one pass over a campaign's recipients, with its checkpoints."""
    return Key(f"RUN#{run_id}", "RUN")


def run_counts(run_id: str) -> Key:
    """Ledger table: the live counters of a run, written once per batch."""
    return Key(f"RUN#{run_id}", "COUNTS")


LEDGER_SHARDS = 32
"""Partitions of one run in the ledger: DynamoDB takes 1,000 writes a second each, a 1,000/s number needs 6 a message."""


def ledger_row(run_id: str, shard: int, row: int) -> Key:
    """Ledger table: one recipient of a run."""
    return Key(f"RUN#{run_id}#{shard:02d}", f"{row:08d}")


def ledger_address(to: str, at: datetime | str, run_id: str, row: int) -> Key:
    """Ledger table, index 1, sparse, keys only: the rows sent to one address, the newest last. `at` may be "" or a time."""
    return Key(f"TO#{to}", f"{stamp(at) if isinstance(at, datetime) else at}#{run_id}#{row:08d}")


def run_minute(run_id: str, minute: str) -> Key:
    """Ledger table: what happened to a run's messages within one minute (2026-11-22T12:00)."""
    return Key(f"RUN#{run_id}", f"MINUTE#{minute}")


def receipts(run_id: str, chunk: int, flush_id: str) -> Key:
    """Ledger table: what WhatsApp took of one chunk within a second or so."""
    return Key(f"RECEIPTS#{run_id}", f"{chunk:06d}#{flush_id}")


def tier_budget(waba_id: str) -> Key:
    """To how many people an account has begun to write in the last 24 hours."""
    return Key(f"TIER#{waba_id}", "BUDGET")


def price_card(valid_from: str) -> Key:
    """A rate card of the operator's own; those of all days in one partition."""
    return Key("PRICE_CARDS", valid_from)


# --- events and timers --------------------------------------------------------------------------------------------


def event(order: str, event_id: str) -> Key:
    """Something that happened, stored with the change that caused it; read from the table's stream, which keeps the
    order of the items of one partition and of no others."""
    return Key(f"EVENTS#{order}", f"{EVENT}{event_id}")


EVENT = "EVENT#"
"""What the sort key of a stored event begins with: infra/resources/events.yaml has it too."""


def counted_event(event_id: str) -> Key:
    """Marks that an event has been counted in the reports."""
    return Key(f"EVENT#{event_id}", "COUNTED")


def feed_head(audience: str) -> Key:
    """The number of the newest row of an audience's change feed."""
    return Key(f"FEED#{audience}", "HEAD")


def feed_row(audience: str, number: int) -> Key:
    """One row of an audience's change feed."""
    return Key(f"FEED#{audience}", f"ROW#{number:015d}")


def connection(audience: str, connection_id: str) -> Key:
    """One open WebSocket connection."""
    return Key(f"CONNECTIONS#{audience}", connection_id)


def due(minute: datetime, shard: int, timer_id: str) -> Key:
    """One timer, in the partition of the hour it is due in, by minute."""
    return Key(f"DUE#{stamp(minute)[:13]}#{shard}", f"{stamp(minute)[:16]}#{timer_id}")


def timers_head() -> Key:
    """The first minute whose timers are not all done."""
    return Key("DUE", "HEAD")


def parked_timer(timer_id: str) -> Key:
    """A timer that failed too often."""
    return Key("DUE#PARKED", timer_id)


# --- webhooks out -------------------------------------------------------------------------------------------------


def webhook(webhook_id: str) -> Key:
    """One webhook; they are few and read together."""
    return Key("WEBHOOKS", webhook_id)


def webhook_health(webhook_id: str) -> Key:
    """How its endpoint has been answering."""
    return Key(f"WEBHOOK#{webhook_id}", "HEALTH")


def webhook_outbox(webhook_id: str, queued_at: datetime, event_id: str) -> Key:
    """One event that waits for the endpoint, in the order of what happened."""
    return Key(f"WEBHOOK#{webhook_id}", f"OUTBOX#{stamp(queued_at)}#{event_id}")


def webhook_log(webhook_id: str, at: datetime, event_id: str) -> Key:
    """What became of one event: it was delivered, or parked."""
    return Key(f"WEBHOOK#{webhook_id}", f"LOG#{stamp(at)}#{event_id}")


def webhook_parked(webhook_id: str) -> str:
    """GSI1PK of what was parked, by the log's order."""
    return f"WEBHOOK_PARKED#{webhook_id}"


# --- privacy ------------------------------------------------------------------------------------------------------


def retention() -> Key:
    """How long things are kept, by class."""
    return Key("SETTINGS", "RETENTION")


def retention_job() -> Key:
    """The job that gives what is there the end that a new setting says."""
    return Key("SETTINGS", "RETENTION_JOB")


def privacy_job(job_id: str) -> Key:
    """One job about one person."""
    return Key("PRIVACY_JOBS", job_id)


# --- access -------------------------------------------------------------------------------------------------------

AUDIT = "AUDIT"


def user(user_id: str) -> Key:
    """The profile of one person; they are few and listed together."""
    return Key("USERS", user_id)


def api_key(key_id: str) -> Key:
    """One API key, by the half of it that is no secret."""
    return Key("API_KEYS", key_id)


def audit(at: datetime, entry_id: str) -> Key:
    """One entry of the audit log."""
    return Key(AUDIT, f"{stamp(at)}#{entry_id}")
