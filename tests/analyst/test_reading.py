"""How questions are read: tokens and what neighbouring ones mean together."""

import datetime as dt

import pytest

from nba_mcp_synthesis.analyst.lexicon import lexicon
from nba_mcp_synthesis.analyst.reading import Reading
from nba_mcp_synthesis.analyst.settling import frame_of
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.nicknames import ordinary_words
from nba_mcp_synthesis.basketball.roster import Person
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.schema.teams import teams

NAMES = Names([Person(1, "Nikola Jokić", "DEN", 2300.0), Person(2, "Jalen Brunson", "NYK", 2400.0)], teams())


def tags(text: str) -> list[tuple[str, object]]:
    """Tags and values of a question; of names only the tag."""
    tokens = Reading.of(text, NAMES).tokens
    return [(t.tag, None if t.tag in ("name", "opponent") else t.value) for t in tokens]


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
        ("minimum of 50 games", [("threshold", (">=", 50, "gp", False))]),
        ("1500+ points", [("threshold", (">=", 1500, "pts", False))]),
        ("at least 5 attempts per game", [("threshold", (">=", 5, "attempted_per_game", False))]),
        ("20 or more ppg", [("threshold", (">=", 20, "pts_per_game", False))]),
        ("on december 21", [("day", (12, 21))]),
        ("21st of dec", [("day", (12, 21))]),
        ("12/21", [("day", (12, 21))]),
        ("april 10, 2026", [("date", dt.date(2026, 4, 10))]),
        ("2026-04-10", [("date", dt.date(2026, 4, 10))]),
        ("4/10/2026", [("date", dt.date(2026, 4, 10))]),
        ("in 2016", [("season", "2015-16")]),
        ("2015-2016", [("season", "2015-16")]),
        ("game 5 of the finals", [("game_number", 5), ("where", "playoff_round=4")]),
        ("3rd in the west", [("ordinal", 3), ("conference", "West")]),
        ("jokic's points", [("name", None), ("measure", "pts")]),
        ("under 100 points", [("threshold", ("<", 100, "pts", False))]),
        (
            "30/10/5",
            [("threshold", (">=", n, of, False)) for n, of in ((30, "pts"), (10, "reb"), (5, "ast"))],
        ),
        ("on 50% shooting", [("threshold", (">=", 50, "fg_pct", True))]),
        ("88 percent from the line", [("threshold", (">=", 88, "ft_pct", True))]),
        ("40 point games", [("kind_of_game", (">=", 40, "pts", False))]),
        ("20 point wins", [("kind_of_game", (">=", 20, "margin", False))]),
        ("2015-16 record", [("season", "2015-16"), ("record", "record")]),
        ("25-26", [("season", "2025-26")]),
        ("98-99", [("season", "1998-99")]),
        ("lost 110-102", [("won", "lost"), ("number", 110), ("number", 102)]),
        ("1,500 points or more", [("threshold", (">=", 1500, "pts", False))]),
        ("2000 points", [("threshold", (">=", 2000, "pts", False))]),
        ("fg pct", [("measure", "fg_pct")]),
        ("worst 3 pt shooting team", [("leader", "worst"), ("measure", "fg3_pct"), ("by", "team")]),
        ("free thow pct", [("measure", "ft_pct")]),
        ("final scoer", [("score", "result")]),
        ("50% fg", [("threshold", (">=", 50, "fg_pct", True))]),
        ("50% shooting from 3", [("threshold", (">=", 50, "fg3_pct", True))]),
        ("min 300 made", [("threshold", (">=", 300, "made", False))]),
        ("with 200 attempts", [("threshold", (">=", 200, "attempted", False))]),
        ("blocked 70 or more shots", [("threshold", (">=", 70, "blk", False))]),
        ("who blocked the most shots", [("leader", "most"), ("measure", "blk")]),
        ("by double digits", [("kind_of_game", (">=", 10, "margin", False))]),
        ("20+ point wins", [("kind_of_game", (">=", 20, "margin", False))]),
        ("15+ point losses", [("kind_of_game", ("<=", -15, "margin", False))]),
        ("20+ points in wins", [("threshold", (">=", 20, "pts", False)), ("where", "result=win")]),
        ("aged 35 or older", [("where", "age>=35")]),
        ("50 win teams", [("threshold", (">=", 50, "wins", False)), ("by", "team")]),
        ("averaging 20", [("threshold", (">=", 20, "pts_per_game", False))]),
        ("hit 130", [("threshold", (">=", 130, "pts", False))]),
        ("won the scoring title", [("measure", "pts_per_game"), ("leader", "lead")]),
        ("won the title", [("won", "won"), ("where", "playoff_round=4")]),
        ("won the east", [("won", "won"), ("where", "playoff_round=3,conference=East")]),
        ("last in the east", [("ends", "worst"), ("conference", "East")]),
        ("last beat the lakers", [("last", 1), ("beat", "beat"), ("name", None)]),
        ("against teams from the east", [("where", "opponent_conference=East")]),
        ("won against the west", [("won", "won"), ("where", "opponent_conference=West")]),
        ("between 10 and 16 feet", [("where", "shot_distance>=10,shot_distance<16")]),
        ("from 3 to 10 feet", [("where", "shot_distance>=3,shot_distance<10")]),
        ("16 ft", [("number", 16), ("feet", "feet")]),
        ("ft", [("measure", "ftm")]),
        ("from 3", [("range", "fg3_pct")]),
        ("best defense by points allowed", [("leader", "best"), ("measure", "opp_pts")]),
        ("wins by 15 or more", [("kind_of_game", (">=", 15, "margin", False))]),
        ("decided by 3 points or less", [("where", "margin>=-3,margin<=3")]),
        ("last 10 games", [("last", 10)]),
        ("over his first 20 games", [("first", 20)]),
        ("any 5 game span", [("in_span", 5)]),
        ("since january", [("from", (1, 1))]),
        ("after january", [("after", (1, 31))]),
        ("before christmas", [("before", (12, 25))]),
        ("from nov 15 to dec 15", [("from", (11, 15)), ("until", (12, 15))]),
        ("between november and february", [("from", (11, 1)), ("until", (2, 28))]),
        ("since the all-star break", [("from", "all_star")]),
        ("2014-15 to 2016-17", [("season", "2014-15"), ("season", "2015-16"), ("season", "2016-17")]),
        ("players under 25", [("by", "player"), ("where", "age<25")]),
        ("25 and under", [("where", "age<=25")]),
        ("7 feet or taller", [("where", "height_in>=84")]),
        ("first overall pick in 2025", [("where", "draft_number=1,draft_year=2025")]),
        ("2nd round picks", [("where", "draft_round=2")]),
        ("from 10 to 16 feet", [("where", "shot_distance>=10,shot_distance<16")]),
        ("on 2 days rest", [("where", "rest_days=2")]),
        ("8 seed", [("ordinal", 8), ("place", "seed")]),
        ("points against the knicks", [("measure", "pts"), ("opponent", None)]),
    ],
)
def test_what_words_stand_for(text: str, expected: list[tuple[str, object]]) -> None:
    """Phrases, figures and slips of the keyboard become the tokens that they mean."""
    assert tags(text) == expected


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("per 36 minutes", "per"),
        ("points in double-doubles", "in double-doubles"),
        ("points in boston", "boston"),
        ("2015-17", "2015-17"),
        ("2026-02-30", "2026-02-30"),
        ("february 30, 2026", "february 30 2026"),
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


