"""A command's way to record: into the journal, onto the disk, and nothing else.

Loading the database's library would take a command several times as long as recording, so that is left to the
server and to `nba-mcp answers`.
"""

from collections.abc import Callable

from nba_mcp_synthesis.state.entries import Rows, written
from nba_mcp_synthesis.state.journal import Journal


class CommandRecorder:
    """Records each entry on the disk before the command goes on; `tell` hears of one that it did not take."""

    def __init__(self, journal: Journal, tell: Callable[[str], None]) -> None:
        self._journal, self._tell = journal, tell

    def record(self, rows: Rows) -> None:
        """Takes in one entry. An answer does not fail because it cannot be recorded."""
        try:
            self._journal.append(written(rows))
            self._journal.settle()
        except OSError as error:
            self._tell(f"The answer was not recorded: {error.strerror or type(error).__name__}.")
