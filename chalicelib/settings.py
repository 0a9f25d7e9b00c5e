"""What a deployment decides, read once from the environment. The only reader of `os.environ`.

pydantic-settings would do the same and costs a worker a quarter of its cold start (`make bench BENCH=imports`): three lines
here instead.
"""

import os
from collections.abc import Mapping
from functools import cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

_PREFIX = "PARLEY_"


class Settings(BaseModel):
    """Every name is the environment variable `PARLEY_<NAME>`; infra/resources sets them from the template's own resources."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    stage: str = "local"
    # CloudFormation's stack: names of functions, logs and dead-letter queues begin with it.
    stack_name: str = "parley-local"
    # The account of every path `/api/v1/accounts/{accountId}/…`: one deployment serves one.
    account_id: str = "parley"
    # Set by an emulator for its functions; empty on AWS.
    aws_endpoint_url: str = ""

    main_table: str = ""
    ledger_table: str = ""

    inbound_queue_url: str = ""
    statuses_queue_url: str = ""
    account_queue_url: str = ""
    archive_queue_url: str = ""
    campaign_queue_url: str = ""
    contacts_queue_url: str = ""
    bulk_queue_url: str = ""
    replies_queue_url: str = ""
    media_queue_url: str = ""
    webhooks_queue_url: str = ""
    privacy_queue_url: str = ""
    sends_queue_url: str = ""
    exports_queue_url: str = ""
    events_queue_url: str = ""

    media_bucket: str = ""
    archive_bucket: str = ""
    # Files stay in quarantine until a scanner's verdict comes by EventBridge (docs/operations.md); empty: our own checks do.
    media_scanner: Literal["", "guardduty"] = ""
    secret_prefix: str = "parley/local/"  # noqa: S105 - a name, not a secret

    user_pool_id: str = ""
    user_pool_client_id: str = ""
    websocket_endpoint: str = ""
    # What CloudFront proves itself with (header X-Parley-Edge); empty: nothing stands between a caller and API Gateway.
    edge_key: str = ""

    schedule_group: str = ""
    scheduler_role_arn: str = ""
    launch_function_arn: str = ""
    trigger_function_arn: str = ""
    state_machine_role_arn: str = ""
    step_function_arn: str = ""
    # Hosts that workflows and webhooks may call although they are not on the public internet: `crm.internal, 10.0.0.7:9000`.
    reachable_hosts: str = ""

    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v23.0"
    # Meta names no limit for a send; the window margin (conversations/window.py) is derived from these two.
    graph_connect_timeout_seconds: float = Field(default=5.0, gt=0)
    graph_read_timeout_seconds: float = Field(default=15.0, gt=0)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The settings in these variables. Raises ValidationError naming the field."""
        given = {k.removeprefix(_PREFIX).lower(): v for k, v in environment.items() if k.startswith(_PREFIX)}
        return cls(**{"aws_endpoint_url": environment.get("AWS_ENDPOINT_URL", ""), **given})


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.of(os.environ)
