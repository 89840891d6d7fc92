"""What gates of all engines have in common: the served names, and verdicts that are remembered."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.guard.lists import fold
from nba_mcp_synthesis.warehouse.guard.precheck import precheck

_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement that may run, and what is known of it.

    Attributes:
        sql: What is to be run, without semicolons around it.
        relations: The served tables and views that it reads, lower case.
        is_repeatable: False where it can give other rows each time, as with random(), now() or a sample.
    """

    sql: str
    relations: frozenset[str]
    is_repeatable: bool


@dataclass(frozen=True, slots=True)
class _Refusal:
    message: str
    hint: str


class Judge(ABC):
    """Judges statements over `relations`, by default all tables and views of the schema. Thread-safe.

    A verdict depends on the statement alone, so each is made once.
    """

    def __init__(self, relations: frozenset[str] | None = None) -> None:
        named = frozenset(tables()) | frozenset(views()) if relations is None else relations
        self._relations = frozenset(fold(name) for name in named)
        self._verdict = lru_cache(_REMEMBERED)(self._judge)

    def check(self, sql: str) -> Checked:
        """The statement as it may run.

        Raises:
            QueryRefused: it may not; the message says what and why, the hint what to send instead.
        """
        precheck(sql)
        verdict = self._verdict(sql)
        if isinstance(verdict, _Refusal):
            raise QueryRefused(verdict.message, verdict.hint)
        return verdict

    def _judge(self, sql: str) -> Checked | _Refusal:
        try:
            return self._checked(sql)
        except QueryRefused as error:
            return _Refusal(error.message, error.hint)

    @abstractmethod
    def _checked(self, given: str) -> Checked:
        """Judges exactly the text that is to be run: cut elsewhere, it could be read differently."""
