"""Which kind of store an address means."""

from pathlib import Path

from nba_mcp_synthesis.addresses import lake_address
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.lake.folder import FolderStore
from nba_mcp_synthesis.lake.s3 import Observe, S3Store, unobserved
from nba_mcp_synthesis.lake.store import S3, Store


def open_store(url: str, kms_key: str | None = None, observe: Observe = unobserved) -> Store:
    """The store at `s3://BUCKET/PREFIX` or in a folder; nothing is looked at yet.

    `observe` hears of each operation on S3.

    Raises:
        UsageError: that is no address of a lake.
        NotInstalled: the libraries of AWS are not installed.
    """
    try:
        lake_address(url)
    except ValueError as error:
        raise UsageError(f"The address of a lake {error}.") from error
    if url.startswith(S3):
        bucket, _, prefix = url.removeprefix(S3).partition("/")
        return S3Store(bucket, prefix.strip("/"), kms_key, observe)
    return FolderStore(Path(url).expanduser())
