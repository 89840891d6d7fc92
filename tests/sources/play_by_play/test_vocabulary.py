"""Types and kinds of events from the codes and words of the feeds."""

import pytest

from nba_mcp_synthesis.sources.play_by_play.vocabulary import free_throw, kind_of_code, kind_of_words


@pytest.mark.parametrize(
    ("event_type", "code", "kind"),
    [
        ("made_shot", 79, "pullup jump shot"),
        ("missed_shot", 98, "cutting layup"),
        ("turnover", 45, "out of bounds bad pass"),
        ("foul", 17, "technical defensive 3 seconds"),
        ("foul", 14, "flagrant type 1"),
        ("substitution", 0, None),
        ("made_shot", 999, None),
    ],
)
def test_kinds_by_code(event_type: str, code: int, kind: str | None) -> None:
    """Codes mean different things in different types; an unknown one means nothing."""
    assert kind_of_code(event_type, code, "") == kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("Driving Layup Shot",), "driving layup"),
        (("Pullup Jump shot",), "pullup jump shot"),
        (("cutting", "DUNK"), "cutting dunk"),
        (("Out of Bounds - Bad Pass Turnover",), "out of bounds bad pass"),
        (("out-of-bounds", "bad pass"), "out of bounds bad pass"),
        (("Defense 3 Second",), "technical defensive 3 seconds"),
        (("Double Technical",), "technical double"),
        (("Unknown",), None),
        ((None, None), None),
    ],
)
def test_kinds_by_words(words: tuple[object, ...], kind: str | None) -> None:
    """The feeds' different words for one kind become one."""
    assert kind_of_words(*words) == kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("MISS Beal Free Throw 2 of 2", "2 of 2"),
        ("[OKC 79-71] Westbrook Free Throw Technical (14 PTS)", "technical"),
        ("Powell Free Throw Flagrant 1 of 2 (10 PTS)", "flagrant 1 of 2"),
        ("Green Free Throw Clear Path 2 of 2", "clear path 2 of 2"),
        ("Free beer", None),
    ],
)
def test_free_throws(words: str, kind: str | None) -> None:
    """The words say which of how many a free throw is, and whether the foul was a special one."""
    assert free_throw(words) == kind
