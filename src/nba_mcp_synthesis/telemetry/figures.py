"""Figures out of metrics: sums, shares and quantiles of what one process has counted since its start."""

import math
from collections.abc import Callable, Mapping, Sequence

from prometheus_client import Counter, Histogram
from prometheus_client.samples import Sample

Labels = Mapping[str, str]
Wanted = Callable[[Labels], bool]


def anything(_: Labels) -> bool:
    """Takes all series."""
    return True


def samples(metric: Counter | Histogram, suffix: str, wanted: Wanted = anything) -> list[Sample]:
    """The samples of a metric with that suffix: total, bucket, count."""
    return [
        sample
        for family in metric.collect()
        for sample in family.samples
        if sample.name.endswith(f"_{suffix}") and wanted(sample.labels)
    ]


def total(counter: Counter, wanted: Wanted = anything) -> float:
    """What was counted, over all series that are wanted."""
    return sum(sample.value for sample in samples(counter, "total", wanted))


def buckets(histogram: Histogram, wanted: Wanted = anything) -> list[tuple[float, float]]:
    """(upper bound, how many were at or below it), over all series that are wanted; the last bound is inf."""
    found: dict[float, float] = {}
    for sample in samples(histogram, "bucket", wanted):
        bound = float(sample.labels["le"])
        found[bound] = found.get(bound, 0.0) + sample.value
    return sorted(found.items())


def within(counted: Sequence[tuple[float, float]], bound: float) -> float | None:
    """The share at or below a bound that is one of the buckets'; None where nothing was counted."""
    whole = counted[-1][1] if counted else 0.0
    return dict(counted)[bound] / whole if whole else None


def quantile(counted: Sequence[tuple[float, float]], share: float) -> float | None:
    """The value below which that share lies, as `histogram_quantile` of Prometheus has it; None for nothing.

    It is interpolated within its bucket; beyond the last bound that is finite it is that bound.
    """
    rank = share * counted[-1][1] if counted else 0.0
    if not rank:
        return None
    lower, below = 0.0, 0.0
    for upper, until in counted:
        if until >= rank:
            if math.isinf(upper):
                return lower
            return lower + (upper - lower) * (rank - below) / (until - below)
        lower, below = upper, until
    return lower
