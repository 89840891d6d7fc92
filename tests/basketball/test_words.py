"""Folding and cutting of text."""

import pytest

from nba_mcp_synthesis.basketball.words import fold, key, without_suffix, words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Dončić", "doncic"),
        ("P.J. Washington", "pj washington"),
        ("De\u2019Aaron Fox", "deaaron fox"),
        ("Karl-Anthony", "karl anthony"),
        ("jokic's", "jokic"),
        ("the Lakers'", "the lakers"),
        ("D\u0451min", "demin"),
        ("fg% 20+ 3.5", "fg % 20 + 3.5"),
    ],
)
def test_spelling_habits_do_not_matter(typed: str, folded: str) -> None:
    """Case, accents, apostrophes, points and hyphens make no difference."""
    assert key(typed) == folded


def test_a_word_knows_where_it_stands() -> None:
    """The place of a word points into the text as typed."""
    text = "was  Jokić's best"
    assert [text[w.start : w.end] for w in words(text)] == ["was", "Jokić's", "best"]
    assert [w.capital for w in words(text)] == [False, True, False]


def test_letters_without_a_plain_base_are_folded() -> None:
    """Letters that are no accented plain letter have a plain form too."""
    assert fold("Øystein Łukasz") == "oystein lukasz"


def test_suffixes_are_left_off_names_only() -> None:
    """Jr. and III go; a name of two words stays whole."""
    assert without_suffix(key("Trey Murphy III")) == "trey murphy"
    assert without_suffix("jaren jr") == "jaren jr"
