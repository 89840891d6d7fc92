"""Prose is kept as far as the rows about whom it names have its numbers."""

import datetime as dt

import pytest

from nba_mcp_synthesis.facts import Evidence
from nba_mcp_synthesis.synthesis.sentences import checked, holds, is_stated
from scripted.evidence import shown

PLAYERS = shown(
    "player team gp pts_per_game fg3_pct plus_minus",
    ("Luka Dončić", "LAL", 64, 33.4843, 0.3661, 7),
    ("Shai Gilgeous-Alexander", "OKC", 68, 31.1, 0.3861, -4.5),
    ("Jaylen Brown", "BOS", 70, 16.7, 0.25, 2),
    ("Bruce Brown", "DEN", 71, 8.25, 0.2, 1),
)
SEASONS = shown("player season pts", ("Luka Dončić", "2024-25", 28.2), ("Luka Dončić", "2025-26", 33.5))
TEAMS = shown(
    "team opponent game_date pts",
    ("Boston Celtics", "Los Angeles Lakers", dt.date(2025, 11, 3), 110),
    ("Los Angeles Lakers", "Boston Celtics", dt.date(2025, 11, 3), 105),
)
SIXERS = shown("team wins losses", ("Philadelphia 76ers", 24, 58), ("Utah Jazz", 17, 65))
COUNT = shown("wins", (50,))


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Luka Dončić led the league with 33.5 points per game in 2025-26.", PLAYERS),
        ("Luka Doncic averaged 33.48 points.", PLAYERS),
        ("In the Regular Season, Luka averaged 33 points in 64 games.", PLAYERS),
        ("Dončić (33.5) led, ahead of Gilgeous-Alexander (31.1) and Jaylen Brown (16.7).", PLAYERS),
        ("With 33.5 points a game, Dončić led the NBA.", PLAYERS),
        ("Luka Dončić of the LAL shot 36.6% from three.", PLAYERS),
        ("Shai Gilgeous-Alexander's plus-minus was -4.5.", PLAYERS),
        ("Shai Gilgeous-Alexander's plus-minus was minus 4.5.", PLAYERS),
        ("Jaylen Brown ranked third, and Luka Dončić was 1st.", PLAYERS),
        ("The top 4 were led by Luka Dončić.", PLAYERS),
        ("Luka Dončić scored twice as much as Jaylen Brown.", PLAYERS),
        ("Jaylen Brown made a quarter of his threes.", PLAYERS),
        ("Luka Dončić averaged thirty-three points and many triple-doubles in the fourth quarter.", PLAYERS),
        ("Luka Dončić averaged 33.5 in 2025-26, up from 28.2 in 2024-25.", SEASONS),
        ("He had 28.2 in 2024–25 and 33.5 in 2025/26.", SEASONS),
        ("The Celtics beat the Lakers 110-105 on November 3, 2025.", None),
        ("The Boston Celtics had 110.", TEAMS),
        ("On November 3 the Celtics scored 110 points.", TEAMS),
        ("The 76ers went 24-58.", SIXERS),
        ("They won fifty games.", COUNT),
        ("Nothing is said here.", COUNT),
        ("", COUNT),
    ],
)
def test_what_rows_show_is_kept(sentence: str, evidence: Evidence | None) -> None:
    """Rounded as people round, in figures or words, by any part of a name."""
    both = shown(
        "winner loser pts opp_pts game_date", ("Boston Celtics", "Los Angeles Lakers", 110, 105, "2025-11-03")
    )
    assert holds(sentence, [evidence or both])


@pytest.mark.parametrize(
    "number",
    [
        "31.2", "33.6", "61", "\uff16\uff11", "31¹", "³¹", "Ⅻ", "½", "33½", "\u325b", "\u2460\u2461",
        "\u4e09\u5341", "3I", "l5", "6O", "33.5.1", "1e3", "0x1F", "31k", "XXXI", "MCM", "31 thousand",
        "2 dozen", "thirty one", "thirty-one", "thirtyone", "sixty", "a hundred", "dozens of", "a couple of",
        "two hundred and five", "nought", "eleventy", "30-35", "30–35", "30 to 35", "33/35", "1/3 of", "33·5",
        "3 3.5", "33 . 5", "3\u200b3", "3\u00ad3", "-33.5", "33,5", "+31", "31+", "61%", "61 percent",
        "two-fifths", "half", "7:31", "1\u20440", "thirty point five", "more than 31", "over 61", "two", "2",
        "4", "11", "2025", "negative seven",
    ],
)  # fmt: skip
def test_a_number_that_his_row_does_not_have(number: str) -> None:
    """In whatever signs it is written, or in signs that only look like it."""
    assert not holds(f"Luka Dončić had {number} of them.", [PLAYERS])


