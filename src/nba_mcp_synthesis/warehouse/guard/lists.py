"""The reviewed lists that the gate judges by: the .toml files beside this one."""

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from nba_mcp_synthesis.errors import QueryRefused

ASK_INSTEAD = "Send one SELECT over the tables that SHOW TABLES lists."


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the functions of one group are refused, and what to do instead."""

    reason: str
    instead: str
    as_column: bool


@dataclass(frozen=True, slots=True)
class Functions:
    """What one kind of function may be called, and the reasons for the rest."""

    allowed: frozenset[str]
    refused: dict[str, Reason]
    prefixes: dict[str, Reason]

    def reason(self, name: str) -> Reason | None:
        """Why `name` is refused; None where it is allowed, or where nobody has judged it."""
        if name in self.allowed:
            return None
        found = (reason for prefix, reason in self.prefixes.items() if name.startswith(prefix))
        return self.refused.get(name) or next(found, None)

    def check(self, name: str, kind: str) -> None:
        """Raises QueryRefused unless `name` is allowed; `kind` is "function" or "table function"."""
        if name in self.allowed:
            return
        if reason := self.reason(name):
            raise QueryRefused(f"The {kind} {shown(name)} is not allowed: {reason.reason}.", reason.instead)
        raise QueryRefused(
            f"There is no {kind} {shown(name)} here.", did_you_mean(name, self.allowed, "Use another one.")
        )


def fold(name: str) -> str:
    """The name as the engine compares it: only A-Z are folded, so that no look-alike becomes a letter."""
    return "".join(c.lower() if c.isascii() else c for c in name)


def shown(name: str) -> str:
    """A name of the statement's own as it may stand in a sentence: short and on one line."""
    return "".join(c if c.isprintable() else " " for c in name[:60]) or "without a name"


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """A hint with the nearest of the known names."""
    nearest = difflib.get_close_matches(name, sorted(known), n=2)
    return f"Did you mean {' or '.join(nearest)}?" if nearest else otherwise


def load(file: str) -> dict[str, Any]:
    """One of the lists as it is written."""
    return tomllib.loads(files("nba_mcp_synthesis.warehouse.guard").joinpath(file).read_text("utf-8"))


def functions(file: str = "functions.toml") -> tuple[Functions, Functions]:
    """The lists of functions that give a value, and of those that stand in FROM where they have their own."""
    table = load(file)
    return _functions(table), _functions(table.get("table_functions", table))


def _functions(table: dict[str, Any]) -> Functions:
    refused: dict[str, Reason] = {}
    prefixes: dict[str, Reason] = {}
    for group in table["refused"].values():
        reason = Reason(group["reason"], group["instead"], group.get("as_column", False))
        refused |= dict.fromkeys(group["names"], reason)
        prefixes |= dict.fromkeys(group.get("prefixes", ()), reason)
    allowed = frozenset(name for names in table["allowed"].values() for name in names)
    return Functions(allowed, refused, prefixes)
