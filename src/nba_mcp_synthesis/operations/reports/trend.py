"""What a figure of every day may come to: a straight line through the days, and how far days lie from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression

FEWEST = 7


@dataclass(frozen=True, slots=True)
class Forecast:
    """Sum over the coming days, none of them below nothing; None for too few days.

    `low` and `high` hold it in about 95 of 100 cases after a month of days, in about 90 after a week.
    """

    days: int
    total: float
    low: float | None
    high: float | None
    slope: float  # more a day
    method: str


def forecast(values: Sequence[float], days: int) -> Forecast | None:
    """From whole days, the oldest first; None where there are none."""
    if not values:
        return None
    if len(values) < FEWEST:
        method = f"the mean of {len(values)} days, too few for a trend (it needs {FEWEST})"
        return Forecast(days, fmean(values) * days, None, None, 0.0, method)
    xs = range(len(values))
    slope, begin = linear_regression(xs, values)
    coming = range(len(values), len(values) + days)
    total = math.fsum(max(0.0, begin + slope * x) for x in coming)
    off = (
        2 * _spread(values, slope, begin) * math.sqrt(days + days**2 * _leverage(len(values), fmean(coming)))
    )
    method = f"a straight line through {len(values)} days (least squares), two standard errors to each side"
    return Forecast(days, total, max(0.0, total - off), total + off, slope, method)


def days_until(values: Sequence[float], bound: float, most: int = 3_650) -> int | None:
    """In how many days the line reaches a bound; None where it falls, or further off than `most`."""
    if len(values) < FEWEST:
        return None
    slope, begin = linear_regression(range(len(values)), values)
    now = begin + slope * (len(values) - 1)
    if now >= bound:
        return 0
    days = (bound - now) / slope if slope > 0 else math.inf
    return math.ceil(days) if days <= most else None


def _spread(values: Sequence[float], slope: float, begin: float) -> float:
    left = math.fsum((value - begin - slope * x) ** 2 for x, value in enumerate(values))
    return math.sqrt(left / (len(values) - 2))


def _leverage(count: int, at: float) -> float:
    """How uncertain the line itself is at a place, over the spread of the days."""
    middle = (count - 1) / 2
    return 1 / count + (at - middle) ** 2 / math.fsum((x - middle) ** 2 for x in range(count))
