"""What the Glue Data Catalog says of its tables: ours, and those of others in the same database."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.connectors.aws import aws_client, explain_aws
from nba_mcp_synthesis.errors import LakeDown, NbaMcpError

_MOST_PARTITIONS = 10_000
Described = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class GlueTable:
    """One table: columns as (name, type, comment), those that partition it at the end.

    `rows` is what whoever wrote the table noted, None where nobody did.
    """

    name: str
    comment: str
    columns: Described
    rows: int | None
    is_partitioned: bool


class GlueReader:
    """One database, read with short time-outs: somebody waits."""

    def __init__(self, database: str) -> None:
        self.database = database
        self._client: Any = None

    def tables(self) -> tuple[GlueTable, ...]:
        """All tables; LakeDown where Glue does not answer, or does not let us in."""
        with self._told():
            pages = self._connected().get_paginator("get_tables").paginate(DatabaseName=self.database)
            return tuple(_table(one) for page in pages for one in page["TableList"])

    def partitions(self, table: str) -> int | None:
        """How many a table has; None where that is more than anybody counts. LakeDown as of `tables`."""
        with self._told():
            pages = (
                self._connected()
                .get_paginator("get_partitions")
                .paginate(
                    DatabaseName=self.database,
                    TableName=table,
                    ExcludeColumnSchema=True,
                    PaginationConfig={"MaxItems": _MOST_PARTITIONS + 1},
                )
            )
            found = sum(len(page["Partitions"]) for page in pages)
        return found if found <= _MOST_PARTITIONS else None

    def _connected(self) -> Any:
        if self._client is None:
            self._client = aws_client("glue")
        return self._client

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except NbaMcpError:
            raise
        except Exception as error:
            fault = explain_aws(error, f"Glue database {self.database}")
            raise LakeDown(fault.message, "Try again in a while.") from error


def _table(told: Mapping[str, Any]) -> GlueTable:
    """Whatever is not told is empty: tables of others need not have it."""
    keys = told.get("PartitionKeys", [])
    columns = [*told.get("StorageDescriptor", {}).get("Columns", []), *keys]
    noted = str(told.get("Parameters", {}).get("recordCount", ""))
    return GlueTable(
        told["Name"],
        told.get("Description", ""),
        tuple((one["Name"], one.get("Type", ""), one.get("Comment", "")) for one in columns),
        int(noted) if noted.isascii() and noted.isdecimal() else None,
        bool(keys),
    )
