"""Reads measures from a file in the form of measures.toml."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from string import Template
from typing import Any

from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.measure import Measure, Qualifier
from nba_mcp_synthesis.basketball.words import key

KINDS: tuple[Kind, ...] = ("player", "team")
_MACRO = re.compile(r"\{(\w+)\}")
Spec = dict[str, Any]


def read(raw: Spec) -> dict[str, Measure]:
    """The measures of a file, by name; formulas of other measures are not yet put in (see `expanded`)."""
    for group in raw.get("groups", {}).values():
        for kind, name, spec in _members(group):
            raw.setdefault(kind, {})[name] = spec
    qualifiers = raw.get("qualifiers", {})
    made = [_plain(name, spec, qualifiers) for name, spec in raw.get("plain", {}).items()]
    for name, spec in raw.get("counts", {}).items():
        made += _forms(name, spec, raw["forms"], qualifiers)
    made += [_plain(name, spec, qualifiers) for name, spec in raw.get("ratios", {}).items()]
    return {found.name: found for found in made}


def expanded(made: dict[str, Measure]) -> dict[str, Measure]:
    """Formulas with those that they name in braces put in their place."""
    return {
        name: replace(found, formulas={k: _filled(text, k, made) for k, text in found.formulas.items()})
        for name, found in made.items()
    }


def macros(text: str) -> list[str]:
    """The measures that a formula names in braces."""
    return _MACRO.findall(text)


def _filled(text: str, kind: Kind, made: dict[str, Measure]) -> str:
    while match := _MACRO.search(text):
        text = text.replace(match[0], f"({made[match[1]].formulas[kind]})")
    return text


def _members(group: Spec) -> Iterator[tuple[str, str, Spec]]:
    """A group's templates, filled in for each of its members: kind, name and spec of a measure."""
    for member, said in group["each"].items():
        for kind in ("plain", "counts", "ratios"):
            for name, spec in group.get(kind, {}).items():
                yield kind, Template(name).substitute(key=member), _substituted(spec, {"key": member, **said})


def _substituted(value: Any, said: Spec) -> Any:
    """`value` with the member's texts in it; a text with $said once for each way to say it."""
    if isinstance(value, dict):
        return {key: _substituted(inner, said) for key, inner in value.items()}
    if isinstance(value, list):
        ways = [(text, way) for text in value for way in (said["said"] if "$said" in text else [""])]
        return list(dict.fromkeys(_substituted(text, {**said, "said": way}) for text, way in ways))
    return Template(value).substitute(said) if isinstance(value, str) else value


def _forms(name: str, spec: Spec, forms: Spec, qualifiers: Spec) -> Iterator[Measure]:
    """A count, what opponents have of it, and both per game, per 36 minutes and per 100 possessions."""
    of_opponents = forms["opponents"]
    total = replace(_plain(name, {"formula": name, **spec}, qualifiers), is_total=True, decimals=0)
    total = replace(total, words=_with_singular(total))
    yield from _with_averages(total, spec, forms, qualifiers)
    if spec.get("opponents"):
        allowed = {
            "label": of_opponents["label"].format(total.label),
            "words": spec.get("opponents_words", []),
            "unit": total.unit,
            "kinds": ["team"],
            "formula": spec.get("opponents_formula", f"opp_{name}"),
            "definition": of_opponents["definition"].format(total.definition),
            "higher_is_better": not total.higher_is_better,
        }
        opposed = replace(_plain(f"opp_{name}", allowed, qualifiers), is_total=True, decimals=0)
        averages = {**spec, "average_words": spec.get("opponents_average_words", [])}
        yield from _with_averages(opposed, averages, forms, qualifiers)


def _with_averages(total: Measure, spec: Spec, forms: Spec, qualifiers: Spec) -> Iterator[Measure]:
    wanted = spec.get("forms", list(forms["averages"]))
    yield replace(total, average=f"{total.name}_per_game" if "per_game" in wanted else None)
    for form in wanted:
        rule = forms["averages"][form]
        kinds = [kind for kind in total.formulas if kind in rule.get("kinds", KINDS)]
        if not kinds:
            continue
        own = spec.get("average_words", []) if form == "per_game" else []
        yield replace(
            total,
            name=f"{total.name}_{form}",
            label=f"{total.label} {rule['label']}",
            unit=f"{total.unit} {rule['label']}",
            words=_words([f"{total.name}_{form}", f"{total.label} {rule['label']}", *own]),
            formulas={kind: rule["formula"].format(total.formulas[kind]) for kind in kinds},
            definition=f"{total.definition.rstrip('.')}, {rule['definition']}",
            decimals=1,
            qualifier=_qualifier(rule["qualifier"], qualifiers),
            is_total=False,
            is_estimate=total.is_estimate or rule.get("estimate", False),
        )


def _with_singular(total: Measure) -> tuple[str, ...]:
    """A label of one word also without the s of its plural: `assist`."""
    return (*total.words, total.label.removesuffix("s")) if total.label.isalpha() else total.words


def _plain(name: str, spec: Spec, qualifiers: Spec) -> Measure:
    unit = str(spec.get("unit", spec["label"]))
    return Measure(
        name=name,
        label=spec["label"],
        unit=unit,
        words=_words(
            [*([name] if spec.get("name_is_said", True) else []), spec["label"], *spec.get("words", [])]
        ),
        formulas=_for_kinds(spec, spec.get("formula", name)),
        definition=spec["definition"],
        decimals=spec.get("decimals", 1 if unit == "percent" else 2 if unit == "ratio" else 0),
        higher_is_better=spec.get("higher_is_better", True),
        qualifier=_qualifier(spec.get("qualifier"), qualifiers),
        is_total=spec.get("total", "formula" not in spec),
        is_estimate=spec.get("estimate", False),
        source=spec.get("source", "NBA"),
    )


def _qualifier(named: str | Spec | None, qualifiers: Spec) -> Qualifier | None:
    """A qualifier that stands with the measure, or one of the named ones, whose names are counts."""
    if isinstance(named, dict):
        return Qualifier(**named)
    return Qualifier(count=named, **qualifiers[named]) if named else None


def _for_kinds(spec: Spec, formula: str | dict[Kind, str]) -> dict[Kind, str]:
    """The formula for each kind; the kind that comes first is meant where nothing else says which."""
    of_kind = formula if isinstance(formula, dict) else dict.fromkeys(KINDS, formula)
    return {kind: of_kind[kind] for kind in spec.get("kinds", KINDS) if kind in of_kind}


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    """Keys of the texts; the number three is always the figure."""
    keys = (" ".join("3" if w == "three" else w for w in key(text).split()) for text in texts)
    return tuple(dict.fromkeys(keys))