def test_every_token_fills_a_slot_or_is_left_over() -> None:
    """Nothing of a question gets lost between its tokens and its frame."""
    text = "jokic points at home against the knicks in december under water 2025-26 top 7"
    tokens = Reading.of(text, NAMES).tokens
    frame = frame_of(text, tokens)
    assert {*frame.left, *(t for found in frame.slots.values() for t in found)} == set(tokens)
    assert frame.beyond(frame.slots) == frame.left


def test_two_halves_of_a_whole_are_a_split() -> None:
    """`at home vs on the road` asks for both, not for games that are both."""
    frame = frame_of("", Reading.of("jokic points at home vs on the road", NAMES).tokens)
    assert frame.values("splits") == ["location"]
    assert frame.all("conditions") == []


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


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("most points in a loss", {"in_game", "order", "measures", "conditions"}),
        ("most points in losses", {"order", "measures", "conditions"}),
        ("how many double doubles did jokic record", {"measures", "subjects", "how_many"}),
        ("nuggets record", {"record", "subjects"}),
        ("nuggets wins and losses", {"record", "subjects"}),
        ("jokic points in wins and losses", {"measures", "splits", "subjects"}),
        ("how did the nuggets knicks game end, score", {"line", "subjects", "game", "score"}),
        ("knicks score in game 7 of the series", {"subjects", "score", "game_number"}),
        ("highest in a game by the knicks", {"in_game", "measures", "subjects", "order"}),
    ],
)
def test_what_a_slot_means_depends_on_the_others(text: str, slots: set[str]) -> None:
    """Tokens settle where the rest of the question puts them."""
    frame = frame_of(text, Reading.of(text, NAMES).tokens)
    assert {name for name, found in frame.slots.items() if found} == slots


def test_no_phrase_means_two_things() -> None:
    """Of phrases that are read as the same words, each says the same."""
    meanings: dict[str, set[str]] = {}
    for phrase, meaning in lexicon().phrases:
        meanings.setdefault(lexicon().alike(phrase), set()).add(f"{meaning.tag} {meaning.value}")
    assert {phrase: found for phrase, found in meanings.items() if len(found) > 1} == {}
