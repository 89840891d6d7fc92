"""The report of a checklist: each step, and what needs a person."""

from collections.abc import Sequence
from datetime import datetime

from nba_mcp_synthesis.operations.checklists.running import Step
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Document, Section, Table

NOBODY = "Needs a person: nothing."


def report(name: str, steps: Sequence[Step], now: datetime) -> Document:
    """Exit code 1 where something is broken, else 3 where a source was away, else 0."""
    rows = [(step.name, step.result, step.message) for step in steps]
    details = [
        Section(step.name, [step.message, step.finding.table])
        for step in steps
        if step.finding.table is not None
    ]
    people = needs_a_person(steps)
    return Document(
        f"checklist-{name}-{now:%Y-%m-%d}",
        f"Checklist {name}, {now:%Y-%m-%d %H:%M} UTC",
        [_counted(steps), *(people or [NOBODY])],
        [Section("Steps", [Table(("step", "result", "what was found"), rows)]), *details],
        {
            "checklist": name,
            "at": now.isoformat(),
            "steps": [_as_dict(step) for step in steps],
            "needs_a_person": people,
        },
        exit_code=_exit_code(steps),
    )


def needs_a_person(steps: Sequence[Step]) -> list[str]:
    """A sentence for each thing to do, and one for each source that was away."""
    told = [f"Needs a person: {step.finding.person} ({step.name})" for step in steps if step.finding.person]
    missed: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        if step.result == "away":
            missed.setdefault((step.source, step.message), []).append(step.name)
    return told + [
        f"Needs a person: {message} Not looked at: {'; '.join(names)}."
        for (_, message), names in missed.items()
    ]


def _counted(steps: Sequence[Step]) -> str:
    counts = {
        result: sum(step.result == result for step in steps)
        for result in ("done", "warning", "failed", "away")
    }
    return (
        f"{words.plural(len(steps), 'step')}: {counts['done']} well, {counts['warning']} to look at, "
        f"{counts['failed']} failed, {counts['away']} not done because their source is away."
    )


def _exit_code(steps: Sequence[Step]) -> int:
    results = {step.result for step in steps}
    return 1 if "failed" in results else 3 if "away" in results else 0


def _as_dict(step: Step) -> dict[str, object]:
    return {
        "step": step.key,
        "title": step.name,
        "source": step.source,
        "result": step.result,
        "message": step.message,
        "person": step.finding.person,
        "figures": step.finding.figures,
        "seconds": round(step.seconds, 3),
    }
