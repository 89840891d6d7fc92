"""Numbers that prose writes as words, and what only looks like one."""

import pytest

from nba_mcp_synthesis.synthesis.number_words import has_number, places, ratios, spelled


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("twenty-one points and ten assists", [21, 10]),
        ("twenty one", [21]),
        ("thirtyone", [31]),
        ("two hundred and five", [205]),
        ("one hundred and one", [101]),
        ("nineteen hundred", [1900]),
        ("two thousand three hundred and six", [2306]),
        ("two dozen, a dozen", [24, 12]),
        ("three and five", [3, 5]),
        ("minus seven", [-7]),
        ("Forty or fourty", [40, 40]),
        ("a couple of wins", [2]),
        ("nil", [0]),
        ("one point", [1]),
        ("one of the best, no one", []),
        ("someone often tends to attend", []),
        ("fifteen threes", [15]),
    ],
)
def test_counts(text: str, found: list[float]) -> None:
    """Words that belong together are one number, so that `two hundred and five` is no 2, 100 and 5."""
    assert [*spelled(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ninth", [9]),
        ("twenty-first", [21]),
        ("thirtieth", [30]),
        ("hundred and fifth", [105]),
        ("at first", []),
    ],
)
def test_places(text: str, found: list[float]) -> None:
    """A place is no count."""
    assert [*places(text)] == found
    assert [*spelled(text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a third of them", [1 / 3]),
        ("two-thirds", [2 / 3]),
        ("three quarters", [3 / 4]),
        ("four sevenths", [4 / 7]),
        ("half of it", [0.5]),
        ("half what he had", [0.5]),
        ("a half", [0.5]),
        ("twice as many", [2]),
        ("doubled", [2]),
        ("halved", [0.5]),
        ("three times as many", [3]),
        ("two-and-a-half times more", [2.5]),
        ("2.5 times as many", [2.5]),
        ("3x the points", [3]),
        ("sevenfold", [7]),
        ("played three times", []),
    ],
)
def test_comparisons(text: str, found: list[float]) -> None:
    """Which part of another, or how many times another."""
    assert [*ratios(text)] == pytest.approx(found)


@pytest.mark.parametrize(
    "text",
    [
        "a double-double",
        "triple doubles and a quadruple-double",
        "three-pointers, two-point shots, threes and twos from three",
        "the fourth quarter, the second half, at halftime, in the first round",
        "second-chance points off the third team, the sixth man",
        "double digits, double-teamed, half-court",
        "with a second left, for seconds",
        "",
    ],
)
def test_terms_of_the_game_count_nothing(text: str) -> None:
    """They are names of things."""
    assert not has_number(text)


@pytest.mark.parametrize(
    "text", ["31", "\uff13", "½", "Ⅻ", "³", "㉛", "三", "٣", "a dozen", "tenth", "half of"]
)
def test_a_number_in_any_sign(text: str) -> None:
    """Whatever script it is in."""
    assert has_number(text)
