"""A claim is kept where a row of its query has its value, about whom it is, and as the row has it."""

import pytest

from nba_mcp_synthesis.facts import Claim, Evidence
from nba_mcp_synthesis.synthesis.claims import settled
from nba_mcp_synthesis.synthesis.naming import is_plain
from scripted.evidence import claimed, shown

PLAYERS = shown(
    "player team pts fg_pct",
    ("Ada Test", "Los Angeles Lakers", 200, 0.4567),
    ("Ben Test", "Los Angeles Lakers", 125, 0.5),
)


def kept(claim: Claim, *evidence: Evidence) -> Claim | str:
    """The claim as it is kept, or why it is not."""
    claims, failures = settled([claim], evidence or [PLAYERS])
    assert len(claims) + len(failures) == 1
    return claims[0] if claims else failures[0]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (claimed("Ada Test", "pts", 200), Claim("Ada Test", "pts", 200, "points", "e1")),
        (claimed("ada test", "PTS", "200"), Claim("Ada Test", "pts", 200, "points", "e1")),
        (claimed("Ada", "pts", 200), Claim("Ada Test", "pts", 200, "points", "e1")),
        (claimed(None, "pts", 125), Claim(None, "pts", 125, "points", "e1")),
        (claimed("Ada Test", "fg_pct", 45.7), Claim("Ada Test", "fg_pct", 45.67, "percent", "e1")),
        (claimed("Ada Test", "fg_pct", "46 %"), Claim("Ada Test", "fg_pct", 45.67, "percent", "e1")),
    ],
)
def test_a_claim_takes_the_value_and_name_of_its_row(claim: Claim, found: Claim) -> None:
    """Whatever rounding or spelling the voice chose, readers get what the query returned."""
    assert kept(claim) == found


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (claimed("Ada Test", "pts", 201), "returned another value"),
        (claimed("Ada Test", "pts", 125), "returned another value"),
        (claimed("Ada Test", "pts", 200.4), "returned another value"),
        (claimed("Cid Sample", "pts", 200), "no row of its query names"),
        (claimed("", "pts", 200), "no row of its query names"),
        (claimed("Los Angeles Lakers", "pts", 200), "no row of its query names"),
        (claimed("Ada Test", "ast", 200), "has no such column"),
        (claimed("Ada Test", "pts", 200, "e2"), "cites no query"),
        (claimed("Ada Test", "pts", "nan"), "returned another value"),
        (claimed("Ada Test", "pts", "two hundred"), "returned another value"),
        (claimed("Ada Test", "pts", 10**400), "returned another value"),
        (claimed("Ada Test", "pts", "1e999999999"), "returned another value"),
        (claimed("Ada Test", "pts_200", 200), "number in its name"),
    ],
)
def test_a_claim_that_no_row_shows_is_not_kept(claim: Claim, why: str) -> None:
    """And what is said of it repeats neither its value nor a name with a number."""
    failure = kept(claim)
    assert isinstance(failure, str)
    assert why in failure
    assert not any(map(str.isdigit, failure))


def test_an_opponent_is_not_whom_a_row_is_about() -> None:
    """The row has both names, and its points are those of one of them."""
    games = shown("team opponent pts opp_pts", ("Boston Celtics", "Los Angeles Lakers", 320, 325))
    assert isinstance(kept(claimed("Boston Celtics", "pts", 320), games), Claim)
    assert isinstance(kept(claimed("Boston Celtics", "opp_pts", 325), games), Claim)
    assert isinstance(kept(claimed("Los Angeles Lakers", "pts", 320), games), str)
    assert isinstance(kept(claimed("Los Angeles Lakers", "opp_pts", 325), games), str)


def test_sides_of_a_game_have_their_own_figures() -> None:
    """`home_team` is of `home_pts`, and of nothing of the visitors."""
    games = shown("home_team away_team home_pts away_pts", ("Boston Celtics", "Los Angeles Lakers", 110, 100))
    assert isinstance(kept(claimed("Boston Celtics", "home_pts", 110), games), Claim)
    assert isinstance(kept(claimed("Los Angeles Lakers", "home_pts", 110), games), str)


