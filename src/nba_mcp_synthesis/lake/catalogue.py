"""The Glue Data Catalog: what is published, as tables that Athena, Spark and others find."""

import random
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.connectors.aws import explain_aws, patient_client
from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault
from nba_mcp_synthesis.errors import Busy, LakeDown, NbaMcpError
from nba_mcp_synthesis.lake import noted, registration
from nba_mcp_synthesis.lake.manifest import File, Manifest, current
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.tables import ColumnType, Table, merged_tables, tables

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
_ABOUT = "NBA data, published by nba-mcp."
_STAGED = "As each source gave it, before merging. "
_LOAD = {"Name": "load_id", "Type": "int", "Comment": "The load that the row came with."}
# What the database of somebody else may have, and must keep.
_KEPT = ("Description", "LocationUri", "CreateTableDefaultPermissions")
# So often it is begun anew where somebody else registers at the same time.
_ATTEMPTS, _PAUSE_SECONDS = 5, 2.0
Values = tuple[str, ...]


class _OvertakenError(Exception):
    """Somebody else has changed the lake or the catalogue meanwhile."""


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
        self._told: dict[str, str] = {}
        self._token = ""

    def register(self, store: Store) -> Registered:
        """Makes the catalogue say what the lake says; what says so already is left alone.

        Raises:
            LakeDown: Glue or the lake does not answer, or does not let us in.
            Busy: others change the catalogue or the lake all the time; the catalogue stays marked.
        """
        for _ in range(_ATTEMPTS):
            manifest = current(store)
            try:
                return self._once(store, manifest)
            except _OvertakenError:
                time.sleep(random.uniform(0, _PAUSE_SECONDS))  # noqa: S311 - so that two do not meet again
            except NbaMcpError:
                raise
            except Exception as error:
                fault = explain_aws(error, f"Glue database {self._database}")
                raise LakeDown(fault.message, _AGAIN) from error
        raise Busy(
            f"Others keep changing Glue's database {self._database}.", "Publish again when they are done."
        )

    def _once(self, store: Store, manifest: Manifest) -> Registered:
        self._written = self._removed = 0
        self._token = uuid.uuid4().hex
        self._client = self._client or patient_client("glue")
        self._ensure_database()
        before = registration.registration(self._told)
        note = noted.add(store, self._database, {manifest.key, *([before.manifest] if before else [])} - {""})
        there = self._tables()
        for name, table, files in _relations(manifest):
            self._register(name, table, store.place, files, there.get(name))
        self._remove_tables(there, manifest)
        self._settle(store, manifest)
        noted.narrow(store, self._database, manifest.key, note)
        partitioned = {file.key.rpartition("/")[0] for file in manifest.files if file.season}
        known = len(list(_relations(manifest)))
        return Registered(self._database, known, len(partitioned), self._written, self._removed)

    def _ensure_database(self) -> None:
        try:
            there = self._client.get_database(Name=self._database)["Database"]
        except self._client.exceptions.EntityNotFoundException:
            self._told = registration.changing({}, self._token)
            about = {"Name": self._database, "Description": _ABOUT, "Parameters": self._told}
            self._client.create_database(DatabaseInput=about)
        else:
            self._told = dict(there.get("Parameters", {}))

    def _mark(self) -> None:
        """Says that tables are about to change, and by whom, before each change."""
        self._check_alone()
        if registration.changing(self._told, self._token) != self._told:
            self._tell(registration.changing(self._told, self._token))

    def _check_alone(self) -> None:
        """Raises _OvertakenError where somebody else registers too: what was read of tables may be past."""
        there = self._client.get_database(Name=self._database)["Database"]
        if registration.ours(there.get("Parameters", {})) != registration.ours(self._told):
            raise _OvertakenError

    def _settle(self, store: Store, manifest: Manifest) -> None:
        """Says which state the tables have now, unless that is no longer what they should have."""
        self._check_alone()
        if current(store).key != manifest.key:
            raise _OvertakenError
        if registration.settled(self._told, store.place, manifest) != self._told:
            self._tell(registration.settled(self._told, store.place, manifest))

    def _tell(self, parameters: dict[str, str]) -> None:
        there = self._client.get_database(Name=self._database)["Database"]
        kept = {name: there[name] for name in _KEPT if name in there}
        about = {**kept, "Name": self._database, "Parameters": parameters}
        self._client.update_database(Name=self._database, DatabaseInput=about)
        self._told = parameters

    def _tables(self) -> dict[str, dict[str, Any]]:
        pages = self._client.get_paginator("get_tables").paginate(DatabaseName=self._database)
        return {one["Name"]: one for page in pages for one in page["TableList"]}

    def _register(
        self, name: str, table: Table, place: str, files: Sequence[File], there: Mapping[str, Any] | None
    ) -> None:
        wanted = definition(table, place, files, name)
        if there is None:
            self._mark()
            self._client.create_table(DatabaseName=self._database, TableInput=wanted)
            self._written += 1
        elif _differs(wanted, there):
            self._mark()
            self._client.update_table(DatabaseName=self._database, TableInput=wanted, SkipArchive=True)
            self._written += 1
        if table.has_season:
            self._partitions(name, table, place, files)

    def _partitions(self, name: str, table: Table, place: str, files: Sequence[File]) -> None:
        wanted = {_values(file): f"{place}/{file.key.rpartition('/')[0]}" for file in files}
        held = self._held(name)
        new = [values for values in wanted if values not in held]
        moved = [values for values in wanted if values in held and held[values] != wanted[values]]
        names = {"DatabaseName": self._database, "TableName": name}
        gone = [values for values in held if values not in wanted]
        if new or moved or gone:
            self._mark()
        for some in _some(new, _TO_WRITE):
            entries = [_partition(table, name, values, wanted[values]) for values in some]
            _done(self._client.batch_create_partition(**names, PartitionInputList=entries))
        for some in _some(moved, _TO_WRITE):
            changes = [
                {"PartitionValueList": list(one), "PartitionInput": _partition(table, name, one, wanted[one])}
                for one in some
            ]
            _done(self._client.batch_update_partition(**names, Entries=changes))
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

    def _remove_tables(self, there: Mapping[str, Mapping[str, Any]], manifest: Manifest) -> None:
        """Removes tables of ours that this version no longer publishes; those of others stay."""
        known = {name for name, _, _ in _relations(manifest)}
        for name, one in there.items():
            if name not in known and one.get("Parameters", {}).get("publisher") == "nba-mcp":
                self._mark()
                self._client.delete_table(DatabaseName=self._database, Name=name)
                self._removed += 1


