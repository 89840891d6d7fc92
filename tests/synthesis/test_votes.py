"""Who agrees with whom, and who is followed."""

from nba_mcp_synthesis.facts import Proposal, Verdict
from nba_mcp_synthesis.synthesis.votes import agree, camps, headline
from scripted.evidence import claimed, held, shown

HAND = [shown("player pts", ("Ada Test", 200), by="voice", sql="SELECT player, pts FROM a")]
ADA, BEN = claimed("Ada Test", "pts", 200), claimed("Ben Test", "pts", 125)


def names(*verdicts: Verdict) -> list[list[str]]:
    return [[v.proposal.voice for v in camp.verdicts] for camp in camps(verdicts)]


def test_voices_agree_by_values_whatever_they_call_them() -> None:
    """Names of columns differ between queries; whom and how much do not."""
    assert names(held("a", ADA), held("b", claimed("ada test", "total", 200.0)), held("c", BEN)) == [
        ["a", "b"],
        ["c"],
    ]


def test_only_what_answers_is_compared() -> None:
    """Figures behind those of the first measure are beside the point."""
    more = held("b", ADA, claimed("Ada Test", "ast", 7))
    assert headline(more) == (ADA,)
    assert agree(held("a", ADA), more)


def test_a_figure_more_or_less_is_another_answer() -> None:
    """The top two are not the top one; the same one twice is not the top two."""
    both, twice = held("a", ADA, BEN), held("b", ADA, claimed("Ada Test", "pts", 200, "e2"))
    assert not agree(both, held("c", ADA))
    assert not agree(both, twice)
    assert not agree(twice, both)


def test_the_order_of_figures_is_none_of_the_answer() -> None:
    """Rows of a query without ORDER BY come in any order."""
    assert agree(held("a", ADA, BEN), held("b", BEN, ADA))


def test_equal_values_of_two_measures_of_ours_are_no_agreement() -> None:
    """200 points and 200 assists."""
    assert not agree(held("a", ADA), held("b", claimed("Ada Test", "ast", 200)))


def test_refusals_and_what_does_not_hold_are_in_no_camp() -> None:
    """However many there are."""
    refused = Verdict(Proposal("r", "refused", ""), holds=True)
    failed = Verdict(held("f", ADA).proposal, holds=False)
    assert names(refused, refused, failed) == []
    assert names(refused, held("a", ADA), failed) == [["a"]]


def test_more_voices_outweigh_one() -> None:
    """Also where the one was first."""
    assert names(held("a", BEN), held("b", ADA), held("c", ADA)) == [["b", "c"], ["a"]]


def test_the_analyst_outweighs_all() -> None:
    """What it computed is the product's own, and leads its camp."""
    assert names(held("b", ADA), held("c", ADA), held("analyst", BEN, computed=True))[0] == ["analyst"]
    assert names(held("b", ADA), held("analyst", ADA, computed=True)) == [["analyst", "b"]]


def test_compiled_queries_outweigh_those_by_hand() -> None:
    """Of as many voices; and the voice that had its SQL written leads its camp."""
    assert names(held("a", ADA, evidence=HAND), held("b", BEN)) == [["b"], ["a"]]
    assert names(held("a", ADA, evidence=HAND), held("b", ADA)) == [["b", "a"]]


def test_the_first_voice_leads_in_a_draw() -> None:
    """So that the same replies give the same answer."""
    assert names(held("a", ADA), held("b", BEN)) == [["a"], ["b"]]
    assert names(held("b", BEN), held("a", ADA)) == [["b"], ["a"]]
