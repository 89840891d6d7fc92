"""What of the data matters for one question: who is named in it, its measures, and a few tables."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.mentions import mentions
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.facts import Question
from nba_mcp_synthesis.schema.seasons import SEASON_TYPES
from nba_mcp_synthesis.schema.tables import Table, tables, views
from nba_mcp_synthesis.synthesis.voices.desk import Sources
from nba_mcp_synthesis.warehouse.guard.statements import DIALECTS

_MOST_MEASURES, _MOST_TABLES, _MOST_NAMED = 12, 3, 6
# Most questions are about games or players; the first tables come in this order where no word decides.
_FIRST = ("player_game_stats", "games", "team_game_stats", "play_by_play", "shots")


def briefing(question: Question, sources: Sources) -> str:
    """What a voice is asked: the question word for word, and beside it what it would have to look up."""
    parts = [f"Question: {question.text}"]
    if question.previous:
        parts.insert(0, f"The question before was: {question.previous}")
    state = sources.warehouse.state()
    parts += [*_loaded(sources), f"Newest game: {state.data_as_of}."]
    parts.append(f"SQL dialect: {DIALECTS[sources.warehouse.dialect]}.")
    parts += [*_named(question.text, sources), *_measures(question.text)]
    parts += [_told(table) for table in _relevant(question.text)]
    return "\n".join(parts)


def _loaded(sources: Sources) -> Iterator[str]:
    coverage = sources.stats.coverage()
    for season_type in SEASON_TYPES:
        if seasons := coverage.seasons(season_type):
            yield f"{season_type} loaded: {', '.join(seasons)}."


def _named(text: str, sources: Sources) -> Iterator[str]:
    for mention in mentions(sources.names(), text)[:_MOST_NAMED]:
        for match in mention.matches[:2]:
            yield f"{text[mention.start : mention.end]!r} may be {match.name} ({match.kind}_id {match.id})."


def _measures(text: str) -> Iterator[str]:
    asked = f" {key(text)} "
    found = [m for m in measures().values() if any(f" {_folded(word)} " in asked for word in m.words)]
    if found:
        yield "Measures that may be meant:"
    yield from (f"- {m.name}: {m.definition}" for m in found[:_MOST_MEASURES])


@cache
def _folded(word: str) -> str:
    """The key of a word of the catalogue: there are some hundred, and each question looks for all of them."""
    return key(word)


def _relevant(text: str) -> list[Table]:
    """The tables whose names and comments have most words of the question that few other tables have."""
    asked, rare = set(key(text).split()), _rare_words()

    def fit(table: Table) -> tuple[int, int]:
        place = _FIRST.index(table.name) if table.name in _FIRST else len(_FIRST)
        return -len(asked & rare[table.name]), place

    return sorted((*tables().values(), *views().values()), key=fit)[:_MOST_TABLES]


@cache
def _rare_words() -> Mapping[str, frozenset[str]]:
    """The words that tell each table from most others, by its name; the schema does not change."""
    about = {table.name: _words(table) for table in (*tables().values(), *views().values())}
    told_of = Counter(word for words in about.values() for word in words)
    return {
        name: frozenset(word for word in words if told_of[word] <= len(about) / 3)
        for name, words in about.items()
    }


def _words(table: Table) -> set[str]:
    told = [table.name.replace("_", " "), table.comment, *(column.name for column in table.columns)]
    return set(key(" ".join(told)).split())


def _told(table: Table) -> str:
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    return f"Table {table.name} ({table.comment}): {columns}."
