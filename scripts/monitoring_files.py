"""Writes rules, routes and dashboards, also as Kubernetes objects, from monitoring/: `make monitoring`."""

from pathlib import Path

from nba_mcp_synthesis.operations.monitoring.files import files

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Writes every file."""
    for name, text in files(ROOT).items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(name)


if __name__ == "__main__":
    main()
