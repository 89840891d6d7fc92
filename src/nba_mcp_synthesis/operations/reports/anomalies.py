"""Steps that are unlike the others, by a rule that single wild values do not move."""

from collections.abc import Callable, Sequence
from statistics import median

from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.measured import Step

_FEWEST, _SPREADS, _TIMES = 7, 5.0, 2.0
_FEWEST_CALLS, _FEWEST_FAILED = 20, 5
RULE = (
    f"A step is compared with those at the same time of the day where there are {_FEWEST}, else with all. It "
    f"stands out when its figure is further from their median than {_SPREADS:g} times their median deviation "
    f"(scaled by 1.4826), and {_TIMES:g} times the median or more; calls also when half of it or less. "
    f"Times need {_FEWEST_CALLS} calls in the step, failures {_FEWEST_FAILED}. "
    f"Fewer than {_FEWEST} steps are too few."
)
Figure = Callable[[Step], float | None]


def anomalies(steps: Sequence[Step]) -> list[str]:
    """A sentence for each step that stands out in calls, share of failures or the 95th percentile."""
    figures: list[tuple[str, Figure, Callable[[float], str]]] = [
        ("calls", _rate, lambda rate: f"{words.number(rate)} an hour"),
        ("failed share", _failed, words.share),
        ("p95", _p95, words.seconds),
    ]
    return [told for name, of, shown in figures for told in _unlike(steps, name, of, shown)]


def _rate(step: Step) -> float | None:
    return None if step.calls is None else step.calls * 3_600 / step.seconds


def _failed(step: Step) -> float | None:
    """None where there are too few calls."""
    if step.failed is None or not step.calls or step.calls < _FEWEST_CALLS:
        return None
    return step.failed / step.calls


def _p95(step: Step) -> float | None:
    return step.p95 if step.calls and step.calls >= _FEWEST_CALLS else None


def _unlike(steps: Sequence[Step], name: str, of: Figure, shown: Callable[[float], str]) -> list[str]:
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
    bound = _SPREADS * 1.4826 * median(abs(value - middle) for _, value in found)
    return [
        f"{step.begin[:16].replace('T', ' ')} UTC: {name} {shown(value)}; the median is {shown(middle)}."
        for step, value in found
        if abs(value - middle) > bound and _is_far(value, middle, falls=name == "calls")
        if name != "failed share" or (step.failed or 0) >= _FEWEST_FAILED
    ]


def _is_far(value: float, middle: float, *, falls: bool) -> bool:
    return value >= _TIMES * middle or (falls and value <= middle / _TIMES)
