"""What came of an evaluation: by family, the cases that went wrong, and how long answers took."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from evaluation.asking import Asked, Outcome
from evaluation.questions import Wanted

FOLDER = Path(__file__).resolve().parents[1] / "reports" / "eval"
COLUMNS = ("family", "questions", "right", "declined", "wrong", "crashed", "accuracy")
MOST_CASES = 40
_WORST_FIRST: tuple[Outcome, ...] = ("crashed", "wrong", "declined")


def share(asked: Sequence[Asked], *outcomes: Outcome) -> float:
    """Share of the questions with one of these outcomes, 0 to 1; 0 when there are none."""
    return sum(a.outcome in outcomes for a in asked) / len(asked) if asked else 0.0


def families(asked: Sequence[Asked]) -> list[tuple[str, ...]]:
    """A row a family in the order of COLUMNS, and one for all."""
    names = sorted({a.question.family for a in asked})
    groups = [(name, [a for a in asked if a.question.family == name]) for name in names]
    return [_row(name, group) for name, group in [*groups, ("all", list(asked))]]


def _row(name: str, asked: Sequence[Asked]) -> tuple[str, ...]:
    kinds: tuple[Outcome, ...] = ("right", "declined", "wrong", "crashed")
    counts = [str(sum(a.outcome == kind for a in asked)) for kind in kinds]
    return (name, str(len(asked)), *counts, f"{100 * share(asked, 'right'):.1f} %")


def latency(asked: Sequence[Asked]) -> dict[str, float]:
    """Milliseconds: median, 95th and 99th percentile, and the longest."""
    times = sorted(1_000 * a.seconds for a in asked)
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": times[-1]}


def worst(asked: Sequence[Asked]) -> list[Asked]:
    """What is not right, the worst first; an answer whose evidence does not show it is among the worst."""
    bad = [a for a in asked if a.outcome != "right" or a.unproven]
    return sorted(bad, key=lambda a: _WORST_FIRST.index(a.outcome) if a.outcome in _WORST_FIRST else 0)


def case(asked: Asked) -> tuple[str, ...]:
    """Outcome, id, question, what was wanted, what was said and why that is not right."""
    question = asked.question
    text = f"{question.previous} → {question.text}" if question.previous else question.text
    why = " ".join((*asked.faults, *asked.unproven))
    return asked.outcome, question.id, text, _said(question.reason, asked.wanted), asked.text, why


def _said(reason: str, wanted: Sequence[Wanted]) -> str:
    parts = (f"{w.entity or ''} {'' if w.value is None else _short(w.value)}".strip() for w in wanted)
    return "; ".join(parts) or f"no answer: {reason}"


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def summary(asked: Sequence[Asked], *, failures: bool) -> RenderableType:
    """The tables for a terminal; with `failures` all cases, otherwise those that are wrong."""
    table = Table(*COLUMNS)
    for row in families(asked):
        table.add_row(*row, style="bold" if row[0] == "all" else "")
    cases = [a for a in worst(asked) if failures or a.outcome != "declined"]
    shown = Table("outcome", "id", "question", "wanted", "said", "why", show_lines=True)
    for one in cases if failures else cases[:MOST_CASES]:
        shown.add_row(*(escape(cell) for cell in case(one)))
    unproven = sum(bool(a.unproven) for a in asked)
    told = f"Answers that their evidence does not show: {unproven}. {_spent(asked)}"
    return Group(table, shown, told) if cases else Group(table, told)


def markdown(asked: Sequence[Asked], title: str) -> str:
    """The same as text that can be kept: the families and every case that is not right."""
    cases = _rows(("outcome", "id", "question", "wanted", "said", "why"), [case(a) for a in worst(asked)])
    parts = (f"# {title}", _rows(COLUMNS, families(asked)), _spent(asked), cases)
    return "\n\n".join(parts) + "\n"


def _spent(asked: Sequence[Asked]) -> str:
    """Time, and dollars where models were asked: in all, and for each right answer."""
    times = ", ".join(f"{name} {ms:.0f} ms" for name, ms in latency(asked).items())
    told = f"Time an answer: {times}."
    with_models, right = [a for a in asked if a.models], sum(a.outcome == "right" for a in asked)
    if with_models:
        cost = sum(a.cost_usd for a in asked)
        each = f", ${cost / right:.4f} a right answer" if right else ""
        told += f" Models were asked {len(with_models)} questions: ${cost:.4f} in all{each}."
    return told


def _rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")


def keep(asked: Sequence[Asked], name: str) -> list[Path]:
    """Writes the report as JSON and Markdown; a later run of the same day replaces it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stem = f"{datetime.now(UTC):%Y-%m-%d}-{name}"
    whole: dict[str, Any] = {
        "set": name,
        "families": [dict(zip(COLUMNS, row, strict=True)) for row in families(asked)],
        "latency_ms": latency(asked),
        "cost_usd": sum(a.cost_usd for a in asked),
        "questions": [asdict(a) for a in asked],
    }
    data, text = FOLDER / f"{stem}.json", FOLDER / f"{stem}.md"
    data.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    text.write_text(markdown(asked, f"Questions of {stem}"), "utf-8")
    return [data, text]
