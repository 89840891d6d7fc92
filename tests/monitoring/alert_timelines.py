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
GOOD_SECONDS = 4
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


def everything_wrong(*, besides: set[str]) -> Callable[[], str]:
    """An exposition of all cases but some: good for a moment, then wrong. Half a second is a minute."""
    begun: list[float] = []  # moments of scrapes
    gauges: dict[str, tuple[float, float]] = {}
    counters: dict[str, float] = {}
    for case in (case for name, case in CASES.items() if name not in besides):
        gauges |= {series: (good, bad) for series, (good, bad) in case.get("gauges", {}).items()}
        counters |= {series: bad for series, (_, bad) in case.get("counters", {}).items()}

    def text() -> str:
        begun.append(time.time())
        passed = begun[-1] - begun[0]
        lines = [f"{name} {_now(name, levels[passed > GOOD_SECONDS])}" for name, levels in gauges.items()]
        lines += [f"{name} {growth * passed * 2:.6f}" for name, growth in counters.items()]
        return "\n".join(line for line in lines if not line.startswith("up{")) + "\n"

    return text


def sample(*names: str) -> Callable[[], str]:
    """The exposition of sample files beside this one; counters grow by their number each second."""
    started = time.time()
    files = [yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text("utf-8")) for name in names]

    def text() -> str:
        passed = time.time() - started
        lines = [f"{name} {_now(name, level)}" for file in files for name, level in file["gauges"].items()]
        lines += [
            f"{name} {growth * passed:.6f}" for file in files for name, growth in file["counters"].items()
        ]
        return "\n".join(lines) + "\n"

    return text


def _now(series: str, level: float) -> float:
    """Times of the cases count from the beginning of time, as promtool does."""
    return level + time.time() if "_timestamp_seconds" in series else level
