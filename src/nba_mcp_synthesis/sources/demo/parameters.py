"""The numbers and names of the demo league as data, and its repeatable randomness."""

import tomllib
from functools import cache
from importlib.resources import files
from random import Random
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


def stream(seed: int, year: int, purpose: str) -> Random:
    """Random numbers of their own for one purpose, so that no part disturbs another's.

    Numbers drawn from it are added up with `math.fsum`, whose result, unlike that of `sum`, is the
    same in every version of Python.
    """
    return Random(f"{seed}/{year}/{purpose}")  # noqa: S311  nothing secret: it must be repeatable
