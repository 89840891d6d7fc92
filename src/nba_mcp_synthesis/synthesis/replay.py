"""A recorded answer asked of the data of today: which queries return what they did, and what changed."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.shapes import JsonValue, json_rows
from nba_mcp_synthesis.synthesis.cells import is_share, value_of


class Run(Protocol):
    """Runs SQL; what is not ours goes through the gate."""

    def __call__(self, sql: str, *, is_ours: bool) -> Result:
        """Its rows."""


# Shares beyond this are in hundredths already.
_FRACTION = 1.5


@dataclass(frozen=True, slots=True)
class ReplayedQuery:
    """One query of an answer: rows then and now, and whether they are the same; `why` it failed."""

    id: str
    outcome: Literal["same", "changed", "failed"]
    rows_then: int
    rows_now: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """An answer's queries and values, then and now. A value of now is None where no row shows it."""

    id: str
    question: str
    snapshot_then: str
    snapshot_now: str
    evidence: tuple[ReplayedQuery, ...]
    values: tuple[dict[str, JsonValue], ...]

    @property
    def is_same(self) -> bool:
        """Whether every query returned the same rows."""
        return all(query.outcome == "same" for query in self.evidence)


def replay(recorded: Mapping[str, Any], run: Run, snapshot: str) -> Replay:
    """Runs the evidence of a recorded answer again. A query that fails is told, and the others go on."""
    found = {one["id"]: _again(one, run) for one in recorded["evidence"]}
    results = {name: result for name, (_, result) in found.items() if result}
    return Replay(
        recorded["id"],
        recorded["question"],
        recorded["snapshot"],
        snapshot,
        tuple(query for query, _ in found.values()),
        tuple(_values(recorded["values"], results)),
    )


def _again(evidence: Mapping[str, Any], run: Run) -> tuple[ReplayedQuery, Result | None]:
    then = int(evidence["row_count"])
    try:
        result = run(evidence["sql"], is_ours=evidence["written_by"] == "product")
    except NbaMcpError as error:
        return ReplayedQuery(evidence["id"], "failed", then, 0, str(error)), None
    # A voice was shown so many rows at the most, and they are what was recorded.
    rows = json_rows(result.rows)[: max(then, 1)] if then else json_rows(result.rows)
    now = then if len(rows) == then else len(result.rows)
    is_same = rows_digest(rows) == evidence["rows_sha256"]
    return ReplayedQuery(evidence["id"], "same" if is_same else "changed", then, now), result


def rows_digest(rows: Sequence[Any]) -> str:
    """A name for rows as JSON has them; the same as the state database keeps."""
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _values(
    values: Sequence[Mapping[str, Any]], results: Mapping[str, Result]
) -> Iterator[dict[str, JsonValue]]:
    for value in values:
        result = results.get(value["evidence"])
        now = _now(value, result) if result else None
        yield {"entity": value["entity"], "measure": value["measure"], "then": value["value"], "now": now}


def _now(value: Mapping[str, Any], result: Result) -> JsonValue:
    """The value of today: in the column of the measure, in the row that names whom it is about."""
    if value["measure"] not in result.columns:
        return None
    place = result.columns.index(value["measure"])
    rows = [row for row in result.rows if value["entity"] is None or value["entity"] in row]
    chosen = rows or (result.rows if len(result.rows) == 1 else ())
    if len(chosen) != 1:
        return None
    cell = chosen[0][place]
    as_percent = is_share(value["measure"]) and isinstance(cell, int | float) and abs(cell) <= _FRACTION
    return value_of(cell, as_percent=as_percent)
