"""From a question to what became of it, on a league small enough to check by hand."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from evaluation.asking import Asked, ask_all
from evaluation.questions import Question, Wanted
from evaluation.report import markdown

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.facts import Answer
from servers.model_peers import MakePeer
from small_league import build
from synthesis.conftest import QUESTION, knowing


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder that holds the small league."""
    build(tmp_path / "demo.duckdb")
    return tmp_path


def _asked(home: Path, text: str, wanted: Sequence[Wanted], reason: str = "") -> Asked:
    question = Question("one", text, "leaders", "demo", refusal=bool(reason), reason=reason)
    (asked,) = ask_all(home, [(question, tuple(wanted))])
    return asked


def test_an_answer_as_expected_is_right(home: Path) -> None:
    """Cid Sample has 220 points, more than anyone; the evidence shows it."""
    asked = _asked(home, "who led the league in total points", [Wanted("Cid Sample", 220, "points")])
    assert (asked.outcome, asked.status, asked.unproven) == ("right", "answered", ())


def test_another_answer_is_wrong(home: Path) -> None:
    """Confidently wrong, with what is missing."""
    asked = _asked(home, "who led the league in total points", [Wanted("Ada Test", 200, "points")])
    assert asked.outcome == "wrong"
    assert asked.faults == ("Ada Test is not named.",)


def test_a_refusal_is_right_where_there_is_no_answer(home: Path) -> None:
    """The same refusal to a question that has an answer counts as declined."""
    assert _asked(home, "who will win mvp", [], "a forecast").outcome == "right"
    assert _asked(home, "who will win mvp", [Wanted("Ada Test", None, None)]).outcome == "declined"
    assert _asked(home, " ", [Wanted("Ada Test", None, None)]).outcome == "declined"


def test_an_answer_where_there_is_none_is_wrong(home: Path) -> None:
    """Whatever it says."""
    asked = _asked(home, "who led the league in total points", [], "nobody can know")
    assert (asked.outcome, asked.faults) == ("wrong", ("It cannot be answered: nobody can know.",))


def test_a_crash_is_the_fate_of_one_question(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that is no refusal is reported with its words, and the rest is asked."""

    def ask(self: App, question: str, answer_id: str | None = None) -> Answer:
        raise ZeroDivisionError(question)

    monkeypatch.setattr(App, "ask", ask)
    asked = _asked(home, "who led the league in scoring", [])
    assert (asked.outcome, asked.faults) == ("crashed", ("ZeroDivisionError: who led the league in scoring",))


def test_models_are_asked_where_they_are_named(
    home: Path, model_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which were asked, and what they cost, is in the report."""
    monkeypatch.setenv("COMPATIBLE_API_KEY", "key-of-the-evaluation")
    peer = model_peer(knowing())
    settings = {"NBA_MCP_MODELS": f"compatible:llama@{peer.openai_url}=1/1"}
    wanted = (Wanted("Cid Sample", 220, "points"),)
    questions = [(Question("one", QUESTION, "leaders", "demo"), wanted)]
    (asked,) = ask_all(home, questions, settings)
    assert (asked.outcome, asked.models) == ("right", ("compatible:llama answered",))
    cost = (peer.told.input + peer.told.output) / 1_000_000
    assert asked.cost_usd == pytest.approx(cost, abs=1e-12)
    assert f"Models were asked 1 questions: ${cost:.4f} in all" in markdown([asked], "one")
