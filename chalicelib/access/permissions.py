"""Who may do what: every permission, and the table of roles. A route names one; `CurrentUser.permissions` has what a caller has."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is; see GRANTS."""

    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    AGENT = "agent"


class Permission(StrEnum):
    """`<things>:<verb>`. Reading a thing that has a wider view names it: `tickets:read-all`."""

    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CAMPAIGNS_SEND = "campaigns:send"
    CAMPAIGNS_APPROVE = "campaigns:approve"

    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    CONTACTS_IMPORT = "contacts:import"
    CONTACTS_DELETE = "contacts:delete"
    CONTACTS_ERASE = "contacts:erase"

    CHANNELS_READ = "channels:read"
    CHANNELS_WRITE = "channels:write"
    SUBACCOUNTS_WRITE = "subaccounts:write"

    TEMPLATES_READ = "templates:read"
    TEMPLATES_WRITE = "templates:write"

    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"

    MESSAGES_SEND = "messages:send"
    MESSAGES_READ = "messages:read"

    TICKETS_READ = "tickets:read"
    TICKETS_READ_ALL = "tickets:read-all"
    TICKETS_WRITE = "tickets:write"
    TICKETS_WRITE_ALL = "tickets:write-all"
    TICKETS_ASSIGN = "tickets:assign"

    QUEUES_READ = "queues:read"
    QUEUES_WRITE = "queues:write"
    AGENTS_READ = "agents:read"
    AGENTS_WRITE = "agents:write"
    CANNED_REPLIES_READ = "canned-replies:read"
    CANNED_REPLIES_WRITE = "canned-replies:write"

    WORKFLOWS_READ = "workflows:read"
    WORKFLOWS_WRITE = "workflows:write"
    WORKFLOWS_RUN = "workflows:run"

    REPORTS_READ = "reports:read"
    LOGS_READ = "logs:read"
    EXPORTS_WRITE = "exports:write"

    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"

    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    API_KEYS_READ = "api-keys:read"
    API_KEYS_WRITE = "api-keys:write"
    AUDIT_READ = "audit:read"

    HEALTH_READ = "health:read"
    HEALTH_WRITE = "health:write"


_P = Permission

_AGENT = {
    _P.CONTACTS_READ,
    _P.CONTACTS_WRITE,
    _P.CHANNELS_READ,
    _P.TEMPLATES_READ,
    _P.MEDIA_READ,
    _P.MEDIA_WRITE,
    _P.MESSAGES_READ,
    _P.TICKETS_READ,
    _P.TICKETS_WRITE,
    _P.QUEUES_READ,
    _P.AGENTS_READ,
    _P.CANNED_REPLIES_READ,
    _P.SETTINGS_READ,
}

_SUPERVISOR = _AGENT | {
    _P.CAMPAIGNS_READ,
    _P.CAMPAIGNS_WRITE,
    _P.CAMPAIGNS_SEND,
    _P.CONTACTS_IMPORT,
    _P.CONTACTS_DELETE,
    _P.MESSAGES_SEND,
    _P.TICKETS_READ_ALL,
    _P.TICKETS_WRITE_ALL,
    _P.TICKETS_ASSIGN,
    _P.QUEUES_WRITE,
    _P.AGENTS_WRITE,
    _P.CANNED_REPLIES_WRITE,
    _P.TEMPLATES_WRITE,
    _P.WORKFLOWS_READ,
    _P.WORKFLOWS_RUN,
    _P.REPORTS_READ,
    _P.LOGS_READ,
    _P.EXPORTS_WRITE,
    _P.USERS_READ,
}

# An administrator may do everything but chat: tickets are for agents and supervisors (they are assigned none).
_ADMINISTRATOR = set(_P)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(_ADMINISTRATOR),
    Role.SUPERVISOR: frozenset(_SUPERVISOR),
    Role.AGENT: frozenset(_AGENT),
}


def permissions_of(role: Role, extra: frozenset[Permission] = frozenset()) -> frozenset[Permission]:
    """What a role has, and what this one person or key was given beyond it."""
    return GRANTS[role] | extra
