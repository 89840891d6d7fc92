"""The built-in analyst: a question in English, answered by queries or declined in plain words."""

from typing import Any

from nba_mcp_synthesis.analyst.context import Context, Declined
from nba_mcp_synthesis.analyst.coverage import Coverage
from nba_mcp_synthesis.analyst.families import game_lookup, leaders, record, single_stat, standings
from nba_mcp_synthesis.analyst.families.family import Family, Miss
from nba_mcp_synthesis.analyst.reading import Reading
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.errors import AmbiguousName, UnknownName
from nba_mcp_synthesis.facts import Proposal, Question
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

_VOICE = "analyst"
# In this order; the first that takes everything in a question answers it.
FAMILIES: tuple[Family[Any], ...] = (
    leaders.FAMILY,
    single_stat.FAMILY,
    standings.PLACE,
    standings.TEAM,
    standings.BEHIND,
    standings.TABLE,
    standings.END,
    record.FAMILY,
    game_lookup.FAMILY,
)


class Analyst:
    """Answers questions about one state of a warehouse; `names` are those of the same state."""

    def __init__(self, warehouse: DuckDBWarehouse, names: Names) -> None:
        self._warehouse = warehouse
        self._names = names

    def propose(self, question: Question) -> Proposal:
        """An answer with its queries, a question back, or a refusal that says why.

        Raises:
            NoWarehouse, Busy, LimitExceeded: the warehouse cannot be asked now.
        """
        reading = Reading.of(question.text, self._names)
        context = Context(self._warehouse, self._names, Coverage.of(self._warehouse))
        context.assumptions += reading.corrections
        try:
            return _answer(reading, context)
        except AmbiguousName as asked:
            choices = "; ".join(asked.choices)
            return Proposal(
                _VOICE, "asked_back", f"Which {asked.name} do you mean: {choices}?", choices=asked.choices
            )
        except (Declined, UnknownName) as refused:
            return Proposal(_VOICE, "refused", str(refused))


def _answer(reading: Reading, context: Context) -> Proposal:
    _decline_absent(reading, context)
    misses = []
    for family in FAMILIES:
        reply = family.reply(reading, context)
        if isinstance(reply, Proposal):
            return reply
        if reply is not None:
            misses.append(reply)
    raise _not_understood(reading, misses)


def _decline_absent(reading: Reading, context: Context) -> None:
    for token in reading.with_tag("absent"):
        raise Declined(str(token.value))
    for token in reading.with_tag("nobody"):
        raise UnknownName("player", token.text, context.names.nearest(token.text, "player"))


def _not_understood(reading: Reading, misses: list[Miss]) -> Declined:
    """Names what was not understood, or else what the nearest family would have had to ignore."""
    nearest = min(misses, key=lambda miss: len(miss.left), default=None)
    example = f'A question that I can answer: "{nearest.example if nearest else leaders.FAMILY.example}".'
    unknown = reading.with_tag("unknown")
    if unknown:
        return Declined(f"I do not understand {_quoted([t.text for t in unknown])} here.", example)
    if nearest:
        left = _quoted([token.text for token in nearest.left])
        return Declined(f"I cannot take {left} into account in such a question.", example)
    return Declined("I cannot answer this kind of question.", example)


def _quoted(words: list[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
