"""When enough has been heard."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.facts import Proposal, Verdict
from nba_mcp_synthesis.synthesis.stopping import is_settled, stands_alone
from nba_mcp_synthesis.synthesis.votes import camps
from scripted.evidence import claimed, held, shown

ADA, BEN = claimed("Ada Test", "pts", 200), claimed("Ben Test", "pts", 125)


def test_two_that_agree_are_enough_where_nobody_contradicts() -> None:
    """One is not, however few are still to come."""
    assert is_settled([held("a", ADA), held("b", ADA)], outstanding=3)
    assert not is_settled([held("a", ADA)], outstanding=0)
    assert not is_settled([], outstanding=0)


def test_with_rivals_the_others_must_not_be_able_to_turn_it() -> None:
    """Two against one, and one to come: it might be a draw."""
    heard = [held("a", ADA), held("b", ADA), held("c", BEN)]
    assert not is_settled(heard, outstanding=1)
    assert is_settled(heard, outstanding=0)
    assert is_settled([*heard, held("d", ADA)], outstanding=1)


@given(
    st.lists(st.sampled_from([ADA, BEN, None]), max_size=6), st.lists(st.sampled_from([ADA, BEN]), max_size=4)
)
def test_what_is_settled_with_rivals_stays_so(first: list[object], later: list[object]) -> None:
    """Whatever the voices say that were not waited for."""
    heard = [held(f"v{n}", claim) for n, claim in enumerate(first) if claim is not None]  # type: ignore[arg-type]
    if is_settled(heard, len(later)) and len(camps(heard)) > 1:
        everybody = [*heard, *(held(f"w{n}", claim) for n, claim in enumerate(later))]  # type: ignore[arg-type]
        assert camps(everybody)[0].first == camps(heard)[0].first


def test_one_voice_stands_alone_where_the_product_wrote_all_its_sql() -> None:
    """And nothing of it failed, was cut, or was written by hand."""
    alone = held("a", ADA)
    assert stands_alone(alone)
    assert not stands_alone(replace(alone, failures=("The pts cannot be kept.",)))
    assert not stands_alone(replace(alone, holds=False))
    assert not stands_alone(Verdict(Proposal("a", "refused", ""), holds=True))
    rows = ("player pts", ("Ada Test", 200))
    assert not stands_alone(held("a", ADA, evidence=[shown(*rows, by="voice")]))
    assert not stands_alone(held("a", ADA, evidence=[shown(*rows, truncated=True)]))
