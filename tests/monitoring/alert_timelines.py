"""Turns alert_cases.yaml into unit tests of promtool, and into an exposition in which everything is wrong."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "alert_cases.yaml").read_text("utf-8")
)
GOOD = 20  # minutes before something is wrong
LASTS = 5  # minutes for which an alert is looked at after it fired
_UNITS = {"m": 1, "h": 60, "d": 1_440}


def minutes(span: str) -> int:
    """A duration of Prometheus."""
    return int(span[:-1]) * _UNITS[span[-1]]


def unit_tests(alert: str, hold: str) -> list[dict[str, Any]]:
    """Four tests of promtool: fires and ends, stays quiet at the edge, stays quiet or not without series."""
    case = CASES[alert]
    bad = case.get("crosses", 0) + minutes(hold) + LASTS
    fires = GOOD + bad - LASTS
    over = GOOD + bad + case.get("recovers", 10)
    end = over + 1
    wrong = _series(case, bad, end, {})
    found = [
        _test(f"{alert} fires and ends", wrong, alert, on=[fires], off=[GOOD - 1, fires - 1, over]),
        _test(
            f"{alert} at its edge",
            _series(case, bad, end, case["edge"]),
            alert,
            on=[],
            off=list(range(0, end, 5)),
        ),
    ]
    speaks = case.get("silent") == "fires"
    long = minutes(hold) + 1
    found.append(
        _test(f"{alert} without series", [], alert, on=[long] if speaks else [], off=[] if speaks else [long])
    )
    return found


def _series(case: dict[str, Any], bad: int, end: int, edge: dict[str, float]) -> list[dict[str, str]]:
    """Good minutes, bad ones, good ones; at the edge those of `edge` instead of the bad ones."""
    found = []
    for kind, write in (("gauges", _levels), ("counters", _sums)):
        for series, (good, wrong) in case.get(kind, {}).items():
            worst = edge.get(series, wrong)
            steps = [good] * GOOD + [worst] * bad + [good] * (end - GOOD - bad)
            found.append({"series": series, "values": " ".join(write(steps))})
    return found


def _levels(steps: list[float | None]) -> list[str]:
    return ["stale" if step is None else f"{step}" for step in steps]


def _sums(steps: list[float]) -> list[str]:
    total, found = 0.0, []
    for step in steps:
        total += step
        found.append(f"{total:.6f}")
    return found


def _test(
    name: str, series: list[dict[str, str]], alert: str, *, on: list[int], off: list[int]
) -> dict[str, Any]:
    firing = f'ALERTS{{alertname="{alert}",alertstate="firing"}}'
    looks = [
        {
            "expr": f"count({firing}) > bool 0",
            "eval_time": f"{at}m",
            "exp_samples": [{"labels": "{}", "value": 1}],
        }
        for at in on
    ]
    looks += [{"expr": f"count({firing})", "eval_time": f"{at}m", "exp_samples": []} for at in off]
    return {"name": name, "interval": "1m", "input_series": series, "promql_expr_test": looks}


def everything_wrong(*, besides: tuple[str, ...] = ()) -> Callable[[], str]:
    """An exposition of the bad side of all cases; counters grow as if a minute were half a second."""
    started = time.time()
    gauges: dict[str, float | None] = {}
    counters: dict[str, float] = {}
    for name, case in CASES.items():
        if name not in besides:
            gauges |= {series: bad for series, (_, bad) in case.get("gauges", {}).items()}
            counters |= {series: bad for series, (_, bad) in case.get("counters", {}).items()}

    def text() -> str:
        passed = (time.time() - started) * 2
        lines = [f"{series} {_now(series, level)}" for series, level in gauges.items() if level is not None]
        lines += [f"{series} {growth * passed:.6f}" for series, growth in counters.items()]
        return "\n".join(line for line in lines if not line.startswith("up{")) + "\n"

    return text


def _now(series: str, level: float) -> float:
    """Times of the cases count from the beginning of time, as promtool does."""
    return level + time.time() if "_timestamp_seconds" in series else level
