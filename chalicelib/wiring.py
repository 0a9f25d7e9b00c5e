"""Builds the real adapters, each once per process and only when first used. A test makes its own World."""

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.cloud.clock import Clock, utc_now
from chalicelib.cloud.ids import new_id
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.queues import Queues, reads_failures_alone, urls_of
from chalicelib.cloud.schedules import Schedules
from chalicelib.cloud.secrets import Secrets
from chalicelib.cloud.table import Table
from chalicelib.settings import Settings, settings

if TYPE_CHECKING:  # a function must not pay for what it never uses
    from chalicelib.access.directory import Directory
    from chalicelib.access.tokens import TokenVerifier
    from chalicelib.cloud.direct import Direct
    from chalicelib.cloud.live import Live
    from chalicelib.egress import Egress
    from chalicelib.whatsapp.client import Client
    from chalicelib.whatsapp.http import Transport


class World:
    """Everything outside the process that a use case may be handed."""

    def __init__(self, config: Settings, clock: Clock = utc_now) -> None:
        self.settings = config
        self.clock = clock
        self.new_id = new_id

    @cached_property
    def table(self) -> Table:
        """The main table."""
        return Table(_dynamodb(), self.settings.main_table)

    @cached_property
    def ledger(self) -> Table:
        """The campaign ledger: one item per recipient."""
        return Table(_dynamodb(), self.settings.ledger_table)

    @cached_property
    def queues(self) -> Queues:
        """The SQS queues."""
        # The entries are ours and well-formed: checking them again would be a sixth of the webhook's CPU.
        return Queues(reads_failures_alone(_client("sqs", parameter_validation=False)), urls_of(self.settings))

    @cached_property
    def media(self) -> Objects:
        """Files in and out, recipients files, chunks, exports."""
        # The older signature does not cover a link's file name and type, and most regions know the newer alone.
        return Objects(_client("s3", signature_version="s3v4"), self.settings.media_bucket)

    @cached_property
    def archive(self) -> Objects:
        """Raw webhooks."""
        return Objects(_client("s3"), self.settings.archive_bucket)

    @cached_property
    def secrets(self) -> Secrets:
        """The stage's secrets."""
        return Secrets(_client("secretsmanager"), self.settings.secret_prefix)

    @cached_property
    def schedules(self) -> Schedules:
        """One-time schedules that call the launch function."""
        s = self.settings
        return Schedules(_client("scheduler"), s.schedule_group, s.scheduler_role_arn, s.launch_function_arn)

    @cached_property
    def workflow_schedules(self) -> Schedules:
        """Schedules that start workflows."""
        s = self.settings
        return Schedules(_client("scheduler"), s.schedule_group, s.scheduler_role_arn, s.trigger_function_arn)

    @cached_property
    def tokens(self) -> "TokenVerifier":
        """Checks people's access tokens."""
        from chalicelib.access.tokens import TokenVerifier, issuer_of, keys_url_of

        s = self.settings
        return TokenVerifier(
            issuer=issuer_of(s.user_pool_id),
            client_id=s.user_pool_client_id,
            keys_url=keys_url_of(s.user_pool_id, s.aws_endpoint_url),
            fetch=_fetch,
        )

    @cached_property
    def directory(self) -> "Directory":
        """The people who can sign in."""
        from chalicelib.access.directory import Directory

        s = self.settings
        return Directory(_client("cognito-idp"), s.user_pool_id, s.user_pool_client_id)

    @cached_property
    def live(self) -> "Live":
        """The open WebSocket connections."""
        import boto3
        from botocore.config import Config

        from chalicelib.cloud.live import Live

        # A hint is not worth waiting for: whoever misses it reads the feed.
        config = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1})
        endpoint = self.settings.websocket_endpoint
        return Live(boto3.client("apigatewaymanagementapi", endpoint_url=endpoint, config=config))

    def whatsapp(self, waba_id: str) -> "Client":
        """Meta's Cloud API with the access token of one WhatsApp Business Account."""
        from chalicelib.whatsapp.client import Client, Endpoint

        token = self.secrets.get(f"token/{waba_id}")
        return Client(Endpoint(self.settings.graph_url, self.settings.graph_version, token), self.transport)

    @cached_property
    def transport(self) -> "Transport":
        """HTTP to Meta, its connections shared by all threads and accounts. A test puts its own here."""
        from chalicelib.whatsapp.transport import Urllib3Transport

        s = self.settings
        return Urllib3Transport(
            connect_timeout=s.graph_connect_timeout_seconds, read_timeout=s.graph_read_timeout_seconds, connections=50
        )

    @cached_property
    def egress(self) -> "Egress":
        """HTTP to addresses that users name: of workflows and webhooks. A test puts its own here."""
        from chalicelib.egress import Egress

        return Egress.to(self.settings.reachable_hosts)

    def client(self, service: str) -> Any:
        """Any other AWS client by boto3's name."""
        return _client(service)


@cache
def world() -> World:
    """The world of this process."""
    return World(settings())


@cache
def _client(service: str, **options: Any) -> Any:
    import boto3
    from botocore.config import Config

    # Send workers share one client among their threads. botocore builds its own user agent anew for every request, which
    # takes as long as a third of the rest of a small call; a fixed one does not.
    config = Config(max_pool_connections=50, retries={"mode": "standard"}, user_agent="parley", **options)
    return boto3.client(service, config=config)  # type: ignore[call-overload]


@cache
def _dynamodb() -> "Direct":
    import boto3

    from chalicelib.cloud.direct import Direct, session

    client = _client("dynamodb")
    assert boto3.DEFAULT_SESSION is not None  # the client's own
    return Direct(client, boto3.DEFAULT_SESSION.get_credentials(), session(50))


def _fetch(url: str) -> bytes:
    import urllib3

    from chalicelib.problems import Unavailable

    try:
        answer = urllib3.request("GET", url, timeout=5.0, retries=2)
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable("Access tokens cannot be checked at the moment. Try again soon.") from error
    if answer.status != 200:
        raise Unavailable("Access tokens cannot be checked at the moment. Try again soon.")
    return answer.data
