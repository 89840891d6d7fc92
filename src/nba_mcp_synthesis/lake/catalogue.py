"""The Glue Data Catalog: what is published, as tables that Athena, Spark and others find."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.connectors.aws import explain_aws, patient_client
from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault
from nba_mcp_synthesis.errors import LakeDown
from nba_mcp_synthesis.lake.manifest import File, Manifest
from nba_mcp_synthesis.schema.tables import ColumnType, Table, tables

_TYPES: dict[ColumnType, str] = {
    "text": "string",
    "integer": "int",
    "bigint": "bigint",
    "double": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
PARTITION = ("season", "season_type")
# Glue takes so many partitions in one call.
_TO_WRITE, _TO_DELETE = 100, 25
_LONGEST_COMMENT = 255
_AGAIN = "The lake itself is published. Publish again when Glue answers."
_HIVE = "org.apache.hadoop.hive"
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """What was done in the catalogue."""

    database: str
    tables: int
    partitions: int
    written: int
    removed: int


class Catalogue:
    """One database of Glue."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._client: Any = None
        self._written = self._removed = 0

    def register(self, place: str, manifest: Manifest) -> Registered:
        """Makes the catalogue say what the manifest says; what says so already is left alone.

        Raises:
            LakeDown: Glue does not answer, or does not let us in.
        """
        self._written = self._removed = 0
        try:
            self._client = self._client or patient_client("glue")
            self._ensure_database()
            there = self._tables()
            for table in tables().values():
                self._register(table, place, manifest.of("tables", table.name), there.get(table.name))
            self._remove_tables(there)
        except Exception as error:
            fault = explain_aws(error, f"Glue database {self._database}")
            raise LakeDown(fault.message, _AGAIN) from error
        partitioned = {file.key.rpartition("/")[0] for file in manifest.of("tables") if file.season}
        return Registered(self._database, len(tables()), len(partitioned), self._written, self._removed)

    def _ensure_database(self) -> None:
        try:
            self._client.get_database(Name=self._database)
        except self._client.exceptions.EntityNotFoundException:
            about = {"Name": self._database, "Description": "NBA data, published by nba-mcp."}
            self._client.create_database(DatabaseInput=about)

    def _tables(self) -> dict[str, dict[str, Any]]:
        pages = self._client.get_paginator("get_tables").paginate(DatabaseName=self._database)
        return {one["Name"]: one for page in pages for one in page["TableList"]}

    def _register(
        self, table: Table, place: str, files: Sequence[File], there: Mapping[str, Any] | None
    ) -> None:
        wanted = definition(table, place, files)
        if there is None:
            self._client.create_table(DatabaseName=self._database, TableInput=wanted)
            self._written += 1
        elif _differs(wanted, there):
            self._client.update_table(DatabaseName=self._database, TableInput=wanted, SkipArchive=True)
            self._written += 1
        if table.has_season:
            self._partitions(table, place, files)

    def _partitions(self, table: Table, place: str, files: Sequence[File]) -> None:
        wanted = {_values(file): f"{place}/{file.key.rpartition('/')[0]}" for file in files}
        held = self._held(table.name)
        new = [values for values in wanted if values not in held]
        moved = [values for values in wanted if values in held and held[values] != wanted[values]]
        names = {"DatabaseName": self._database, "TableName": table.name}
        for some in _some(new, _TO_WRITE):
            entries = [_partition(table, values, wanted[values]) for values in some]
            _done(self._client.batch_create_partition(**names, PartitionInputList=entries))
        for some in _some(moved, _TO_WRITE):
            changes = [
                {"PartitionValueList": list(one), "PartitionInput": _partition(table, one, wanted[one])}
                for one in some
            ]
            _done(self._client.batch_update_partition(**names, Entries=changes))
        gone = [values for values in held if values not in wanted]
        for some in _some(gone, _TO_DELETE):
            listed = [{"Values": list(values)} for values in some]
            _done(self._client.batch_delete_partition(**names, PartitionsToDelete=listed))
        self._written += len(new) + len(moved)
        self._removed += len(gone)

    def _held(self, table: str) -> dict[Values, str]:
        pages = self._client.get_paginator("get_partitions").paginate(
            DatabaseName=self._database, TableName=table
        )
        found = [one for page in pages for one in page["Partitions"]]
        return {tuple(one["Values"]): one["StorageDescriptor"]["Location"] for one in found}

    def _remove_tables(self, there: Mapping[str, Mapping[str, Any]]) -> None:
        """Removes tables of ours that this version no longer publishes; those of others stay."""
        for name, one in there.items():
            if name not in tables() and one.get("Parameters", {}).get("publisher") == "nba-mcp":
                self._client.delete_table(DatabaseName=self._database, Name=name)
                self._removed += 1


def definition(table: Table, place: str, files: Sequence[File]) -> dict[str, Any]:
    """A table as Glue wants it. One that is not partitioned lies where its newest files do."""
    folder = f"tables/{table.name}"
    if not table.has_season and files:
        folder = files[0].key.rpartition("/")[0]
    return {
        "Name": table.name,
        "Description": table.comment[:_LONGEST_COMMENT],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "classification": "parquet",
            "publisher": "nba-mcp",
            "recordCount": str(sum(file.rows for file in files)),
        },
        "PartitionKeys": [_column(table, name) for name in PARTITION if table.has_season],
        "StorageDescriptor": _storage(table, f"{place}/{folder}"),
    }


def _partition(table: Table, values: Values, location: str) -> dict[str, Any]:
    return {"Values": list(values), "StorageDescriptor": _storage(table, location)}


def _storage(table: Table, location: str) -> dict[str, Any]:
    names = [name for name in table.column_names() if not (table.has_season and name in PARTITION)]
    return {
        "Columns": [_column(table, name) for name in names],
        "Location": location,
        "InputFormat": f"{_HIVE}.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": f"{_HIVE}.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": f"{_HIVE}.ql.io.parquet.serde.ParquetHiveSerDe"},
    }


def _column(table: Table, name: str) -> dict[str, str]:
    column = next(one for one in table.columns if one.name == name)
    return {"Name": name, "Type": _TYPES[column.type], "Comment": column.comment[:_LONGEST_COMMENT]}


def _done(answer: Mapping[str, Any]) -> None:
    """Raises what Glue says of single partitions, which it does in an answer that looks like success."""
    for error in answer.get("Errors", ()):
        told = error.get("ErrorDetail") or error.get("PartitionError") or error
        raise DoorClosed(Fault("unknown", f"Glue did not take a partition ({told.get('ErrorCode', told)})."))


def _differs(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    return any(_part(there.get(name), value) != value for name, value in wanted.items())


def _part(found: Any, wanted: Any) -> Any:
    """Of what Glue holds the fields that we set: it adds others."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return {name: _part(found.get(name), value) for name, value in wanted.items()}
    return found


def _values(file: File) -> Values:
    return (file.season or "", file.season_type or "")


def _some(values: Sequence[Values], most: int) -> Iterator[Sequence[Values]]:
    for start in range(0, len(values), most):
        yield values[start : start + most]
