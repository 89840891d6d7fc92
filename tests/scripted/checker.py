"""Looks through a whole answer for numbers that its evidence does not have, with means of its own."""

import re
from collections.abc import Sequence
from typing import Any

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.facts import Answer, Evidence
from scripted import numerals


def unfounded(answer: Answer) -> list[str]:
    """The numbers of an answer that no row of its evidence has, each with where it stands."""
    rows = [row for one in answer.evidence for row in one.result.rows]
    values = [*numerals.numbers_of(cell for row in rows for cell in row), *numerals.digits(answer.question)]
    known = " ".join([*(one.sql for one in answer.evidence), *(str(cell) for row in rows for cell in row)])
    days = [float(part) for stamp in numerals.stamps(known) for part in stamp.split("-")]
    told = {m.told for m in measures().values()}
    says = [
        claim_text for c in answer.claims for claim_text in (c.entity or "", c.measure, c.unit, str(c.value))
    ]
    places = {
        "text": [answer.text], "values": says, "assumptions": answer.assumptions, "dissent": answer.dissent,
        "columns": answer.columns, "definitions": [d for d in answer.definitions if d not in told],
        "means": [answer.confidence_means], "voices": [v.outcome for v in answer.voices],
        "table": [str(cell) for row in answer.rows for cell in row],
    }  # fmt: skip
    found = [(place, text) for place, texts in places.items() for text in texts]
    return [f"{place}: {text}" for place, text in found if not _is_founded(place, text, values, days, known)]


def _is_founded(place: str, text: str, values: Sequence[float], days: Sequence[float], known: str) -> bool:
    said = numerals.digits(re.sub(r"voice:\d|November 3", " ", text))
    words = [] if place in ("means", "definitions") else [*numerals.spelled(text)]
    near = [value for value in values for value in (value, round(value))]
    return (
        all(numerals.is_rounding(number, [*values, *(days if place == "table" else ())]) for number in said)
        and all(_is_told(word, near) for word in words)
        and all(stamp in known for stamp in numerals.stamps(text))
    )


def _is_told(word: float, values: Sequence[float]) -> bool:
    pairs = [a / b for a in values for b in values if b]
    return word in values or any(abs(pair - word) < 0.08 * word for pair in pairs)


def misattributed(answer: Answer) -> list[str]:
    """Sentences and claims with a number that stands in no row about whom they name."""
    rows = [row for one in answer.evidence for row in one.result.rows]
    said = re.findall(r"(\w+ \w+(?: Lakers)?) had (-?[\d.,]+\d|\d)(?: points| assists)?\.", answer.text)
    said += [(cell, "220") for row in answer.rows for cell in row if 220 in row and isinstance(cell, str)]
    said += [(claim.entity, str(claim.value)) for claim in answer.claims if claim.entity]
    return [
        f"{who} {number}"
        for who, number in said
        if not any(
            _shows(evidence, row, who, number) for evidence in answer.evidence for row in evidence.result.rows
        )
        or not rows
    ]


def _shows(evidence: Evidence, row: tuple[Any, ...], who: str, number: str) -> bool:
    written = "'Ada Test' AS" in evidence.sql
    named = (who in row and not written) or f"= '{who}'" in evidence.sql
    if number in [str(cell) for cell in row]:
        return named
    said = numerals.digits(number)
    return named and bool(said) and numerals.is_rounding(said[0], numerals.numbers_of(row))
