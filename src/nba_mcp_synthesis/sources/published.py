"""Tables of published figures, kept to check ours against: what is in published.toml."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from operator import itemgetter
from typing import Literal

from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.metrics import metrics
from nba_mcp_synthesis.sources.rows import Rows, csv_rows
from nba_mcp_synthesis.sources.season import season_asked, was_over, with_season
from nba_mcp_synthesis.sources.stats_api import ResultSet, holds, rows_of, tables
from nba_mcp_synthesis.sources.values import Record, Row, count, number, optional, team


@dataclass(frozen=True)
class Published:
    """One table of figures of players or teams; the fields are those of published.toml."""

    name: str
    entity: Literal["player", "team"]
    id: str
    figures: Sequence[str]
    csv: Sequence[str] = ()
    endpoints: Sequence[str] = ()
    result_set: str = ""
    per_100: Sequence[str] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def recognises(self, file: SourceFile) -> bool:
        """By the columns of a CSV file, the recorded request, or the name of the result set."""
        if file.csv_columns:
            # A table of players that lost its ids still has their teams'.
            of_players = any("PLAYER" in column for column in file.csv_columns)
            fits = bool(self.csv) and set(self.csv) <= set(file.csv_columns)
            return fits and of_players == (self.entity == "player")
        return bool(self.endpoints) and holds(file, self.endpoints, (self.result_set,))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `official_metrics`."""
        if file.csv_columns:
            rows = csv_rows(file, (self.id, *self.figures))
            records = with_season(file, self._records(rows))
            return rows.reading(self.name, metrics(self.name, self.entity, records))
        rows, batches = Rows(), []
        for table, found in self._tables(file):
            batches.append(self._of_answer(file, table, found))
            rows.add(found)
        return rows.reading(self.name, *batches)

    def _tables(self, file: SourceFile) -> Iterator[tuple[ResultSet, Rows]]:
        for table in tables(file, self.endpoints, self.result_set):
            yield table, rows_of(file, (table,), (self.id, *self.figures))

    def _of_answer(self, file: SourceFile, table: ResultSet, rows: Rows) -> Batch:
        season, season_type = season_asked(file, table.parameters)
        shared = {"season": season, "season_type": season_type}
        as_of = None if was_over(season, table.recorded) else table.recorded
        records = [shared | record for record in self._records(rows)]
        return metrics(self.name, self.entity, records, as_of)

    def _records(self, rows: Rows) -> list[Record]:
        return rows.each(self._record, itemgetter("entity_id"), self.entity)

    def _record(self, row: Row) -> Record:
        entity = count(row, self.id) if self.entity == "player" else team(row, self.id)
        return {"entity_id": entity, **{self._label(n): self._figure(row, n) for n in self.figures}}

    def _label(self, name: str) -> str:
        return self.renamed.get(name, name.lower())

    def _figure(self, row: Row, name: str) -> float | None:
        value = optional(number, row, name)
        return value / 100 if value is not None and name in self.per_100 else value


def _all() -> tuple[Published, ...]:
    text = files("nba_mcp_synthesis.sources").joinpath("published.toml").read_text("utf-8")
    return tuple(Published(name=name, **spec) for name, spec in tomllib.loads(text).items())


PUBLISHED = _all()
