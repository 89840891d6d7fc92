"""How questions are read: tokens and what neighbouring ones mean together."""

import datetime as dt

import pytest

from nba_mcp_synthesis.analyst.lexicon import lexicon
from nba_mcp_synthesis.analyst.reading import Reading, Taking
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.nicknames import ordinary_words
from nba_mcp_synthesis.basketball.roster import Person
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.schema.teams import teams

NAMES = Names([Person(1, "Nikola Jokić", "DEN", 2300.0), Person(2, "Jalen Brunson", "NYK", 2400.0)], teams())


def tags(text: str) -> list[tuple[str, object]]:
    """Tags and values of a question; of names only the tag."""
    tokens = Reading.of(text, NAMES).tokens
    return [(t.tag, None if t.tag == "name" else t.value) for t in tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "top 5 in bloks 2025-26",
            [("leader", "lead"), ("limit", 5), ("measure", "blk"), ("season", "2025-26")],
        ),
        ("top five blocks", [("leader", "lead"), ("limit", 5), ("measure", "blk")]),
        ("most 3 pointers made", [("leader", "most"), ("measure", "fg3m")]),
        ("three point %", [("measure", "fg3_pct")]),
        ("efective field goal percantage", [("measure", "efg_pct")]),
        ("minimum of 50 games", [("minimum_of", (50, "gp"))]),
        ("1500+ points", [("minimum_of", (1500, "pts"))]),
        ("at least 5 attempts per game", [("minimum_of", (5, "attempted_per_game"))]),
        ("20 or more ppg", [("minimum_of", (20, "pts_per_game"))]),
        ("on december 21", [("day", (12, 21))]),
        ("21st of dec", [("day", (12, 21))]),
        ("12/21", [("day", (12, 21))]),
        ("april 10, 2026", [("date", dt.date(2026, 4, 10))]),
        ("2026-04-10", [("date", dt.date(2026, 4, 10))]),
        ("4/10/2026", [("date", dt.date(2026, 4, 10))]),
        ("in 2016", [("season", "2015-16")]),
        ("2015-2016", [("season", "2015-16")]),
        ("game 5 of the finals", [("game_number", 5), ("round", "4")]),
        ("3rd in the west", [("ordinal", 3), ("conference", "West")]),
        ("jokic's points", [("name", None), ("measure", "pts")]),
    ],
)
def test_what_words_stand_for(text: str, expected: list[tuple[str, object]]) -> None:
    """Phrases, figures and slips of the keyboard become the tokens that they mean."""
    assert tags(text) == expected


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("points since january", "since"),
        ("points by a rookie", "rookie"),
        ("per 36 minutes", "per"),
        ("2015-17", "2015-17"),
        ("2026-02-30", "2026-02-30"),
        ("february 30, 2026", "february 30 2026"),
        ("most 30 point games", "point games"),
        ("130+ point games", "130 + point games"),
    ],
)
def test_what_is_not_known_is_kept_as_unknown(text: str, unknown: str) -> None:
    """No word of a question disappears because it is not understood."""
    found = [t.text for t in Reading.of(text, NAMES).tokens if t.tag == "unknown"]
    assert found == [unknown] or (unknown == "february 30 2026" and "month" in dict(tags(text)))


def test_no_ordinary_word_disappears() -> None:
    """A word that is neither known nor a name stays in the reading of any question, not understood."""
    for word in sorted(ordinary_words() - lexicon().words - set(lexicon().meanings)):
        found = {token.tag for token in Reading.of(f"most points {word}", NAMES).tokens}
        assert found & {"unknown", "absent", "ordinal", "number"}, word


def test_how_slips_were_read_is_told() -> None:
    """A corrected word and a corrected name are named to the asker."""
    reading = Reading.of("brunsen asists", NAMES)
    assert reading.corrections == ("Read 'asists' as 'assists'.", "Read 'brunsen' as Jalen Brunson.")


def test_nothing_is_taken_twice_and_nothing_lost() -> None:
    """A family takes tokens; another season than the one taken is left over."""
    taking = Taking(Reading.of("jokic points 2025-26 and 2024-25 and 2025-26", NAMES))
    assert taking.one("season") is not None
    assert [t.value for t in taking.left if t.tag == "season"] == ["2024-25"]
    assert taking.has("measure")
    assert not taking.has("measure")


def test_phrases_are_written_as_they_are_compared() -> None:
    """A phrase that is not in folded form could never be found."""
    assert [phrase for phrase in lexicon().meanings if key(phrase).replace("%", "percentage") != phrase] == []


def test_what_could_be_a_condition_is_not_ignored() -> None:
    """Words on which an answer can depend are not among those that carry nothing."""
    conditions = {
        "not",
        "no",
        "without",
        "when",
        "if",
        "against",
        "since",
        "before",
        "after",
        "last",
        "first",
        "or",
    }
    conditions |= {
        "under",
        "over",
        "than",
        "more",
        "less",
        "per",
        "only",
        "except",
        "all",
        "any",
        "us",
        "his",
        "will",
    }
    assert lexicon().ignored & conditions == set()
