"""The built-in analyst: a question in English, answered by queries or declined in plain words."""

from dataclasses import replace

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined, NotLoaded
from nba_mcp_synthesis.analyst.examples import near_to
from nba_mcp_synthesis.analyst.families.best_records import BEST_RECORDS
from nba_mcp_synthesis.analyst.families.boards import BOARDS
from nba_mcp_synthesis.analyst.families.combined_scores import COMBINED
from nba_mcp_synthesis.analyst.families.comparison import COMPARISON
from nba_mcp_synthesis.analyst.families.counting import ALL_GAMES, GAMES
from nba_mcp_synthesis.analyst.families.described import DESCRIBED
from nba_mcp_synthesis.analyst.families.family import Family, Miss
from nba_mcp_synthesis.analyst.families.figures import FIGURES
from nba_mcp_synthesis.analyst.families.game_lookup import GAME
from nba_mcp_synthesis.analyst.families.knowing import DATA, DEFINITION, TERM
from nba_mcp_synthesis.analyst.families.people_facts import EXTREME, PROFILE
from nba_mcp_synthesis.analyst.families.qualified import PEOPLE
from nba_mcp_synthesis.analyst.families.records import PAIR, RECORD
from nba_mcp_synthesis.analyst.families.series import SERIES
from nba_mcp_synthesis.analyst.families.single_games import SINGLE_GAMES
from nba_mcp_synthesis.analyst.families.spans import SPANS
from nba_mcp_synthesis.analyst.families.standings import BEHIND, PLACE, TABLE, TEAM
from nba_mcp_synthesis.analyst.families.streaks import STREAKS
from nba_mcp_synthesis.analyst.families.with_player import WITH_PLAYER
from nba_mcp_synthesis.analyst.reading import Reading
from nba_mcp_synthesis.analyst.settling import frame_of
from nba_mcp_synthesis.analyst.values import State
from nba_mcp_synthesis.analyst.who import set_opponents
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import AmbiguousName, UnknownName
from nba_mcp_synthesis.facts import Proposal, Question
from nba_mcp_synthesis.warehouse.engine import Warehouse

_VOICE = "analyst"
# In this order; the first that takes everything in a question answers it.
FAMILIES: tuple[Family, ...] = (
    DEFINITION, TERM, DATA, SPANS, STREAKS, SERIES, COMBINED, SINGLE_GAMES, BEST_RECORDS, PLACE, BEHIND,
    TABLE, BOARDS, COMPARISON, PROFILE, EXTREME, WITH_PLAYER, GAMES, ALL_GAMES, PEOPLE, GAME, RECORD, PAIR,
    TEAM, DESCRIBED, FIGURES,
)  # fmt: skip


class Analyst:
    """Answers questions about one state of a warehouse; `names` are those of the same state."""

    def __init__(self, warehouse: Warehouse, names: Names, stats: Stats) -> None:
        self._warehouse = warehouse
        self._names = names
        self._stats = stats

    def propose(self, question: Question) -> Proposal:
        """An answer with its queries, a question back, or a refusal that says why; see `_proposal`.

        Raises:
            NoWarehouse, Busy, LimitExceeded: the warehouse cannot be asked now.
        """
        return replace(self._proposal(question), is_computed=True)

    def _proposal(self, question: Question) -> Proposal:
        """The same, without the mark of whose words they are.

        Raises:
            NoWarehouse, Busy, LimitExceeded: the warehouse cannot be asked now.
        """
        state = State.of(self._warehouse, self._names)
        context = Context(self._warehouse, self._names, state.coverage, self._stats)
        asked = [question.text, *([question.previous] if question.previous else [])]
        readings = [Reading.of(text, self._names, state.phrases) for text in asked]
        context.assumptions += readings[0].corrections
        try:
            return _answer(readings, context)
        except AmbiguousName as asked:
            choices = "; ".join(asked.choices)
            text = f"Which {asked.name} do you mean: {choices}?"
            return Proposal(
                _VOICE, "asked_back", text, choices=asked.choices, explained=tuple(context.explained)
            )
        except (Declined, UnknownName) as refused:
            is_open = isinstance(refused, Declined) and not isinstance(refused, NotLoaded)
            return Proposal(
                _VOICE, "refused", str(refused), explained=tuple(context.explained), is_open=is_open
            )


def _answer(readings: list[Reading], context: Context) -> Proposal:
    """The answer to the newest question, by itself or else as it follows up on the one before."""
    for reading in readings:
        _decline_absent(reading, context)
    frames = [frame_of(reading.text, reading.tokens) for reading in readings]
    for frame in frames:
        set_opponents(frame)
    misses = []
    for frame in (frames[0], *([frames[1].followed_by(frames[0])] if len(frames) > 1 else [])):
        context.season = frame.season
        for family in FAMILIES:
            reply = family.reply(frame, context)
            if isinstance(reply, Proposal):
                return reply
            if reply is not None:
                misses.append(reply)
    raise _not_understood(readings[0], misses)


def _decline_absent(reading: Reading, context: Context) -> None:
    for token in reading.with_tag("absent"):
        raise NotLoaded(str(token.value))
    for token in reading.with_tag("nobody"):
        raise UnknownName("player", token.text, context.names.nearest(token.text, "player"))


def _not_understood(reading: Reading, misses: list[Miss]) -> Declined:
    """Names what was not understood, or else what the nearest family would have had to ignore."""
    nearest = min(misses, key=lambda miss: len(miss.left), default=None)
    example = (
        f'A question that I can answer: "{near_to(nearest.example if nearest else "", reading.tokens)}".'
    )
    unknown = reading.with_tag("unknown")
    if unknown:
        return Declined(f"I do not understand {_quoted([t.text for t in unknown])} here.", example)
    if nearest:
        left = _quoted([token.text for token in nearest.left])
        return Declined(f"I cannot take {left} into account in such a question.", example)
    return Declined("I cannot answer this kind of question.", example)


def _quoted(words: list[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
