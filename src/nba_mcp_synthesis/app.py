"""The one place where the parts are put together; the command line and the server both use it.

Rooms that a plain query does not need are imported when they are first used.
"""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from nba_mcp_synthesis.facts import Answer
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.opening import open_warehouse, queries_of
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries

if TYPE_CHECKING:
    from nba_mcp_synthesis.basketball.names import Names
    from nba_mcp_synthesis.basketball.stats.stats import Stats


class App:
    """The product over one warehouse."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        if settings.measures:
            from nba_mcp_synthesis.basketball.catalogue import use_own
            from nba_mcp_synthesis.basketball.stats.own_measures import load_own

            use_own(load_own(settings.measures))
        self.warehouse = open_warehouse(settings)
        self.cautions = Cautions(self.warehouse)
        self._lock = threading.Lock()
        self._names: tuple[str, Names] | None = None

    @cached_property
    def queries(self) -> UntrustedQueries:
        """The way for SQL from outside."""
        return queries_of(self.warehouse, self.cautions)

    @cached_property
    def stats(self) -> "Stats":
        """Measures by dimensions."""
        from nba_mcp_synthesis.basketball.stats.stats import Stats

        return Stats(self.warehouse, self.names, self.cautions)

    def names(self) -> "Names":
        """Names of the players and teams that are loaded now."""
        from nba_mcp_synthesis.basketball.names import Names

        snapshot = self.warehouse.state().snapshot
        with self._lock:
            if self._names is None or self._names[0] != snapshot:
                self._names = (snapshot, Names.of(self.warehouse))
            return self._names[1]

    def ask(self, question: str, answer_id: str | None = None, previous: str | None = None) -> Answer:
        """Answers one question, which may follow up on `previous`; see `pipeline.ask` for the errors."""
        from nba_mcp_synthesis.analyst.analyst import Analyst
        from nba_mcp_synthesis.synthesis import pipeline

        analyst = Analyst(self.warehouse, self.names(), self.stats)
        return pipeline.ask(question, [analyst], self.warehouse, self.cautions, answer_id, previous)