def staged_name(table: str) -> str:
    """How the rows of a table as each source gave them are called."""
    return f"staged_{table}"


def _relations(manifest: Manifest) -> Iterator[tuple[str, Table, list[File]]]:
    """(name, table, files) of all that is registered: the tables, and what each source gave of them."""
    for table in tables().values():
        yield table.name, table, manifest.of("tables", table.name)
    for table in merged_tables():
        yield staged_name(table.name), table, manifest.of("staged", table.name)


def definition(table: Table, place: str, files: Sequence[File], name: str = "") -> dict[str, Any]:
    """A table as Glue wants it. One that is not partitioned lies where its newest files do."""
    folder = f"{'staged' if _is_staged(name) else 'tables'}/{table.name}"
    if not table.has_season and files:
        folder = files[0].key.rpartition("/")[0]
    return {
        "Name": name or table.name,
        "Description": ((_STAGED if _is_staged(name) else "") + table.comment)[:_LONGEST_COMMENT],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "classification": "parquet",
            "publisher": "nba-mcp",
            "recordCount": str(sum(file.rows for file in files)),
        },
        "PartitionKeys": [_column(table, name) for name in PARTITION if table.has_season],
        "StorageDescriptor": _storage(table, f"{place}/{folder}", name),
    }


def _is_staged(name: str) -> bool:
    return name.startswith(staged_name(""))


def _partition(table: Table, name: str, values: Values, location: str) -> dict[str, Any]:
    return {"Values": list(values), "StorageDescriptor": _storage(table, location, name)}


def _storage(table: Table, location: str, name: str) -> dict[str, Any]:
    names = [one for one in table.column_names() if not (table.has_season and one in PARTITION)]
    return {
        "Columns": [*([_LOAD] if _is_staged(name) else []), *(_column(table, one) for one in names)],
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
