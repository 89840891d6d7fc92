"""The last evaluation: which share of answers was right, and which run that was."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One run: its name, such as 2026-03-01-league, and how many of its answers were right."""

    name: str
    right: int
    answers: int

    @property
    def share(self) -> float:
        """Right answers of all that were given; questions that were declined are none."""
        return self.right / self.answers


def last_evaluation(folder: Path) -> Evaluated | None:
    """The newest one with answers, by the day in its name; a file that is none is passed over."""
    for path in sorted(folder.glob("*.json"), key=lambda p: (p.name[:10], p.name), reverse=True):
        if (found := _read(path)) is not None:
            return found
    return None


def _read(path: Path) -> Evaluated | None:
    try:
        date.fromisoformat(path.name[:10])
        outcomes = [str(question["outcome"]) for question in json.loads(path.read_text("utf-8"))["questions"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    right, wrong = outcomes.count("right"), outcomes.count("wrong")
    return Evaluated(path.stem, right, right + wrong) if right + wrong else None
