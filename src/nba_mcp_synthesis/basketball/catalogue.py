"""The catalogue of measures: what each is, and how it is computed."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.measure_file import Spec, expanded, read
from nba_mcp_synthesis.basketball.nearest import nearest
from nba_mcp_synthesis.errors import UnknownName

_own: dict[str, Measure] = {}


def raw_measures() -> Spec:
    """The content of measures.toml."""
    return tomllib.loads(files(__package__).joinpath("measures.toml").read_text("utf-8"))


@cache
def measures() -> Mapping[str, Measure]:
    """All measures by name: ours, then the user's own."""
    return MappingProxyType(expanded(read(raw_measures()) | _own))


def measure(name: str) -> Measure:
    """The measure of that name; UnknownName with the nearest ones otherwise."""
    if name not in measures():
        raise UnknownName("measure", name, nearest(name, measures()))
    return measures()[name]


def use_own(own: Mapping[str, Measure]) -> None:
    """Puts the user's own measures beside ours, in place of any before. Done once, when a program starts.

    They have to be checked (see stats/own_measures.py).
    """
    if own != _own:
        _own.clear()
        _own.update(own)
        measures.cache_clear()
