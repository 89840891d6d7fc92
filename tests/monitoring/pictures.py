"""Draws a dashboard as Grafana would lay it out, from the ranges that a Prometheus returns."""

import math
import time
from typing import Any

import vl_convert

from servers.monitoring import Daemon

_COLUMN, _LINE = 46, 24  # pixels of the grid
_CONFIG = {
    "background": "white",
    "view": {"stroke": "#d5d9e0"},
    "axis": {"grid": True, "gridColor": "#eef0f4", "labelFontSize": 10, "title": None, "domain": False},
    "title": {"fontSize": 13, "anchor": "start", "color": "#1f2430"},
    "legend": {"orient": "bottom", "title": None, "labelFontSize": 10, "columns": 3, "symbolSize": 40},
    "line": {"strokeWidth": 1.6},
    "range": {"category": ["#2f6fed", "#e08e0b", "#1b9e77", "#c2417c", "#7a5cd6", "#4f5d75", "#b45309"]},
}
_FORMATS = {"percentunit": ".1%", "currencyUSD": "$.4~g", "bytes": ".3~s", "Bps": ".3~s", "s": ".3~g"}


def draw(board: dict[str, Any], prometheus: Daemon, seconds: int) -> bytes:
    """The JPEG of a dashboard over the last so many seconds."""
    end = time.time()
    lines: dict[int, list[dict[str, Any]]] = {}
    parts: list[dict[str, Any]] = []
    for panel in [*board["panels"], {"type": "row", "title": None}]:
        if panel["type"] == "row":
            parts += [{"hconcat": lines[top], "spacing": 22} for top in sorted(lines)]
            lines = {}
            parts += [_heading(panel["title"])] if panel["title"] else []
            continue
        lines.setdefault(panel["gridPos"]["y"], []).append(_panel(panel, prometheus, end - seconds, end))
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": board["title"], "fontSize": 20, "offset": 12},
        "config": _CONFIG,
        "padding": 16,
        "resolve": {"scale": {"color": "independent"}},
        "vconcat": [{**part, "resolve": {"scale": {"color": "independent"}}} for part in parts],
    }
    return bytes(vl_convert.vegalite_to_jpeg(spec, scale=1.0, quality=88))


def _heading(title: str) -> dict[str, Any]:
    mark = {"type": "text", "align": "left", "x": 0, "fontSize": 15, "fontWeight": "bold", "color": "#4f5d75"}
    return {
        "data": {"values": [{"text": title}]},
        "mark": mark,
        "encoding": {"text": {"field": "text"}},
        "width": 24 * _COLUMN,
        "height": 14,
        "view": {"stroke": None},
    }


def _panel(panel: dict[str, Any], prometheus: Daemon, start: float, end: float) -> dict[str, Any]:
    rows = [
        {"at": at * 1_000, "value": value, "line": _legend(target["legendFormat"], series["metric"])}
        for target in panel["targets"]
        for series in _range(prometheus, target["expr"], start, end)
        for at, value in series["values"]
    ]
    unit = panel["fieldConfig"]["defaults"]["unit"]
    place = panel["gridPos"]
    box = {"width": place["w"] * _COLUMN - 62, "height": place["h"] * _LINE - 40, "title": panel["title"]}
    if panel["type"] == "stat":
        return {**box, **_stat(rows[-1]["value"], panel)}
    scale: dict[str, Any] = {"zero": unit != "bytes", "nice": True}
    value = {
        "field": "value",
        "type": "quantitative",
        "scale": scale,
        "axis": {"format": _FORMATS.get(unit, "~s")},
    }
    at = {"field": "at", "type": "temporal", "axis": {"format": "%H:%M:%S", "tickCount": 4}}
    color = {"field": "line", "type": "nominal"}
    line = {"mark": "line", "encoding": {"x": at, "y": value, "color": color}}
    return {**box, "data": {"values": rows}, "layer": [line, *_limit(panel, rows)]}


def _range(prometheus: Daemon, expr: str, start: float, end: float) -> list[dict[str, Any]]:
    found = prometheus.get("/api/v1/query_range", query=expr, start=f"{start}", end=f"{end}", step="2")
    series = found["data"]["result"]
    for one in series:
        pairs = [(at, float(value)) for at, value in one["values"]]
        one["values"] = [(at, value) for at, value in pairs if math.isfinite(value)]
    return [one for one in series if one["values"]]


def _legend(form: str, labels: dict[str, str]) -> str:
    for name, value in labels.items():
        form = form.replace(f"{{{{{name}}}}}", value)
    return form


def _limit(panel: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The line of the limit, where it is not far above all figures."""
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    most = max((row["value"] for row in rows), default=0)
    if len(steps) == 1 or steps[1]["value"] > 5 * most:
        return []
    rule = {"type": "rule", "color": "#d64545", "strokeDash": [5, 4]}
    limit = {"field": "limit", "type": "quantitative"}
    return [{"data": {"values": [{"limit": steps[1]["value"]}]}, "mark": rule, "encoding": {"y": limit}}]


def _stat(value: float, panel: dict[str, Any]) -> dict[str, Any]:
    """One figure on the colour that its limit gives it."""
    defaults = panel["fieldConfig"]["defaults"]
    passed = [
        step for step in defaults["thresholds"]["steps"] if step["value"] is None or value >= step["value"]
    ]
    red = passed[-1]["color"] == "red"
    mark = {"type": "text", "fontSize": 24, "fontWeight": "bold", "color": "#b42318" if red else "#17803d"}
    return {
        "data": {"values": [{"text": _figure(value, defaults["unit"])}]},
        "mark": mark,
        "encoding": {"text": {"field": "text"}},
        "view": {"fill": "#fdecea" if red else "#e9f7ef", "stroke": None},
    }


def _figure(value: float, unit: str) -> str:
    """A figure as Grafana writes it."""
    if unit == "percentunit":
        return f"{value * 100:.4g} %"
    if unit == "bool_yes_no":
        return "yes" if value else "no"
    if unit == "currencyUSD":
        return f"${value:.4g}"
    if unit == "s":
        days = value / 86_400
        return (
            f"{days:.3g} d" if days >= 1 else f"{value / 3_600:.3g} h" if value >= 3_600 else f"{value:.3g} s"
        )
    return f"{value:.4g}"
