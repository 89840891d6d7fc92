"""Thousands of panels of right, wrong, inventing and failing voices, and no number that no query returned."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.facts import Answer, Claim, Evidence, Proposal, Question, Verdict, VoiceReport
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.shapes import answer_json
from nba_mcp_synthesis.synthesis.pipeline import Hearing, Written, finish
from nba_mcp_synthesis.synthesis.rounds import ask_voices, write
from nba_mcp_synthesis.synthesis.verify import verify_claims
from nba_mcp_synthesis.synthesis.voices.desk import Sources
from nba_mcp_synthesis.synthesis.voices.purse import Allowance, Purse
from scripted.checker import misattributed, unfounded
from scripted.drawing import Panel, panels, script_of
from scripted.voices import INVENTING, Free, Scripted, heard

QUESTION = "who had the most points, at least 2 games"


@dataclass(frozen=True, repr=False)
class League:
    """The small league behind the product's own doors, and what each query returns."""

    app: App
    sources: Sources
    evidence: dict[str, Evidence]
    runner: asyncio.Runner

    def check(self, proposal: Proposal) -> Verdict:
        """As the product verifies it."""
        return verify_claims(proposal, self.sources.run, self.sources.second_way)


@pytest.fixture(scope="module")
def league(tmp_path_factory: pytest.TempPathFactory) -> Iterator[League]:
    """Made once, since nothing of it changes."""
    home = tmp_path_factory.mktemp("panels")
    url = f"duckdb:///{small_league.build(home / 'small.duckdb')}"
    app = App(load_settings({"NBA_MCP_WAREHOUSE_URL": url, "NBA_MCP_HOME": str(home)}))
    sources = Sources(app.warehouse, app.queries, app.stats, app.names)
    with asyncio.Runner() as runner:
        yield League(app, sources, {one.id: one for one in heard(sources)}, runner)
    app.queries.close()


def ask(league: League, panel: Panel) -> Answer:
    """The answer of a panel, as the product puts it together."""
    drawn, first, words = panel
    purse = Purse(Decimal(1), [Allowance(Decimal(1), Free())])
    voices = [Scripted(f"voice:{n}", script_of(one, league.evidence), purse) for n, one in enumerate(drawn)]
    hearing = Hearing(Question("q", QUESTION))

    async def writer(question: Question, verdict: Verdict) -> Written:
        return Written(words, VoiceReport("writer:0", "wrote", 0.0, 0, 0.0), ())

    async def hear() -> None:
        await ask_voices(hearing, [part for part in (voices[:first], voices[first:]) if part], league.check)
        if words is not None:
            await write(hearing, writer)

    league.runner.run(hear())
    return finish(hearing, league.app.warehouse, league.app.cautions)


@pytest.mark.requirement("SYS-APP")
@given(panel=panels)
@settings(max_examples=2_000, suppress_health_check=list(HealthCheck))
def test_no_number_leaves_that_no_query_returned(league: League, panel: Panel) -> None:
    """Whatever voices say: an answer or a refusal, and every number in it is in a row that is shown."""
    answer = ask(league, panel)
    assert answer.status in ("answered", "refused")
    assert answer.text
    assert len(answer.voices) >= 1
    assert unfounded(answer) == []
    assert misattributed(answer) == []
    assert all(one.result.rows and one.sql not in INVENTING for one in answer.evidence)


@given(panel=panels)
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_the_same_replies_give_the_same_answer(league: League, panel: Panel) -> None:
    """Nothing is left to chance, so that an answer can be explained."""
    assert _told(ask(league, panel)) == _told(ask(league, panel))


def _told(answer: Answer) -> dict[str, Any]:
    return {**answer_json(answer), "stages": None, "voices": [replace(v, seconds=0.0) for v in answer.voices]}


@pytest.mark.requirement("SYS-MODELS")
def test_right_voices_are_believed(league: League) -> None:
    """The property above would hold for a product that always refuses."""
    right: Any = (0, "answer", "Cid Sample had 220 points.", [(("e1", 0, 1), {})], [], None)
    answer = ask(league, ([right, right], 0, None))
    assert answer.status == "answered"
    assert answer.text.startswith("Cid Sample had 220 points.")
    assert answer.claims == (Claim("Cid Sample", "pts", 220, "points", "e1"),)
    assert [voice.outcome for voice in answer.voices] == ["answered", "answered"]
