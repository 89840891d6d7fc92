"""A lake in a bucket of S3."""

import contextlib
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nba_mcp_synthesis.connectors.aws import explain_aws, patient_client
from nba_mcp_synthesis.deadlines import within
from nba_mcp_synthesis.errors import LakeDown, NbaMcpError
from nba_mcp_synthesis.lake.bucket import faults
from nba_mcp_synthesis.lake.store import Stored, checked_key

# (operation, seconds, bytes, outcome) of each call.
Observe = Callable[[str, float, int, str], None]
_MOST_KEYS = 1_000  # of one call to list or to delete
# What an object may take: a while, and longer the larger it is.
_BODY_SECONDS, _LEAST_BYTES_A_SECOND = 30.0, 100_000
_GONE = frozenset({"NoSuchKey", "404"})
_HINTS = {
    "permission": "The identity needs s3:GetObject, PutObject, DeleteObject, ListBucket on it, and the right "
    "to read its encryption and public access block.",
    "login": "See to the AWS credentials, then try again.",
    "not found": "Make the bucket first, or name another in NBA_MCP_LAKE_URL.",
    "name": "Set AWS_REGION.",
}


def unobserved(_operation: str, _seconds: float, _size: int, _outcome: str) -> None:
    """For those who count nothing."""


class S3Store:
    """Objects below a prefix of a bucket; see `store.Store`. Credentials are those of the default chain."""

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        kms_key: str | None = None,
        observe: Observe = unobserved,
    ) -> None:
        self._bucket, self._root = bucket, f"{prefix}/" if prefix else ""
        self._encryption = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}
            if kms_key
            else {"ServerSideEncryption": "AES256"}
        )
        self._observe = observe
        self._client: Any = None

    @property
    def place(self) -> str:
        """The address."""
        return f"s3://{self._bucket}/{self._root}".rstrip("/")

    @property
    def client(self) -> Any:
        """The client, made when it is first needed; it may be used from several threads."""
        if self._client is None:
            self._client = patient_client("s3")
        return self._client

    def read(self, key: str) -> bytes | None:
        """See `store.Store`."""
        with self._told("get") as call:
            try:
                found = self.client.get_object(Bucket=self._bucket, Key=self._root + checked_key(key))
                content = _whole(found["Body"], found["ContentLength"])
            except Exception as error:
                if _code(error) in _GONE:
                    return None
                raise
            call.bytes = len(content)
        return content

    def write(self, key: str, content: bytes) -> None:
        """See `store.Store`; large objects go in parts."""
        with self._told("put", len(content)):
            self.client.upload_fileobj(
                io.BytesIO(content),
                self._bucket,
                self._root + checked_key(key),
                ExtraArgs={**self._encryption, "ChecksumAlgorithm": "SHA256"},
            )

    def swap(self, key: str, content: bytes, before: bytes | None) -> bool:
        """See `store.Store`; S3 itself compares."""
        full = self._root + checked_key(key)
        with self._told("put", len(content)):
            try:
                condition = self._as_before(full, before)
                if condition is None:
                    return False
                self.client.put_object(
                    Bucket=self._bucket, Key=full, Body=content, **self._encryption, **condition
                )
            except Exception as error:
                if _code(error) in {"PreconditionFailed", "412", "ConditionalRequestConflict"}:
                    return False
                raise
        return True

    def _as_before(self, key: str, before: bytes | None) -> dict[str, str] | None:
        """The condition under which nobody else has written; None where somebody has."""
        if before is None:
            return {"IfNoneMatch": "*"}
        found = self.client.get_object(Bucket=self._bucket, Key=key)
        content = _whole(found["Body"], found["ContentLength"])
        return {"IfMatch": found["ETag"]} if content == before else None

    def keys(self, prefix: str, after: str = "", limit: int | None = None) -> list[Stored]:
        """See `store.Store`."""
        found: list[Stored] = []
        with self._told("list"):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket,
                Prefix=self._root + prefix,
                StartAfter=self._root + after if after else "",
                PaginationConfig={"MaxItems": limit, "PageSize": _MOST_KEYS},
            )
            for page in pages:
                found += [
                    Stored(one["Key"].removeprefix(self._root), one["Size"], one["LastModified"])
                    for one in page.get("Contents", ())
                ]
        return found

    def delete(self, keys: list[str]) -> None:
        """See `store.Store`."""
        for start in range(0, len(keys), _MOST_KEYS):
            with self._told("delete"):
                objects = [{"Key": self._root + checked_key(key)} for key in keys[start : start + _MOST_KEYS]]
                answer = self.client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True}
                )
                self._check_removed(answer.get("Errors", ()))

    def _check_removed(self, errors: Sequence[Mapping[str, str]]) -> None:
        """Raises what S3 says of single objects, which it does in an answer that looks like success."""
        if errors:
            code = errors[0].get("Code", "unknown")
            told = f"S3 bucket {self._bucket} kept {len(errors)} objects that were to be removed ({code})."
            raise LakeDown(told, f"Readers have the newest state. {_HINTS['permission']}")

    def check(self) -> list[str]:
        """Public access and encryption of the bucket."""
        with self._told("check"):
            return faults(self.client, self._bucket)

    @contextlib.contextmanager
    def _told(self, operation: str, size: int = 0) -> Iterator["_Call"]:
        call, started = _Call(size), time.perf_counter()
        outcome = "ok"
        try:
            yield call
        except NbaMcpError as error:
            outcome = error.code
            raise
        except Exception as error:
            fault = explain_aws(error, f"S3 bucket {self._bucket}")
            outcome = str(fault.kind)
            raise LakeDown(fault.message, _HINTS.get(outcome, "Try again in a while.")) from error
        finally:
            self._observe(operation, time.perf_counter() - started, call.bytes, outcome)


def _whole(body: Any, size: int) -> bytes:
    """All of an object, whose time-outs alone would let it come a byte at a time for ever.

    Raises:
        TimeoutError: it comes slower than anybody can use.
    """

    def read() -> bytes:
        content: bytes = body.read()
        return content

    try:
        return within(_BODY_SECONDS + size / _LEAST_BYTES_A_SECOND, read)
    except TimeoutError:
        body.set_socket_timeout(0.001)  # ends the thread that still reads
        raise


class _Call:
    """One call while it runs."""

    def __init__(self, size: int) -> None:
        self.bytes = size


def _code(error: BaseException) -> str:
    answer = getattr(error, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, dict) else ""
