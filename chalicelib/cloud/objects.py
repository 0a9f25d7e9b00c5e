"""An S3 bucket behind small functions."""

from collections.abc import Iterable, Iterator
from typing import IO, Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class Lifetime:
    """How long the objects under a prefix are kept: a rule of the bucket's lifecycle, which S3 itself carries out."""

    rule: str
    """The rule's id, the same as in infra/resources/buckets.yaml."""
    prefix: str
    days: int | None
    cold_after: int | None = None
    """After so many days they are kept where reading costs more and keeping less."""


class ObjectMissing(Exception):
    """There is no object under this key."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True)
class Objects:
    """One bucket. `client` is boto3's S3 client."""

    client: Any
    bucket: str

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        """Writes the object, whole or not at all."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def put_file(self, key: str, file: IO[bytes], content_type: str) -> None:
        """Writes what is left of an open file, whole or not at all; it is not read into memory."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=file, ContentType=content_type)

    def copy(self, key: str, to: str, content_type: str) -> None:
        """Writes a copy, under another type. Raises ObjectMissing."""
        source = {"Bucket": self.bucket, "Key": key}
        try:
            self.client.copy_object(
                Bucket=self.bucket, Key=to, CopySource=source, ContentType=content_type, MetadataDirective="REPLACE"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise ObjectMissing(key) from error
            raise

    def get(self, key: str) -> bytes:
        """The whole object. Raises ObjectMissing."""
        with self.open(key) as body:
            return bytes(body.read())

    def open(self, key: str) -> Any:
        """The object as a stream to read and close. Raises ObjectMissing."""
        try:
            return self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise ObjectMissing(key) from error
            raise

    def size(self, key: str) -> int:
        """The object's size in bytes. Raises ObjectMissing."""
        try:
            return int(self.client.head_object(Bucket=self.bucket, Key=key)["ContentLength"])
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise ObjectMissing(key) from error
            raise

    def delete(self, key: str) -> None:
        """Removes the object; an absent one is fine."""
        self.client.delete_object(Bucket=self.bucket, Key=key)

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key under the prefix, in order."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for entry in page.get("Contents", []):
                yield entry["Key"]

    def page(self, prefix: str, *, after: str = "") -> list[str]:
        """At most a thousand keys under the prefix, in order, behind one of them."""
        start = {"StartAfter": after} if after else {}
        answer = self.client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, **start)
        return [entry["Key"] for entry in answer.get("Contents", [])]

    def expire(self, lifetimes: Iterable[Lifetime]) -> None:
        """Makes these rules of the bucket's lifecycle what is said here and leaves its others; writes only what differs."""
        rules = self._lifecycle()
        wanted = {rule["ID"]: rule for rule in rules}
        for each in lifetimes:
            wanted.pop(each.rule, None)
            if each.days is not None:
                wanted[each.rule] = _rule(each, each.days)
        ours = sorted(wanted.values(), key=lambda rule: str(rule["ID"]))
        if ours != sorted(rules, key=lambda rule: str(rule["ID"])):
            self.client.put_bucket_lifecycle_configuration(Bucket=self.bucket, LifecycleConfiguration={"Rules": ours})

    def _lifecycle(self) -> list[dict[str, Any]]:
        try:
            answer = self.client.get_bucket_lifecycle_configuration(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
                return []
            raise
        return list(answer["Rules"])

    def upload_link(self, key: str, *, content_type: str, max_bytes: int, seconds: int = 3600) -> dict[str, Any]:
        """A presigned form for a browser: {url, fields}; S3 itself refuses a larger body or another type."""
        conditions = [{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]]
        return dict(
            self.client.generate_presigned_post(
                self.bucket,
                key,
                Fields={"Content-Type": content_type},
                Conditions=conditions,
                ExpiresIn=seconds,
            )
        )

    def download_link(
        self, key: str, *, filename: str = "", content_type: str = "", in_place: bool = False, seconds: int = 3600
    ) -> str:
        """A link anybody may read the object by until it expires; `in_place` lets a browser show it instead of saving it."""
        params = {"Bucket": self.bucket, "Key": key}
        if filename:
            way = "inline" if in_place else "attachment"
            plain = filename.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
            params["ResponseContentDisposition"] = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename)}"
        if content_type:
            params["ResponseContentType"] = content_type
        return str(self.client.generate_presigned_url("get_object", Params=params, ExpiresIn=seconds))


def _rule(lifetime: Lifetime, days: int) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "ID": lifetime.rule,
        "Status": "Enabled",
        "Filter": {"Prefix": lifetime.prefix},
        "Expiration": {"Days": days},
    }
    if lifetime.cold_after is not None and days > lifetime.cold_after:
        rule["Transitions"] = [{"StorageClass": "GLACIER_IR", "Days": lifetime.cold_after}]
    return rule
