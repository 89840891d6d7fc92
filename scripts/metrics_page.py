"""Writes docs/metrics.md from telemetry/metrics.toml: run it when a metric has changed."""

from pathlib import Path

from nba_mcp_synthesis.telemetry.metrics import catalogue

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "metrics.md"
_HEAD = """\
# Metrics

`/metrics` has these, beside `process_…` and `python_…`. The page is made of
`src/nba_mcp_synthesis/telemetry/metrics.toml`; [telemetry](telemetry.md) says how to read them.

| name | kind | labels | what it counts |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The page as it should be."""
    rows = []
    for row in sorted(catalogue().values(), key=lambda row: str(row["name"])):
        labels = ", ".join(f"`{label}`" for label in row["labels"])
        rows.append(f"| `{row['name']}` | {row['kind']} | {labels} | {row['help']} |\n")
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    _PAGE.write_text(page(), "utf-8")
