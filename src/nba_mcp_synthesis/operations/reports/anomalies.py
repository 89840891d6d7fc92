"""Steps that are unlike the others, by a rule that single wild values do not move."""

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median

from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.measured import Step

_FEWEST, _FEWEST_ALIKE, _SPREADS, _TIMES = 7, 5, 5.0, 2.0
_FEWEST_CALLS, _FEWEST_FAILED, _USUAL_SHARE = 20, 5, 0.2
RULE = (
    f"A step is compared with those at the same time of the day where there are {_FEWEST_ALIKE}, else with "
    "all; its calls with those of working days or of weekends alone where there are as many. It stands out "
    f"when its figure is further from their median than {_SPREADS:g} times their median deviation (scaled by "
    f"1.4826), and {_TIMES:g} times the median or more; calls also when half of it or less, unless more than "
    f"{100 * _USUAL_SHARE:g} % of the steps have so few, as in nights and at weekends. Where most steps have "
    f"no call, those that have some are compared. Times need {_FEWEST_CALLS} calls in the step, failures "
    f"{_FEWEST_FAILED}; many calls are told from {_FEWEST_CALLS} on, few where {_FEWEST_CALLS} are usual, "
    f"and neither of a step that is shorter than the others. Fewer than {_FEWEST} steps are too few."
)
Figure = Callable[[Step], float | None]
Found = tuple[Step, float]
_WEEKEND = (5, 6)


def anomalies(steps: Sequence[Step]) -> list[str]:
    """A sentence for each step that stands out in calls, share of failures or the 95th percentile."""
    figures: list[tuple[str, Figure, Callable[[float], str]]] = [
        ("failed share", _failed, words.share),
        ("p95", _p95, words.seconds),
    ]
    if len(steps) < _FEWEST:
        return []
    told = _calls(steps)
    for name, of, shown in figures:
        for group in _alike([(step, value) for step in steps if (value := of(step)) is not None]):
            found, middle = _outside(group)
            told += [
                _sentence(one, name, shown, middle)
                for one in found
                if one[1] >= _TIMES * middle
                if name != "failed share" or (one[0].failed or 0) >= _FEWEST_FAILED
            ]
    return told


def _calls(steps: Sequence[Step]) -> list[str]:
    """Steps with many or few calls; in what is left of an hour, a few calls more or less would be a rush."""
    whole = max(step.seconds for step in steps)
    rates = [
        (step, step.calls * 3_600 / step.seconds)
        for step in steps
        if step.calls is not None and step.seconds == whole
    ]
    return [
        told for group in _busy_alike(rates) for told in _many_or_few(group, _FEWEST_CALLS * 3_600 / whole)
    ]


def _many_or_few(group: Sequence[Found], fewest: float) -> list[str]:
    """`fewest`: calls an hour below which nothing is made of them."""
    silent = not median(rate for _, rate in group)
    found, middle = _outside([one for one in group if one[1]] if silent else group)
    many = [one for one in found if one[1] >= max(_TIMES * middle, fewest)]
    few = [one for one in found if one[1] <= middle / _TIMES]
    is_usual = silent or len(few) > _USUAL_SHARE * len(group)
    unlike = many if is_usual or middle < fewest else [one for one in found if one in many or one in few]
    return [_sentence(one, "calls", lambda rate: f"{words.number(rate)} an hour", middle) for one in unlike]


def _failed(step: Step) -> float | None:
    """None where there are too few calls."""
    if step.failed is None or not step.calls or step.calls < _FEWEST_CALLS:
        return None
    return step.failed / step.calls


def _p95(step: Step) -> float | None:
    return step.p95 if step.calls and step.calls >= _FEWEST_CALLS else None


def _alike(found: Sequence[Found]) -> list[list[Found]]:
    """Steps by the time of the day where there are enough of each; else all in one."""
    groups = _grouped(found, _time)
    return groups if all(len(group) >= _FEWEST_ALIKE for group in groups) else _in_one(found)


def _busy_alike(found: Sequence[Found]) -> list[list[Found]]:
    """By the time of working days and weekends, or by the time: groups with enough, if most are in one."""
    for key in (_day_and_time, _time):
        enough = [group for group in _grouped(found, key) if len(group) >= _FEWEST_ALIKE]
        if sum(map(len, enough)) > len(found) / 2:
            return enough
    return _in_one(found)


def _in_one(found: Sequence[Found]) -> list[list[Found]]:
    return [list(found)] if len(found) >= _FEWEST else []


def _grouped(found: Sequence[Found], key: Callable[[Step], str]) -> list[list[Found]]:
    groups: dict[str, list[Found]] = {}
    for one in found:
        groups.setdefault(key(one[0]), []).append(one)
    return list(groups.values())


def _time(step: Step) -> str:
    return step.begin[11:16]


def _day_and_time(step: Step) -> str:
    return f"{datetime.fromisoformat(step.begin).weekday() in _WEEKEND} {_time(step)}"


def _outside(group: Sequence[Found]) -> tuple[list[Found], float]:
    """Those that are far from the median, and the median; nothing where there are too few."""
    if len(group) < _FEWEST_ALIKE:
        return [], 0.0
    middle = median(value for _, value in group)
    bound = _SPREADS * 1.4826 * median(abs(value - middle) for _, value in group)
    return [(step, value) for step, value in group if abs(value - middle) > bound], middle


def _sentence(found: Found, name: str, shown: Callable[[float], str], middle: float) -> str:
    step, value = found
    return f"{step.begin[:16].replace('T', ' ')} UTC: {name} {shown(value)}; the median is {shown(middle)}."
