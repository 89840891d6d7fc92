"""Questions as fans type them, on the real data: right, or not answered."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.facts import Proposal, Question
from nba_mcp_synthesis.synthesis.verify import verify
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from small_league import analyst_of

NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def questions(real_data: Path) -> list[dict[str, Any]]:
    """The questions with their answers."""
    text = (real_data.parent / "questions" / "questions_dev.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def proposals(real_warehouse: DuckDBWarehouse, questions: list[dict[str, Any]]) -> dict[str, Proposal]:
    """What the analyst says to each, by id."""
    analyst = analyst_of(real_warehouse)
    return {row["id"]: analyst.propose(Question(row["id"], row["question"])) for row in questions}


def is_right(row: dict[str, Any], proposal: Proposal) -> bool:
    """Every expected value is claimed, and stands in the text with its entity."""
    claimed = [float(c.value) for c in proposal.claims if not isinstance(c.value, str)]
    said = [float(number) for number in NUMBER.findall(proposal.text)]

    def holds(want: dict[str, Any]) -> bool:
        if str(want["entity"] or "") not in proposal.text or want["value"] is None:
            return want["value"] is None and str(want["entity"]) in proposal.text
        near = row["tolerance"] + 1e-9
        return all(any(abs(n - want["value"]) <= near for n in numbers) for numbers in (claimed, said))

    return not row["refusal"] and all(holds(want) for want in row["answer"])


def test_no_answer_is_wrong(questions: list[dict[str, Any]], proposals: dict[str, Proposal]) -> None:
    """Of all sixty questions, whatever is answered is answered right."""
    answered = [row for row in questions if proposals[row["id"]].status == "answered"]
    assert [row["question"] for row in answered if not is_right(row, proposals[row["id"]])] == []


def test_nearly_all_are_answered(questions: list[dict[str, Any]], proposals: dict[str, Proposal]) -> None:
    """At least 95 in 100 of those that the data can answer are, over all families."""
    able = [row for row in questions if not row["refusal"]]
    missed = [row["question"] for row in able if proposals[row["id"]].status != "answered"]
    assert len(missed) <= 0.05 * len(able), missed


def test_what_cannot_be_answered_is_declined(
    questions: list[dict[str, Any]], proposals: dict[str, Proposal]
) -> None:
    """A question that the data cannot answer is refused or asked back."""
    refused = [row for row in questions if row["refusal"]]
    assert len(refused) >= 5
    assert {proposals[row["id"]].status for row in refused} <= {"refused", "asked_back"}


def test_every_number_of_an_answer_is_proven(
    questions: list[dict[str, Any]], proposals: dict[str, Proposal], real_warehouse: DuckDBWarehouse
) -> None:
    """Running the queries again shows each number, and texts carry few more than was asked for."""
    for row in questions:
        proposal = proposals[row["id"]]
        verdict = verify(proposal, real_warehouse.query)
        assert verdict.failures == (), row["question"]
        if proposal.status == "answered":
            assert len(NUMBER.findall(proposal.text)) <= 20 + 8 * len(row["answer"])


def test_standings_are_those_that_were_published(real_warehouse: DuckDBWarehouse) -> None:
    """The place of every team in its conference is the published one."""
    wrong = real_warehouse.query(
        "SELECT t.full_name FROM standings s JOIN teams t ON t.team_id = s.team_id JOIN official_metrics o "
        "ON o.entity_id = s.team_id AND o.season = s.season AND o.source = 'standings' "
        "AND o.metric = 'conference_rank' WHERE o.value <> s.conference_rank"
    )
    assert wrong.rows == ()
