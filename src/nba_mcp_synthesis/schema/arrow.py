"""Arrow types of the canonical tables: the form in which rows travel from sources to warehouse."""

import pyarrow as pa

from nba_mcp_synthesis.schema.tables import ColumnType, tables

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


def arrow_schema(table: str) -> pa.Schema:
    """Arrow schema of a canonical table."""
    return pa.schema([(c.name, ARROW_TYPES[c.type]) for c in tables()[table].columns])


def to_arrow(table: str, columns: dict[str, list[object]]) -> pa.Table:
    """Arrow table of some columns of a canonical table, each with the canonical type.

    Raises:
        pyarrow.ArrowInvalid: a value does not fit the type of its column.
        KeyError: a column is not of the canonical table.
    """
    schema = arrow_schema(table)
    fields = [schema.field(schema.get_field_index(name)) for name in columns]
    arrays = [pa.array(v, type=f.type) for v, f in zip(columns.values(), fields, strict=True)]
    return pa.table(arrays, schema=pa.schema(fields))
