"""The catalogue of measures is well-formed."""

from collections import Counter

import pytest
import sqlglot
from sqlglot import exp

from nba_mcp_synthesis.basketball.catalogue import measure, measures
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.errors import UnknownName
from nba_mcp_synthesis.schema.tables import tables

COUNTED_GAMES = {"gp", "wins", "losses"}


def test_formulas_name_columns_that_exist() -> None:
    """Each base count is a column of the table that it is taken from."""
    players = set(tables()["player_season_stats"].column_names())
    games = set(tables()["team_game_stats"].column_names()) | COUNTED_GAMES
    published = set(tables()["team_season_stats"].column_names())
    for known in measures().values():
        for kind, formula in known.formulas.items():
            used = {column.name for column in sqlglot.parse_one(formula).find_all(exp.Column)}
            allowed = players if kind == "player" else games | published
            assert used <= allowed, known.name


def test_no_word_means_two_measures() -> None:
    """Words are unambiguous, and written as they are compared."""
    words = Counter(word for known in measures().values() for word in known.words)
    assert [word for word, times in words.items() if times > 1] == []
    assert [word for word in words if key(word) != word] == []


def test_every_measure_says_what_it_is() -> None:
    """Label, unit, definition and at least one kind are there; ratios of players are qualified."""
    for known in measures().values():
        assert known.label, known.name
        assert known.unit, known.name
        assert known.formulas, known.name
        assert known.definition.endswith("."), known.name
        if "player" in known.formulas and not known.is_total:
            assert known.qualifier is not None, known.name


def test_totals_lead_to_their_averages() -> None:
    """A count names the measure that gives it per game."""
    assert measure("pts").average == "pts_per_game"
    assert measure("gp").average is None
    for known in measures().values():
        assert known.average is None or known.average in measures()


def test_qualifiers_scale_with_the_season() -> None:
    """58 of 82 games is 29 of 41, and never more than 58."""
    qualifier = measure("pts_per_game").qualifier
    assert qualifier is not None
    assert [qualifier.scaled(games) for games in (82, 41, 1, 83)] == [58, 29, 1, 58]


def test_an_unknown_measure_names_the_nearest() -> None:
    """A slip in a measure's name is answered with the right one."""
    with pytest.raises(UnknownName) as raised:
        measure("ts_pc")
    assert "ts_pct" in raised.value.nearest
