"""Published figures as rows of `official_metrics`: one row for each figure."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from nba_mcp_synthesis.sources.base import Batch
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.values import Record


def metrics(
    source: str,
    entity_type: Literal["player", "team"],
    records: Iterable[Record],
    as_of: date | None = None,
) -> Batch:
    """Rows of `official_metrics`; a record has `entity_id`, `season`, `season_type` and figures."""
    shared = ("entity_id", "season", "season_type")
    return batch(
        "official_metrics",
        [
            {"source": source, "entity_type": entity_type}
            | {name: record[name] for name in shared}
            | {"metric": metric, "value": value, "as_of": as_of}
            for record in records
            for metric, value in record.items()
            if metric not in shared and value is not None
        ],
    )
