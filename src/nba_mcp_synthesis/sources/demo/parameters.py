"""The numbers of the demo league, read from parameters.toml."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _file(name: str) -> dict[str, Any]:
    text = files("nba_mcp_synthesis.sources.demo").joinpath(name).read_text("utf-8")
    return tomllib.loads(text)


def parameters(section: str) -> dict[str, Any]:
    """One section of parameters.toml."""
    section_: dict[str, Any] = _file("parameters.toml")[section]
    return section_


def cultures() -> dict[str, dict[str, Any]]:
    """Names, countries and schools by culture."""
    return {name: spec for name, spec in _file("names.toml").items() if name != "excluded"}


def excluded_names() -> frozenset[str]:
    """Full names that no invented player may have."""
    return frozenset(_file("names.toml")["excluded"]["names"])
