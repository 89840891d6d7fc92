"""The JSON shapes that other programs read: queries and answers.

Values keep their meaning on the way: integers up to 2^53 and decimals of up to 15 digits are JSON
numbers, longer ones strings; dates and times are ISO text; a value that JSON has no number for
(NaN, infinity) is null, since the engine shows it where nothing could be computed.
"""

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Worker processes import this module, and start sooner without the records.
    from nba_mcp_synthesis.facts import Answer, Claim, Evidence, Result, Row

MAX_SAFE_INTEGER = 2**53
MAX_EXACT_DIGITS = 15

JsonValue = int | float | str | bool | None | list[Any] | dict[str, Any]


def json_value(value: Any) -> JsonValue:
    """One value of a result as JSON has it."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, list | tuple):
        return [json_value(v) for v in value]
    if isinstance(value, dict):
        return {str(k): json_value(v) for k, v in value.items()}
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _number(value: float | Decimal) -> JsonValue:
    if isinstance(value, int):
        return value if abs(value) < MAX_SAFE_INTEGER else str(value)
    if not math.isfinite(value):
        return None
    exact = isinstance(value, float) or len(value.as_tuple().digits) <= MAX_EXACT_DIGITS
    return float(value) if exact else str(value)


def json_rows(rows: "tuple[Row, ...]") -> list[list[JsonValue]]:
    """Rows of a result as JSON has them."""
    return [[json_value(value) for value in row] for row in rows]


def result_json(result: "Result") -> dict[str, Any]:
    """What `query` and `stats` print."""
    return {
        "columns": list(result.columns),
        "rows": json_rows(result.rows),
        "truncated": result.truncated,
        "sql": result.sql,
        "elapsed_ms": result.elapsed_ms,
        "data_as_of": result.data_as_of,
        "simulated": result.simulated,
        "snapshot": result.snapshot,
        "notes": list(result.notes),
        **scan_json(result),
    }


def scan_json(result: "Result") -> dict[str, Any]:
    """What reading cost, where the engine is paid by the byte; nothing elsewhere."""
    scan = result.scan
    return {"scanned_bytes": scan.bytes, "cost_usd": round(scan.cost_usd, 8)} if scan else {}


def answer_json(answer: "Answer") -> dict[str, Any]:
    """What `ask` prints."""
    return {
        "id": answer.id,
        "question": answer.question,
        "text": answer.text,
        "status": answer.status,
        "values": [_claim_json(claim) for claim in answer.claims],
        "table": {"columns": list(answer.columns), "rows": json_rows(answer.rows)},
        "evidence": [_evidence_json(evidence) for evidence in answer.evidence],
        "assumptions": list(answer.assumptions),
        "definitions": list(answer.definitions),
        "conditions": list(answer.conditions),
        "explained": list(answer.explained),
        "choices": list(answer.choices),
        "confidence": answer.confidence,
        "confidence_means": answer.confidence_means,
        "dissent": list(answer.dissent),
        "cautions": list(answer.cautions),
        "voices": [
            {
                "name": voice.name,
                "outcome": voice.outcome,
                "cost_usd": voice.cost_usd,
                "tokens": voice.tokens,
                "seconds": voice.seconds,
            }
            for voice in answer.voices
        ],
        "cost_usd": answer.cost_usd,
        "tokens": answer.tokens,
        "stages": dict(answer.stages),
        "data_as_of": answer.data_as_of,
        "snapshot": answer.snapshot,
        "simulated": answer.simulated,
        "cached": False,
    }


def _claim_json(claim: "Claim") -> dict[str, Any]:
    return {
        "entity": claim.entity,
        "measure": claim.measure,
        "value": json_value(claim.value),
        "unit": claim.unit,
        "evidence": claim.evidence,
    }


def _evidence_json(evidence: "Evidence") -> dict[str, Any]:
    return {
        "id": evidence.id,
        "sql": evidence.sql,
        "engine": evidence.result.engine,
        "columns": list(evidence.result.columns),
        "rows": json_rows(evidence.result.rows),
        "written_by": evidence.written_by,
        **scan_json(evidence.result),
    }
