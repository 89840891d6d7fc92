"""Backups in a bucket: large objects go in parts that S3 checks, and appear when the last is there."""

import base64
import contextlib
import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from nba_mcp_synthesis.connectors.aws import explain_aws, patient_client
from nba_mcp_synthesis.errors import BackupsDown, NbaMcpError
from nba_mcp_synthesis.lake.store import Stored, checked_key
from nba_mcp_synthesis.telemetry.logs import get_logger

_MOST_KEYS = 1_000  # of one call to delete
_GONE = frozenset({"NoSuchKey", "404"})
_HINTS = {
    "permission": "The identity needs s3:GetObject, PutObject, DeleteObject, AbortMultipartUpload and "
    "ListBucket on it.",
    "login": "See to the AWS credentials, then try again.",
    "not found": "Make the bucket first, or name another in NBA_MCP_BACKUP_URL.",
    "name": "Set AWS_REGION.",
}


class S3Backups:
    """Objects below a prefix of a bucket, by the default chain of credentials; see `store.BackupStore`."""

    def __init__(self, bucket: str, prefix: str = "", kms_key: str | None = None) -> None:
        self.bucket, self._root = bucket, f"{prefix}/" if prefix else ""
        kms = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}
        self._encryption = kms if kms_key else {"ServerSideEncryption": "AES256"}
        self._client: Any = None

    @property
    def place(self) -> str:
        """The address."""
        return f"s3://{self.bucket}/{self._root}".rstrip("/")

    @property
    def client(self) -> Any:
        """The client, made when it is first needed; it may be used from several threads."""
        if self._client is None:
            self._client = patient_client("s3")
        return self._client

    def begin(self, key: str) -> "S3Draft":
        """See `store.BackupStore`."""
        with self.told():
            where = self._where(key)
            begun = self.client.create_multipart_upload(
                **where, **self._encryption, ChecksumAlgorithm="SHA256"
            )
            return S3Draft(self, {**where, "UploadId": begun["UploadId"]})

    def size(self, key: str) -> int | None:
        """See `store.BackupStore`."""
        with self.told():
            try:
                return int(self.client.head_object(**self._where(key))["ContentLength"])
            except Exception as error:
                if _code(error) in _GONE:
                    return None
                raise

    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes | None:
        """See `store.BackupStore`."""
        span = "" if size is None else str(start + size - 1)
        asked = {"Range": f"bytes={start}-{span}"} if start or size is not None else {}
        with self.told():
            try:
                content: bytes = self.client.get_object(**self._where(key), **asked)["Body"].read()
            except Exception as error:
                if _code(error) in _GONE:
                    return None
                if _code(error) == "InvalidRange":  # the object ends before
                    return b""
                raise
        return content

    def write(self, key: str, content: bytes) -> None:
        """See `store.BackupStore`."""
        with self.told():
            self.client.put_object(
                **self._where(key), Body=content, **self._encryption, ChecksumAlgorithm="SHA256"
            )

    def keys(self, prefix: str = "") -> list[Stored]:
        """See `store.BackupStore`."""
        with self.told():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self._root + prefix
            )
            return [
                Stored(one["Key"].removeprefix(self._root), one["Size"], one["LastModified"])
                for page in pages
                for one in page.get("Contents", ())
            ]

    def delete(self, keys: list[str]) -> None:
        """See `store.BackupStore`; what a lock of the bucket holds is named."""
        for start in range(0, len(keys), _MOST_KEYS):
            objects = [{"Key": self._where(key)["Key"]} for key in keys[start : start + _MOST_KEYS]]
            with self.told():
                answer = self.client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True}
                )
            if errors := answer.get("Errors"):
                raise BackupsDown(
                    f"S3 did not delete {errors[0]['Key']} ({errors[0].get('Code', 'no reason given')}).",
                    "See to the rights of the identity and to the bucket's object lock.",
                )

    def leftovers(self, seconds: float) -> list[str]:
        """See `store.BackupStore`."""
        return [one["Key"].removeprefix(self._root) for one in self._uploads(seconds)]

    def sweep(self, seconds: float) -> list[str]:
        """See `store.BackupStore`."""
        found = self._uploads(seconds)
        for one in found:
            with self.told():
                self.client.abort_multipart_upload(
                    Bucket=self.bucket, Key=one["Key"], UploadId=one["UploadId"]
                )
        return [one["Key"].removeprefix(self._root) for one in found]

    def _uploads(self, seconds: float) -> list[dict[str, Any]]:
        before = datetime.now(UTC) - timedelta(seconds=seconds)
        with self.told():
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, Prefix=self._root
            )
            found = [one for page in pages for one in page.get("Uploads", ())]
        return [one for one in found if one["Initiated"] < before]

    def _where(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self._root + checked_key(key)}

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Words the errors of the block."""
        try:
            yield
        except NbaMcpError:
            raise
        except Exception as error:
            fault = explain_aws(error, f"S3 bucket {self.bucket}")
            raise BackupsDown(fault.message, _HINTS.get(str(fault.kind), "Try again in a while.")) from error


class S3Draft:
    """A multipart upload; see `store.Draft`. S3 compares the SHA-256 of each part with what arrived."""

    def __init__(self, store: S3Backups, where: dict[str, str]) -> None:
        self._store, self._where = store, where
        self._parts: dict[int, dict[str, Any]] = {}
        self._lock, self._open = threading.Lock(), True

    def part(self, number: int, offset: int, content: bytes) -> None:  # noqa: ARG002 - as the protocol
        """See `store.Draft`."""
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        with self._store.told():
            sent = self._store.client.upload_part(
                **self._where, PartNumber=number, Body=content, ChecksumSHA256=checksum
            )
        with self._lock:
            self._parts[number] = {"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum}

    def finish(self) -> None:
        """See `store.Draft`."""
        parts = [self._parts[number] for number in sorted(self._parts)]
        with self._store.told():
            self._store.client.complete_multipart_upload(**self._where, MultipartUpload={"Parts": parts})
        self._open = False

    def abandon(self) -> None:
        """See `store.Draft`. Where S3 does not answer, `prune` aborts the upload a day later."""
        if not self._open:
            return
        self._open = False
        try:
            with self._store.told():
                self._store.client.abort_multipart_upload(**self._where)
        except BackupsDown as error:
            get_logger().warning("backup", left_behind=self._where["Key"], reason=error.message)


def _code(error: BaseException) -> str:
    answer = getattr(error, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, dict) else ""
