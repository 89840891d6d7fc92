"""Pictures of a period as SVG, drawn without any network."""

from collections.abc import Sequence
from typing import Any

from nba_mcp_synthesis.extras import extra
from nba_mcp_synthesis.operations.reports.document import Picture
from nba_mcp_synthesis.operations.reports.measured import Line, Measured, Step

_WIDTH, _MOST_TOOLS = 760, 12
_INK, _BLUE, _RED, _GREY = "#1c2430", "#2f6fb0", "#c0392b", "#8a94a3"
_COLORS = {"p50": _GREY, "p95": _BLUE, "p99": _RED}
_CONFIG = {
    "background": "white",
    "font": "Inter, Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {"labelColor": _INK, "titleColor": _INK, "gridColor": "#e6e9ee", "domainColor": "#b8c0cb"},
    "title": {"color": _INK, "anchor": "start", "fontSize": 14},
}


def pictures(found: Measured) -> list[Picture]:
    """Traffic, latency by time, latency by tool: those that have something to show; raises NotInstalled."""
    drawn = []
    if any(step.calls for step in found.steps):
        drawn.append(
            Picture("traffic", "Calls an hour by time, and those that failed.", _traffic(found.steps))
        )
    if sum(step.p95 is not None for step in found.steps) > 1:
        drawn.append(Picture("latency", "95th percentile of calls by time.", _latency(found.steps)))
    if any(line.calls for line in found.tools):
        about = "p50, p95 and p99 of each tool, the slowest first."
        drawn.append(Picture("tools", about, _tools(found.tools)))
    return drawn


def _traffic(steps: Sequence[Step]) -> str:
    rows = [
        {"at": step.begin, "kind": kind, "calls": count * 3_600 / step.seconds}
        for step in steps
        if step.calls is not None
        for kind, count in (("all calls", step.calls), ("failed", step.failed or 0.0))
    ]
    color = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": ["all calls", "failed"], "range": [_BLUE, _RED]},
        "legend": {"title": None, "orient": "top"},
    }
    calls = {"field": "calls", "type": "quantitative", "title": "calls an hour"}
    mark = {"type": "line", "point": {"size": 18}, "interpolate": "linear"}
    return _svg("Calls an hour", rows, mark, {"x": _time(), "y": calls, "color": color}, 220)


def _latency(steps: Sequence[Step]) -> str:
    rows = [{"at": step.begin, "p95": step.p95 * 1_000} for step in steps if step.p95 is not None]
    times = {"field": "p95", "type": "quantitative", "title": "p95, milliseconds"}
    mark = {"type": "line", "point": {"size": 18}, "color": _BLUE}
    return _svg("95th percentile of calls", rows, mark, {"x": _time(), "y": times}, 200)


def _tools(lines: Sequence[Line]) -> str:
    ranked = sorted(lines, key=lambda line: -(_milliseconds(line)["p95"] or 0.0))[:_MOST_TOOLS]
    rows = [
        {"tool": line.name, "share": name, "ms": value}
        for line in ranked
        for name, value in _milliseconds(line).items()
        if value
    ]
    encoding = {
        "x": {
            "field": "ms",
            "type": "quantitative",
            "title": "milliseconds (logarithmic)",
            "scale": {"type": "log"},
        },
        "y": {"field": "tool", "type": "nominal", "sort": [line.name for line in ranked], "title": None},
        "color": {
            "field": "share",
            "type": "nominal",
            "scale": {"domain": list(_COLORS), "range": list(_COLORS.values())},
            "legend": {"title": None, "orient": "top"},
        },
    }
    mark = {"type": "point", "filled": True, "size": 70, "opacity": 1}
    return _svg("Time by tool", rows, mark, encoding, 26 * len(ranked) + 20)


def _milliseconds(line: Line) -> dict[str, float | None]:
    return {name: found.value * 1_000 if found else None for name, found in line.percentiles().items()}


def _time() -> dict[str, Any]:
    return {
        "field": "at",
        "type": "temporal",
        "title": "UTC",
        "scale": {"type": "utc"},
        "axis": {"labelOverlap": True, "tickCount": 8},
    }


def _svg(
    title: str, rows: list[dict[str, Any]], mark: dict[str, Any], encoding: dict[str, Any], height: int
) -> str:
    with extra("charts"):
        import vl_convert
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": title,
        "width": _WIDTH,
        "height": height,
        "data": {"values": rows},
        "mark": mark,
        "encoding": encoding,
        "config": _CONFIG,
    }
    return str(vl_convert.vegalite_to_svg(spec))
