"""Steps that are unlike the others, by a rule that single wild values do not move."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from statistics import median

from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.measured import Step

_FEWEST, _FEWEST_ALIKE, _SPREADS, _TIMES = 7, 5, 5.0, 2.0
_FEWEST_CALLS, _FEWEST_FAILED, _USUAL_SHARE = 20, 5, 0.2
RULE = (
    "Calls are compared with those at the same time of working days or of weekends where there are "
    f"{_FEWEST_ALIKE} such steps, else with those at the same time of all days where there are as many, else "
    "with none; where no time of the day has as many, all with all. Failures and times are compared with "
    f"those at the same time of all days where each time has {_FEWEST_ALIKE}, else all with all. A step "
    f"stands out when its figure is further from their median than {_SPREADS:g} times their median deviation "
    f"(scaled by 1.4826), and {_TIMES:g} times the median or more; calls also when half of it or less. So "
    "many or so few calls are not told where more than half of the steps at that time of working days, or of "
    f"weekends, have them; nor few, where all are compared with all, if over {100 * _USUAL_SHARE:g} % have "
    "so few. Where most steps have no call, those that have some are compared. Times need "
    f"{_FEWEST_CALLS} calls in the step, failures {_FEWEST_FAILED}; many calls are told from {_FEWEST_CALLS} "
    f"on, few where {_FEWEST_CALLS} are usual, and neither of a step that is shorter than the others. Fewer "
    f"than {_FEWEST} steps are too few."
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
    fewest = _FEWEST_CALLS * 3_600 / whole
    told: list[str] = []
    left = {step.begin for step, _ in rates}
    for key in (_day_and_time, _time):
        groups = [group for group in _grouped(rates, key) if len(group) >= _FEWEST_ALIKE]
        told += [one for group in groups for one in _many_or_few(group, fewest, left)]
        left -= {step.begin for group in groups for step, _ in group}
    if len(left) == len(rates):
        told += [one for group in _in_one(rates) for one in _many_or_few(group, fewest)]
    return told


def _many_or_few(group: Sequence[Found], fewest: float, left: Collection[str] | None = None) -> list[str]:
    """`fewest`: calls an hour below which nothing is made of them; `left`: the steps of one hour to tell of.

    Without `left`, the group is all there is, whatever the hour.
    """
    silent = not median(rate for _, rate in group)
    found, middle = _outside([one for one in group if one[1]] if silent else group)
    many = [one for one in found if one[1] >= max(_TIMES * middle, fewest)]
    few = [] if silent or middle < fewest else [one for one in found if one[1] <= middle / _TIMES]
    if left is None:
        unlike = many + (few if len(few) <= _USUAL_SHARE * len(group) else [])
    else:
        unlike = [one for one in (*_unusual(many, group), *_unusual(few, group)) if one[0].begin in left]
    unlike.sort(key=lambda one: one[0].begin)
    return [_sentence(one, "calls", lambda rate: f"{words.number(rate)} an hour", middle) for one in unlike]


def _unusual(found: Sequence[Found], group: Sequence[Found]) -> list[Found]:
    """Those that not most of their kind of day are like: a quiet or a busy weekend is none of its hours'."""
    of_kind = Counter(_day_and_time(step) for step, _ in group)
    like = Counter(_day_and_time(step) for step, _ in found)
    return [one for one in found if 2 * like[kind := _day_and_time(one[0])] <= of_kind[kind]]


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
