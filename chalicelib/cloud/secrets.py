"""Secrets Manager, read at most once in five minutes per process. Values never reach a log."""

import time
from dataclasses import field
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.dataclass import dataclass

_KEEP_SECONDS = 300.0


class SecretMissing(Exception):
    """No secret of this name exists in the deployment."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Secrets:
    """The secrets under the stage's prefix: `app-secret`, `verify-token`, `token/<WABA id>`."""

    client: Any
    prefix: str
    _kept: dict[str, tuple[float, str]] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> str:
        """The secret's text. Raises SecretMissing."""
        kept = self._kept.get(name)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        try:
            value = str(self.client.get_secret_value(SecretId=self.prefix + name)["SecretString"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                raise SecretMissing(name) from error
            raise
        self._kept[name] = (time.monotonic() + _KEEP_SECONDS, value)
        return value

    def fresh(self, name: str) -> str:
        """The secret's text as it is now, not as this process knows it. Raises SecretMissing."""
        self._kept.pop(name, None)
        return self.get(name)

    def delete(self, name: str) -> None:
        """Removes the secret at once; one that is not there is fine. Other processes may know it for five minutes yet."""
        try:
            self.client.delete_secret(SecretId=self.prefix + name, ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
        self._kept.pop(name, None)

    def put(self, name: str, value: str) -> None:
        """Creates or replaces the secret."""
        try:
            self.client.create_secret(Name=self.prefix + name, SecretString=value)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceExistsException":
                raise
            self.client.put_secret_value(SecretId=self.prefix + name, SecretString=value)
        self._kept.pop(name, None)
