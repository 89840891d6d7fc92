"""The project keeps its own promises: documents, lock files, imports that must not happen."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer.main
from packaging.requirements import Requirement

import small_league
from nba_mcp_synthesis.cli import app

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def shell_lines() -> list[str]:
    """The command lines that the README shows."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_every_make_target_of_the_readme_exists() -> None:
    """`make X` in the README is a target of the Makefile, with its help text."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    shown = {line.split()[1] for line in shell_lines() if line.startswith("make ")}
    shown |= set(re.findall(r"`make ([a-z-]+)`", README))
    assert shown
    assert shown <= targets


def test_every_command_of_the_readme_exists() -> None:
    """`nba-mcp X` in the README is a command of the command line."""
    commands = [line.split()[1:] for line in shell_lines() if line.startswith(".venv/bin/nba-mcp")]
    assert commands
    group = typer.main.get_command(app)
    for words in commands:
        found = group.commands[words[0]]  # type: ignore[attr-defined]
        if hasattr(found, "commands"):
            assert words[1] in found.commands


def test_every_link_of_the_documents_leads_somewhere() -> None:
    """Relative links point at files that exist."""
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize(
    ("lock", "group"),
    [("core.txt", None), ("dev.txt", "dev"), ("system.txt", "system"), ("spark-client.txt", "spark")],
)
def test_the_lock_files_hold_every_dependency_at_a_version_that_fits(lock: str, group: str | None) -> None:
    """Changing pyproject.toml without `make lock` fails here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = project["dependency-groups"][group] if group else project["project"]["dependencies"]
    locked = (ROOT / "requirements" / lock).read_text("utf-8")
    pins = {_plain(name): v for name, v in re.findall(r"^([\w.-]+)==([\w.]+)", locked, re.MULTILINE)}
    if group == "dev":  # the tests use every extra; Spark's is kept apart
        extras = project["project"]["optional-dependencies"]
        wanted = [*wanted, *(one for name, extra in extras.items() if name != "spark" for one in extra)]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pins[_plain(requirement.name)]), requirement


def test_the_lock_files_name_no_registry() -> None:
    """They install from whichever registry a machine is set up for."""
    for lock in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in lock.read_text("utf-8")


def test_help_imports_nothing_heavy() -> None:
    """`nba-mcp --help` must not pay for the rooms behind the commands."""
    script = (
        "import sys\nsys.argv = ['nba-mcp', '--help']\n"
        "from nba_mcp_synthesis import cli\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "print(' '.join(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    heavy = {
        "alembic",
        "boto3",
        "limits",
        "sqlalchemy",
        "psycopg",
        "redis",
        "fastmcp",
        "mcp",
        "duckdb",
        "pyarrow",
        "rich",
        "sqlglot",
        "rapidfuzz",
        "uvicorn",
        "fastapi",
        "httpx",
    }
    assert not loaded & heavy


def test_asking_on_the_command_line_loads_no_library_of_databases(tmp_path: Path) -> None:
    """Recording an answer must not make the command slower than asking."""
    path = small_league.build(tmp_path / "small.duckdb")
    script = (
        "import sys\nsys.argv = ['nba-mcp', 'ask', 'who led the league in scoring']\n"
        "from nba_mcp_synthesis import cli\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "print(' '.join(sorted(sys.modules)))"
    )
    environment = {**os.environ, "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "nba_mcp_synthesis.state.journal" in loaded
    assert not loaded & {
        "alembic",
        "sqlalchemy",
        "psycopg",
        "redis",
        "limits",
        "prometheus_client",
        "structlog",
    }


def test_the_look_up_of_tool_schemas_still_exists() -> None:
    """The one private attribute that we set is still what the library reads."""
    import inspect  # noqa: PLC0415

    from fastmcp import FastMCP  # noqa: PLC0415 - slow to import, needed here only
    from mcp.server.lowlevel import Server  # noqa: PLC0415

    assert "get_tool_input_schema" in inspect.signature(Server.__init__).parameters
    assert hasattr(FastMCP("x")._mcp_server, "get_tool_input_schema")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
