"""The table of contents: everything that can be invoked, and where it lives."""

import chalicelib.access.api
import chalicelib.access.sessions
import chalicelib.automation.api
import chalicelib.automation.handlers
import chalicelib.automation.template_api
import chalicelib.campaigns.api
import chalicelib.campaigns.handlers
import chalicelib.channels.api
import chalicelib.contacts.api
import chalicelib.contacts.batches_api
import chalicelib.contacts.groups_api
import chalicelib.contacts.handlers
import chalicelib.conversations.consent_api
import chalicelib.conversations.handlers
import chalicelib.conversations.sends.api
import chalicelib.conversations.sends.handlers
import chalicelib.converse.agents.api
import chalicelib.converse.api
import chalicelib.converse.canned.api
import chalicelib.converse.customers.api
import chalicelib.converse.live.api
import chalicelib.converse.live.websocket
import chalicelib.converse.queues.api
import chalicelib.converse.reports.api
import chalicelib.converse.search.api
import chalicelib.converse.tickets.api
import chalicelib.converse.tickets.talk_api
import chalicelib.health.api
import chalicelib.http.api
import chalicelib.inbound.account_lane
import chalicelib.inbound.archive_lane
import chalicelib.inbound.message_lane
import chalicelib.inbound.status_lane
import chalicelib.inbound.stream
import chalicelib.inbound.timers
import chalicelib.inbound.webhook
import chalicelib.logs.api
import chalicelib.logs.handlers
import chalicelib.media.api
import chalicelib.media.handlers
import chalicelib.privacy.api
import chalicelib.privacy.handlers
import chalicelib.privacy.retention_api
import chalicelib.segments.api
import chalicelib.webchat.api
import chalicelib.webhooks.api
import chalicelib.webhooks.handlers
from chalicelib.http.front import new_app

app = new_app()

for blueprint in (
    chalicelib.http.api.bp,
    chalicelib.health.api.bp,
    chalicelib.access.sessions.bp,
    chalicelib.access.api.bp,
    chalicelib.contacts.api.bp,
    chalicelib.contacts.groups_api.bp,
    chalicelib.contacts.batches_api.bp,
    chalicelib.contacts.handlers.bp,
    chalicelib.inbound.webhook.bp,
    chalicelib.inbound.message_lane.bp,
    chalicelib.inbound.status_lane.bp,
    chalicelib.inbound.account_lane.bp,
    chalicelib.inbound.archive_lane.bp,
    chalicelib.channels.api.bp,
    chalicelib.media.api.bp,
    chalicelib.media.handlers.bp,
    chalicelib.conversations.consent_api.bp,
    chalicelib.conversations.handlers.bp,
    chalicelib.conversations.sends.api.bp,
    chalicelib.conversations.sends.handlers.bp,
    chalicelib.logs.api.bp,
    chalicelib.logs.handlers.bp,
    chalicelib.converse.tickets.api.bp,
    chalicelib.converse.search.api.bp,
    chalicelib.converse.reports.api.bp,
    chalicelib.converse.tickets.talk_api.bp,
    chalicelib.campaigns.api.bp,
    chalicelib.automation.api.bp,
    chalicelib.automation.template_api.bp,
    chalicelib.automation.handlers.bp,
    chalicelib.campaigns.handlers.bp,
    chalicelib.converse.queues.api.bp,
    chalicelib.converse.agents.api.bp,
    chalicelib.converse.api.bp,
    chalicelib.converse.canned.api.bp,
    chalicelib.converse.customers.api.bp,
    chalicelib.converse.live.api.bp,
    chalicelib.converse.live.websocket.bp,
    chalicelib.segments.api.bp,
    chalicelib.privacy.api.bp,
    chalicelib.privacy.handlers.bp,
    chalicelib.privacy.retention_api.bp,
    chalicelib.webchat.api.bp,
    chalicelib.webhooks.api.bp,
    chalicelib.webhooks.handlers.bp,
    chalicelib.inbound.timers.bp,
    chalicelib.inbound.stream.bp,
):
    app.register_blueprint(blueprint)