def test_a_name_that_the_query_writes_itself_names_nobody() -> None:
    """`SELECT 'Ada Test', pts … WHERE full_name = 'Cid Sample'` is about Cid."""
    sql = "SELECT 'Ada Test' AS player, pts FROM player_season_stats WHERE full_name = 'Cid Sample'"
    lied = shown("player pts", ("Ada Test", 220), sql=sql, by="voice")
    assert isinstance(kept(claimed("Ada Test", "pts", 220), lied), str)
    assert kept(claimed("Cid Sample", "pts", 220), lied) == Claim("Cid Sample", "pts", 220, "points", "e1")
    honest = sql.replace("Cid Sample", "Ada Test")
    assert isinstance(
        kept(claimed("Ada Test", "pts", 220), shown("player pts", ("Ada Test", 220), sql=honest, by="voice")),
        Claim,
    )


@pytest.mark.parametrize(
    ("condition", "is_kept"),
    [("full_name = 'Ada Test'", True), ("full_name <> 'Ada Test'", False), ("opponent = 'Ada Test'", False)],
)
def test_a_single_row_may_leave_the_name_to_its_conditions(condition: str, *, is_kept: bool) -> None:
    """Where they choose its rows by that name, and only then."""
    sql = f"SELECT SUM(pts) AS pts FROM player_season_stats WHERE {condition}"
    one = shown("pts", (200,), sql=sql, by="voice")
    assert isinstance(kept(claimed("Ada Test", "pts", 200), one), Claim) == is_kept
    two = shown("pts", (200,), (125,), sql=sql, by="voice")
    assert isinstance(kept(claimed("Ada Test", "pts", 200), two), str)


def test_sql_of_a_voice_that_invents_shows_nothing() -> None:
    """The same SQL of the product's own is not looked at."""
    sql = "SELECT 'x' AS player, 31.2 AS pts FROM players"
    assert "writes values itself" in str(
        kept(claimed(None, "pts", 31.2), shown("pts", (31.2,), sql=sql, by="voice"))
    )


def test_a_row_that_cannot_be_shows_nothing() -> None:
    """More made than attempted: whatever query returned it, it is wrong."""
    wrong = shown("player fgm fga", ("Ada Test", 9, 5))
    assert kept(claimed("Ada Test", "fgm", 9), wrong) == (
        "The fgm cannot be kept: its row has more fgm than fga."
    )


def test_a_share_times_a_hundred_is_no_impossible_one() -> None:
    """Models often write percentages as 0 to 100."""
    sql = "SELECT 100.0 * SUM(fgm) / SUM(fga) AS fg_pct FROM player_season_stats"
    found = kept(claimed(None, "fg_pct", 45.67), shown("fg_pct", (45.67,), sql=sql, by="voice"))
    assert found == Claim(None, "fg_pct", 45.67, "percent", "e1")
    wrong = sql.replace("100.0 * ", "")
    assert isinstance(
        kept(claimed(None, "fg_pct", 45.67), shown("fg_pct", (45.67,), sql=wrong, by="voice")), str
    )


def test_the_same_claim_twice_is_one() -> None:
    """A voice that repeats itself has no more weight."""
    claims, _ = settled([claimed("Ada Test", "pts", 200), claimed("Ada", "PTS", 200.0)], [PLAYERS])
    assert len(claims) == 1


@pytest.mark.parametrize(
    "name",
    ["pts", "fg3_pct", "pts_per_36", "pts_q4", "total points", "fg2m", "double_doubles", "win_pct", "PTS"],
)
def test_names_of_columns(name: str) -> None:
    """Terms of the game have digits."""
    assert is_plain(name)


@pytest.mark.parametrize(
    "name",
    [
        "31",
        "31.2",
        "pts_31",
        "fg3_31.2",
        "fg2 is 61",
        "thirty_one",
        "twice",
        "avg(x) * 2",
        "",
        "\uff13\uff11",
        "p½",
        "pts_36",
        "x\n1",
    ],
)
def test_names_that_say_a_number(name: str) -> None:
    """`AS "31.2"` would be printed above the table."""
    assert not is_plain(name)
