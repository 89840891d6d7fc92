"""What a deployment did, step by step, and how it ended."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Result = Literal["done", "skipped", "warning", "failed", "would"]
Outcome = Literal["deployed", "pushed", "unchanged", "rolled back", "failed", "interrupted", "planned"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `would`: a dry run, which does nothing."""

    name: str
    result: Result
    message: str
    seconds: float


@dataclass
class Report:
    """All steps, the outcome in a sentence, and the exit code that goes with it."""

    tell: Callable[[Step], None]
    steps: list[Step] = field(default_factory=list)
    outcome: Outcome = "failed"
    summary: str = ""
    exit_code: int = 1
    started: float = field(default_factory=time.perf_counter)
    facts: dict[str, Any] = field(default_factory=dict)

    def step(self, name: str, result: Result, message: str, since: float | None = None) -> None:
        """Notes a step and tells it at once."""
        seconds = time.perf_counter() - since if since is not None else 0.0
        self.steps.append(Step(name, result, message, seconds))
        self.tell(self.steps[-1])

    def end(self, outcome: Outcome, summary: str, exit_code: int) -> "Report":
        """Notes how it ended."""
        self.outcome, self.summary, self.exit_code = outcome, summary, exit_code
        return self

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        steps = [
            {"name": s.name, "result": s.result, "message": s.message, "seconds": round(s.seconds, 3)}
            for s in self.steps
        ]
        seconds = round(time.perf_counter() - self.started, 3)
        ended = {"outcome": self.outcome, "summary": self.summary, "exit_code": self.exit_code}
        return {**ended, **self.facts, "seconds": seconds, "steps": steps}
