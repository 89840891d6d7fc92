"""The user's own measures: a file with [ratios.NAME] tables as in measures.toml, checked at the start."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import sqlglot
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nba_mcp_synthesis.basketball.catalogue import measures, raw_measures
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.measure_file import expanded, macros, read
from nba_mcp_synthesis.basketball.nearest import nearest
from nba_mcp_synthesis.basketball.stats.dimensions import dimensions
from nba_mcp_synthesis.basketball.stats.facts import DIALECT, facts
from nba_mcp_synthesis.errors import SettingsError

# Neither texts nor comments nor several statements.
_TEXT = re.compile(r"(?!.*(--|/\*))[\w\s.,+*/%(){}<>=-]*", re.DOTALL)
_MACRO = re.compile(r"\{\w+\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ALLOWED = (
    exp.Column, exp.Identifier, exp.Literal, exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg,
    exp.Abs, exp.Greatest, exp.Least, exp.Pow, exp.Sqrt, exp.Max, exp.Min,
)  # fmt: skip
_CAN = (
    "Formulas have + - * / ( ), numbers, counts, {measures}, abs, greatest, least, power, sqrt, max and min."
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class QualifierSpec(_Strict):
    """What a qualifier that stands with its measure says."""

    count: str
    minimum: int
    why: str


class Spec(_Strict):
    """What a ratio says in the file."""

    label: str
    definition: str
    formula: str | dict[Kind, str]
    unit: str = "ratio"
    words: list[str] = []
    kinds: list[Kind] = ["player", "team"]
    decimals: int = 2
    higher_is_better: bool = True
    qualifier: QualifierSpec | Literal["gp", "fgm", "fg3m", "ftm"] | None = None
    estimate: bool = False
    source: str = "NBA"
    name_is_said: bool = True


def load_own(path: Path) -> dict[str, Measure]:
    """The measures of the user's file.

    Raises:
        SettingsError: names the file, the measure and everything that is wrong.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"NBA_MCP_MEASURES: {path} cannot be read: {error}.", "Check the file.") from None
    faults = [f"{key}: only [ratios.NAME] tables are read" for key in raw if key != "ratios"]
    specs = raw.get("ratios", {})
    faults += [f"{name}: {fault}" for name, spec in specs.items() for fault in faults_of(name, spec)]
    if not faults:
        made = read({"ratios": specs, "qualifiers": raw_measures()["qualifiers"]})
        faults = [f"{name}: {fault}" for name, own in made.items() for fault in _clashes(own, made.values())]
    if faults:
        raise SettingsError(f"NBA_MCP_MEASURES: {path}: {'; '.join(faults)}.", _CAN)
    whole = expanded({**measures(), **made})
    return {name: whole[name] for name in made}


def faults_of(name: str, spec: dict[str, Any]) -> list[str]:
    """What is wrong with the table of a ratio, by itself."""
    if not _NAME.fullmatch(name):
        return ["a name has small letters, digits and _ only, and starts with a letter"]
    try:
        Spec.model_validate(spec)
    except ValidationError as error:
        return [_told(found) for found in error.errors(include_input=False)]
    formula = spec["formula"]
    of_kind = (
        formula
        if isinstance(formula, dict)
        else dict.fromkeys(spec.get("kinds", ("player", "team")), formula)
    )
    return list(
        dict.fromkeys(fault for kind, text in of_kind.items() for fault in faults_of_formula(text, kind))
    )


def faults_of_formula(text: str, kind: Kind) -> Iterator[str]:
    """What is wrong with a formula of players or teams."""
    for named in macros(text):
        if kind not in getattr(measures().get(named), "formulas", ()):
            yield f"{{{named}}} is no measure of {kind}s{_near(named, measures())}"
            return
    whole = _parsed(text)
    if whole is None:
        yield f"the formula {text!r} cannot be read"
        return
    counts = {count for fact in facts().values() if fact.entity == kind for count in fact.counts}
    faults = [fault for node in whole.walk() if (fault := _fault(node, counts, kind))]
    yield from faults[:1]
    if not faults and whole.find(exp.Column) is None and not macros(text):
        yield f"the formula {text!r} names no count"


def _parsed(text: str) -> exp.Expr | None:
    """A formula as a tree, measures in braces as numbers; None when it cannot be one."""
    try:
        return sqlglot.parse_one(_MACRO.sub("1", text), dialect=DIALECT) if _TEXT.fullmatch(text) else None
    except SqlglotError:
        return None


def _fault(node: exp.Expr, counts: set[str], kind: Kind) -> str | None:
    if isinstance(node, exp.Column):
        known = not node.table and node.name in counts
        return None if known else f"{node.sql(DIALECT)} is no count of {kind}s{_near(node.name, counts)}"
    if isinstance(node, exp.Max | exp.Min) and not _is_of_one(node):
        return f"{node.sql(DIALECT)}: max and min are of one count"
    return None if isinstance(node, _ALLOWED) else f"{node.sql(DIALECT)} is nothing that a formula can have"


def _is_of_one(node: exp.Max | exp.Min) -> bool:
    others = [value for name, value in node.args.items() if name != "this" and value]
    return isinstance(node.this, exp.Column) and not others


def _clashes(own: Measure, made: Iterable[Measure]) -> Iterator[str]:
    """Names and words that already mean something else."""
    if own.name in measures() or own.name in dimensions():
        yield "the name is taken"
    taken = {
        word: other.name for other in (*measures().values(), *made) for word in other.words if other != own
    }
    yield from (f"the word {word!r} means {taken[word]}" for word in own.words if word in taken)


def _near(name: str, known: Iterable[str]) -> str:
    found = nearest(name, sorted(known))
    return f"; did you mean {' or '.join(found)}?" if found else ""


def _told(found: Any) -> str:
    where = ".".join(str(part) for part in found["loc"])
    if found["type"] == "extra_forbidden":
        return f"{where} is not known{_near(where, Spec.model_fields)}"
    return f"{where}: {found['msg']}"
