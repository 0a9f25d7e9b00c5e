"""Open WebSocket connections: one message to one of them."""

import json
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class Live:
    """API Gateway's side of the connections. `client` is boto3's client of its management API."""

    client: Any

    def post(self, connection_id: str, message: dict[str, Any]) -> bool:
        """Sends JSON of at most 128 KB to a connection. False when it is gone for good."""
        try:
            self.client.post_to_connection(
                ConnectionId=connection_id, Data=json.dumps(message, separators=(",", ":")).encode()
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in {"GoneException", "410", "NotFoundException"}:
                return False
            raise
        return True
