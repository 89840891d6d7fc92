"""Questions that go on from the one before."""

import pytest

from nba_mcp_synthesis.analyst.analyst import Analyst
from nba_mcp_synthesis.facts import Question

SAME_AS = [
    ("ada test points", "and rebounds?", "ada test rebounds"),
    ("ada test points per game", "and rebounds?", "ada test rebounds per game"),
    ("ada test points per game", "what about ben test", "ben test points per game"),
    ("ada test points", "per game?", "ada test points per game"),
    ("who led the lakers in points", "how about the celtics", "who led the celtics in points"),
    ("lakers record", "and on the road", "lakers record on the road"),
    ("lakers record on the road", "and at home", "lakers record at home"),
    ("most points", "and the fewest turnovers per game", "fewest turnovers per game"),
    ("top 2 in points", "ada test ppg", "ada test ppg"),
]


@pytest.mark.parametrize(("previous", "text", "whole"), SAME_AS)
def test_a_follow_up_says_what_changes(analyst: Analyst, previous: str, text: str, whole: str) -> None:
    """It gets the answer of the whole question that it stands for."""
    found = analyst.propose(Question("q", text, previous))
    expected = analyst.propose(Question("q", whole))
    assert (found.status, found.text) == (expected.status, expected.text)


def test_what_a_follow_up_leaves_unclear_is_refused(analyst: Analyst) -> None:
    """A word that is not understood is not ignored because the question before was."""
    assert analyst.propose(Question("q", "and under water?", "ada test points")).status == "refused"
