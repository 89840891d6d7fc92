"""The catalogue of measures is well-formed."""

from collections import Counter

import pytest

from nba_mcp_synthesis.basketball.catalogue import measure, measures, raw_measures
from nba_mcp_synthesis.basketball.measure_file import read
from nba_mcp_synthesis.basketball.stats.describing import describe_measure
from nba_mcp_synthesis.basketball.stats.dimensions import dimensions
from nba_mcp_synthesis.basketball.stats.facts import facts
from nba_mcp_synthesis.basketball.stats.formulas import parts
from nba_mcp_synthesis.basketball.stats.own_measures import faults_of, faults_of_formula
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.errors import UnknownName

FIXED = """
fg_pct fg3_pct ft_pct efg_pct ts_pct fg3a_rate ft_rate ast_pct ast_to ast_ratio oreb_pct dreb_pct reb_pct
stl_pct blk_pct tov_pct usg_pct pie game_score per off_rating def_rating net_rating pace poss gp wins losses
win_pct minutes fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk tov pf pts plus_minus e_off_rating
e_def_rating e_net_rating e_pace e_ast_ratio e_tov_pct e_oreb_pct e_dreb_pct e_reb_pct e_usg_pct
pythagorean_wins strength_of_schedule dd2 td3
"""
FACTORS = """
efg_pct tov_pct oreb_pct ft_rate opp_efg_pct opp_tov_pct dreb_pct opp_ft_rate ft_per_fga opp_ft_per_fga
"""


def test_the_fixed_names_are_there() -> None:
    """Every name that other programs rely on is a measure, and so are the four factors of both sides."""
    assert {*FIXED.split(), *FACTORS.split()} <= measures().keys()


def test_counts_have_their_forms() -> None:
    """A count of a box score comes per game, per 36 minutes and per 100 possessions, and as allowed."""
    for count in facts()["player_game"].counts.keys() & {
        "pts",
        "reb",
        "ast",
        "stl",
        "blk",
        "tov",
        "pf",
        "fg3m",
    }:
        assert {f"{count}_{form}" for form in ("per_game", "per_36", "per_100")} <= measures().keys()
        assert {f"opp_{count}", f"opp_{count}_per_game"} <= measures().keys()


def test_formulas_name_counts_that_some_fact_has() -> None:
    """For every kind of every measure there are facts that give each part of its formula."""
    for known in measures().values():
        for kind in known.formulas:
            able = [fact for fact in facts().values() if fact.entity == kind]
            for part in parts(known.name, kind):
                assert any(part.count in fact.counts for fact in able), (known.name, part)


def test_our_file_passes_the_check_of_own_measures() -> None:
    """The rules for users' measures hold for ours."""
    raw = raw_measures()
    read(raw)
    assert {n: found for n, spec in raw["ratios"].items() if (found := faults_of(n, _shown(spec)))} == {}
    faults = [
        (n, f) for n, m in measures().items() for k, t in m.formulas.items() for f in faults_of_formula(t, k)
    ]
    assert faults == []


def _shown(spec: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in spec.items() if key != "total"}


def test_no_word_means_two_measures() -> None:
    """Words are unambiguous, and written as they are compared."""
    words = Counter(word for known in measures().values() for word in known.words)
    assert [word for word, times in words.items() if times > 1] == []
    assert [word for word in words if key(word) != word] == []


def test_no_ordinary_word_means_a_measure() -> None:
    """`points per contest` does not ask for the player efficiency rating."""
    words = {word for known in measures().values() for word in known.words}
    assert not words & {"per", "in", "the", "for", "game", "is", "of"}


def test_no_name_is_both_a_measure_and_a_dimension() -> None:
    """A condition on a name is on one thing."""
    assert not measures().keys() & dimensions().keys()


def test_every_measure_says_what_it_is() -> None:
    """Label, unit, definition and at least one kind are there; ratios of players are qualified."""
    for known in measures().values():
        assert known.label, known.name
        assert known.unit, known.name
        assert known.formulas, known.name
        assert known.definition.endswith("."), known.name
        assert "$" not in f"{known.label}{known.unit}{known.definition}{known.words}", known.name
        if "player" in known.formulas and not known.is_total and known.name != "poss":  # that is a count
            assert known.qualifier is not None, known.name


def test_totals_lead_to_their_averages() -> None:
    """A count names the measure that gives it per game, if there is one."""
    assert measure("pts").average == "pts_per_game"
    assert measure("gp").average is None
    assert measure("clutch_pts").average is None
    for known in measures().values():
        assert known.average is None or known.average in measures()


def test_the_first_kind_is_meant() -> None:
    """A winning percentage is a team's unless a player is named."""
    assert next(iter(measure("win_pct").formulas)) == "team"
    assert next(iter(measure("pts").formulas)) == "player"


def test_qualifiers_scale_with_the_season() -> None:
    """58 of 82 games is 29 of 41, and more in a longer season."""
    qualifier = measure("pts_per_game").qualifier
    assert qualifier is not None
    assert [qualifier.scaled(games) for games in (82, 41, 1, 83)] == [58, 29, 1, 59]


def test_qualifiers_count_something() -> None:
    """Each qualifier is of a measure with a label, so that the reason can be told."""
    found = {known.qualifier for known in measures().values() if known.qualifier}
    assert len(found) > 4
    assert all(measure(qualifier.count).is_total for qualifier in found)


def test_estimates_are_named_as_such() -> None:
    """What approximates a published figure says so; what equals it does not."""
    estimates = {name for name, known in measures().items() if known.is_estimate}
    assert {"poss", "off_rating", "usg_pct", "per", "ast_pct", "reb_pct", "pts_per_100"} <= estimates
    assert not estimates & {"ts_pct", "efg_pct", "ast_to", "e_off_rating", "e_tov_pct", "pts_per_game"}


def test_an_unknown_measure_names_the_nearest() -> None:
    """A slip in a measure's name is answered with the right one."""
    with pytest.raises(UnknownName) as raised:
        measure("ts_pc")
    assert "ts_pct" in raised.value.nearest


def test_a_measure_is_described() -> None:
    """The description has definition, formula, source, qualifier and dimensions."""
    told = describe_measure("usg_pct")
    assert "An estimate." in told
    assert "58 games played in 82 games" in told
    assert "Of players: (fga + 0.44 * fta + tov)" in told
    assert "period" not in told
    assert "Told by part: period, half, clutch." in describe_measure("ts_pct")
    assert all(describe_measure(name) for name in measures())


def test_an_unknown_measure_is_not_described() -> None:
    """It is answered with the nearest ones."""
    with pytest.raises(UnknownName, match="usg_pct"):
        describe_measure("usg_pc")