@pytest.mark.parametrize(
    "sentence",
    [
        "Jaylen Brown averaged 33.5 points.",
        "Jaylen Brown averaged 8.25 points.",
        "Bruce Brown averaged 16.7 points, and Jaylen Brown 8.25.",
        "Luka Dončić and Jaylen Brown averaged 16.7 and 33.5.",
        "Dončić averaged 31.1 and Gilgeous-Alexander 33.5.",
        "He averaged 16.7 points.",
        "The leader averaged 16.7 points.",
        "Kobe Bryant averaged 33.5 points.",
        "Bryant averaged 33.5 points.",
        "The Clippers' best had 33.5 points.",
        "The LAL averaged 33.5 points.",
        "Luka Dončić averaged 33.5 rebounds.",
        "Luka Dončić averaged 64 points.",
        "Jaylen Brown ranked second.",
        "Jaylen Brown ranked 2nd.",
        "Jaylen Brown was the 31st.",
        "Luka Dončić scored three times as much as Jaylen Brown.",
        "Jaylen Brown scored twice as much as Luka Dončić.",
        "Luka Dončić made half of his threes.",
        "Luka Dončić averaged 33.5 points in 2019-20.",
        "Luka Dončić had 33.5 on 2019-12-31.",
        "Luka Dončić had 33.5 on November 3.",
        "The top 3 were led by Luka Dončić.",
        "Brown averaged 16.7 points.",
        "B. Brown averaged 16.7 points.",
        "Luka Dončić averaged 33.5 %.",
        "Luka Dončić averaged 33.5 points more than Jaylen Brown.",
        "Luka Dončić averaged 64 times Brown's points.",
        "Luka Dončić is older than 33.5, Kyrie Irving says.",
    ],
)
def test_what_rows_show_of_somebody_or_something_else(sentence: str) -> None:
    """A number of the evidence, beside the wrong name, measure, place, season or day."""
    assert not holds(sentence, [PLAYERS])


@pytest.mark.parametrize(
    "sentence",
    [
        "The Lakers had 110.",
        "The Celtics scored 105 against the Lakers.",
        "The Celtics scored 11 points.",
        "The Celtics scored 3 points.",
        "They won on December 3.",
    ],
)
def test_days_and_opponents_are_no_figures(sentence: str) -> None:
    """A date's parts are read where a date is written, an opponent's points are his own."""
    assert not holds(sentence, [TEAMS])


def test_the_question_sets_conditions_and_no_figures() -> None:
    """Asked whether he averaged 31.2, nobody may say that he did because it was asked."""
    asked = "did he average 31.2 points in at least twenty games, top five?"
    assert holds("Luka Dončić averaged 33.5 points (at least 20 games).", [PLAYERS], asked)
    assert holds("Of the top five, Luka Dončić had 33.5.", [PLAYERS], asked)
    assert not holds("Luka Dončić averaged 31.2 points.", [PLAYERS], asked)
    assert not holds("Luka Dončić averaged 33.5 points (at least 25 games).", [PLAYERS], asked)
    assert is_stated("At least 20 games, in 2025-26.", [PLAYERS], asked)
    assert not is_stated("At least 58 games.", [PLAYERS], asked)
    assert not is_stated("He averaged 33.5 points.", [PLAYERS], asked)
    assert not is_stated("The season 2019-20.", [PLAYERS], asked)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Luka Dončić led. He averaged 33.5 points.", "Luka Dončić led. He averaged 33.5 points."),
        ("Luka Dončić led. He averaged 16.7 points.", "Luka Dončić led."),
        ("Kobe Bryant was great. He averaged 33.5 points.", "Kobe Bryant was great."),
        ("Luka Dončić had 99. He averaged 33.5 points.", ""),
        (
            "Luka Dončić had 33.5! Jaylen Brown had 99. Bruce Brown had 8.25.",
            "Luka Dončić had 33.5! Bruce Brown had 8.25.",
        ),
        ("J. Brown vs. L. Dončić Jr. was 99. It was close.", "It was close."),
        ("Luka Dončić (No. 77) had 33.5.", ""),
        ("", ""),
    ],
)
def test_texts_are_kept_sentence_by_sentence(text: str, kept: str) -> None:
    """A pronoun stands for whom the sentence before named, and for nobody where that one is dropped."""
    assert checked(text, [PLAYERS], "").text == kept


def test_what_is_dropped_is_counted() -> None:
    """The answer says that something was left out."""
    assert checked("Luka Dončić had 99. Luka Dončić had 33.5.", [PLAYERS], "").dropped == 1


def test_a_list_of_sixty_rows_shows_no_other_numbers() -> None:
    """Their places are places only, and no figures."""
    rows = [(f"Name{chr(65 + n // 26)}{chr(97 + n % 26)}", 500 + n) for n in range(60)]
    many = shown("player pts", *rows)
    assert holds("NameAc had 502.", [many])
    assert not holds("NameAc had 31.", [many])
    assert holds("NameAc was 3rd.", [many])
    assert not holds("NameAc was 31st.", [many])
    assert not holds("NameAc had half of it.", [many])


def test_a_name_that_only_a_condition_has() -> None:
    """The single row of a query about one player is his, and nobody else's."""
    sql = "SELECT SUM(pts) AS pts FROM player_season_stats WHERE full_name = 'Ada Test'"
    one = shown("pts", (200,), sql=sql, by="voice")
    assert holds("Ada Test had 200.", [one])
    assert not holds("Ben Sample had 200.", [one])
    assert not holds("Ada Test had 200.", [shown("pts", (200,), by="voice")])
