"""Steps that are unlike the others, by a rule that single wild values do not move."""

from collections.abc import Callable, Sequence
from statistics import median

from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.measured import Step

_FEWEST, _TIMES, _LEAST = 7, 5.0, 0.2
RULE = (
    f"A step is compared with those at the same time of the day where there are {_FEWEST}, else with all. It "
    f"stands out when its figure is further from their median than {_TIMES:g} times their median deviation "
    f"(scaled by 1.4826), and than {words.share(_LEAST)} of the median; fewer than {_FEWEST} are too few."
)


def anomalies(steps: Sequence[Step]) -> list[str]:
    """A sentence for each step that stands out in calls, share of failures or the 95th percentile."""
    figures: list[tuple[str, Callable[[Step], float | None], Callable[[float], str]]] = [
        ("calls", _rate, lambda rate: f"{words.number(rate)} an hour"),
        ("failed share", _failed, words.share),
        ("p95", lambda step: step.p95, words.seconds),
    ]
    return [told for name, of, shown in figures for told in _unlike(steps, name, of, shown)]


def _rate(step: Step) -> float | None:
    return None if step.calls is None else step.calls * 3_600 / step.seconds


def _failed(step: Step) -> float | None:
    return step.failed / step.calls if step.calls and step.failed is not None else None


def _unlike(
    steps: Sequence[Step], name: str, of: Callable[[Step], float | None], shown: Callable[[float], str]
) -> list[str]:
    found = [(step, value) for step in steps if (value := of(step)) is not None]
    return [told for group in _alike(found) for told in _outside(group, name, shown)]


def _alike(found: Sequence[tuple[Step, float]]) -> list[list[tuple[Step, float]]]:
    """The steps in groups: by the time of the day where there are enough of each, else all in one."""
    groups: dict[str, list[tuple[Step, float]]] = {}
    for step, value in found:
        groups.setdefault(step.begin[11:16], []).append((step, value))
    enough = all(len(group) >= _FEWEST for group in groups.values())
    return list(groups.values()) if enough else [list(found)]


def _outside(found: Sequence[tuple[Step, float]], name: str, shown: Callable[[float], str]) -> list[str]:
    if len(found) < _FEWEST:
        return []
    middle = median(value for _, value in found)
    spread = 1.4826 * median(abs(value - middle) for _, value in found)
    bound = max(_TIMES * spread, _LEAST * abs(middle))
    return [
        f"{step.begin[:16].replace('T', ' ')} UTC: {name} {shown(value)}; the median is {shown(middle)}."
        for step, value in found
        if abs(value - middle) > bound
    ]
