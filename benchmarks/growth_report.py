"""The figures of docs/growth.md: a table between two marks, and a picture."""

import importlib
import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- figures: make bench-growth -->", "<!-- end of figures -->"
Results = Mapping[int, Mapping[str, Mapping[str, Any]]]
# Row by row: what it is, where it comes from, and how it is written.
_SECONDS, _WHOLE, _MILLIS = "{:.1f} s", "{:,.0f}", "{:,.0f} ms"
_MIB = "{:,.0f} MiB"
ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("rows of sources", "load", "rows", _WHOLE),
    ("loading", "load", "seconds", _SECONDS),
    ("memory while loading", "load", "peak_mb", _MIB),
    ("warehouse file", "load", "file_mb", _MIB),
    ("first answer of a process", "ask", "first_ms", _MILLIS),
    ("questions about one season, p50", "ask", "one_season_p50_ms", _MILLIS),
    ("questions about one season, p95", "ask", "one_season_p95_ms", _MILLIS),
    ("questions about all seasons, p50", "ask", "all_seasons_p50_ms", _MILLIS),
    ("questions about all seasons, p95", "ask", "all_seasons_p95_ms", _MILLIS),
    ("SQL over every shot or play, p50", "ask", "scans_p50_ms", _MILLIS),
    ("SQL over every shot or play, p95", "ask", "scans_p95_ms", _MILLIS),
    ("memory of the server while asked", "ask", "peak_mb", _MIB),
    ("memory of the worker of that SQL", "ask", "worker_peak_mb", _MIB),
    ("publishing", "publish", "seconds", _SECONDS),
    ("publishing when nothing changed", "publish", "again_seconds", _SECONDS),
    ("memory while publishing", "publish", "peak_mb", _MIB),
    ("lake", "publish", "lake_mb", _MIB),
    ("files of the lake", "publish", "files", _WHOLE),
    ("restoring from the lake", "restore", "seconds", _SECONDS),
    ("memory while restoring", "restore", "peak_mb", _MIB),
)
# Panels of the picture: title and rows by their names.
_PANELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("seconds", "Work on all data", ("loading", "publishing", "restoring from the lake")),
    (
        "milliseconds, p95",
        "Questions",
        (
            "questions about one season, p95",
            "questions about all seasons, p95",
            "SQL over every shot or play, p95",
        ),
    ),
    ("MiB", "Size and memory", ("warehouse file", "lake", "memory while loading")),
)


def write(results: Results) -> list[str]:
    """Writes table and picture; what was written, a line each."""
    page = DOCS / "growth.md"
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    figures = f"{BEGIN}\n{_machine(results)}\n\n{table(results)}\n{END}"
    page.write_text(f"{before}{figures}{after}", "utf-8")
    return [f"{page} is written.", _picture(results)]


def table(results: Results) -> str:
    """Markdown: a row a figure, a column a size."""
    sizes = list(results)
    head = ["seasons", *map(str, sizes)]
    lines = [head, ["---", *["--:" for _ in sizes]]]
    for name, stage, key, form in ROWS:
        lines.append([name, *(form.format(results[size][stage][key]) for size in sizes)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _machine(results: Results) -> str:
    dates = sorted({told["on"] for stages in results.values() for told in stages.values()})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    versions = f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    return f"Measured on {when}: {os.cpu_count()} cores, {platform.machine()}, {versions}."


def _picture(results: Results) -> str:
    try:
        draw: Callable[[dict[str, Any]], str] = importlib.import_module("vl_convert").vegalite_to_svg
    except ModuleNotFoundError:
        return "No picture was drawn: vl-convert is not installed."
    path = DOCS / "pictures" / "growth.svg"
    path.write_text(draw(_chart(results)), "utf-8")
    return f"{path} is drawn."


def _chart(results: Results) -> dict[str, Any]:
    places = {name: (stage, key) for name, stage, key, _ in ROWS}
    panels = [_panel(results, places, *panel) for panel in _PANELS]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "hconcat": panels,
        "resolve": {"scale": {"color": "independent"}},
    }


def _panel(
    results: Results, places: Mapping[str, tuple[str, str]], unit: str, title: str, names: tuple[str, ...]
) -> dict[str, Any]:
    values = [
        {"seasons": size, "value": told[places[name][0]][places[name][1]], "what": name}
        for size, told in results.items()
        for name in names
    ]
    legend = {"orient": "bottom", "direction": "vertical", "title": None, "labelLimit": 300}
    return {
        "title": title,
        "width": 240,
        "height": 200,
        "data": {"values": values},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "seasons", "type": "quantitative", "title": "seasons"},
            "y": {"field": "value", "type": "quantitative", "title": unit},
            "color": {"field": "what", "type": "nominal", "sort": list(names), "legend": legend},
        },
    }
