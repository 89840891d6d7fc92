"""What people call players and teams besides their names, and words that are no names: data."""

import tomllib
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from nba_mcp_synthesis.basketball.words import key


@cache
def nicknames(kind: Literal["teams", "players"]) -> dict[str, tuple[str, ...]]:
    """Nicknames by abbreviation of the team, or by key of the player's full name."""
    found: dict[str, list[str]] = defaultdict(list)
    for nickname, named in _data()[kind].items():
        for name in [named] if isinstance(named, str) else named:
            found[name if kind == "teams" else key(name)].append(nickname)
    return {name: tuple(values) for name, values in found.items()}


def with_long_first_name(name: str) -> str:
    """The key of a name with its short first name written out: `herb jones` as `herbert jones`."""
    first, _, rest = name.partition(" ")
    return f"{_data()['first_names'].get(first, first)} {rest}" if rest else name


@cache
def ordinary_names() -> frozenset[str]:
    """Names that are also words: alone they are read as the word."""
    return frozenset(_data()["words"]["ordinary_names"].split())


@cache
def ordinary_words() -> frozenset[str]:
    """Words that look like misspelt names and are none."""
    text = files(__package__).joinpath("ordinary_words.txt").read_text("utf-8")
    return frozenset(text.split()) | ordinary_names()


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("nicknames.toml").read_text("utf-8"))
