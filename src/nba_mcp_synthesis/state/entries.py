"""Entries of the journal: rows that belong together, by table. Each is stored in whole or not at all."""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from nba_mcp_synthesis.facts import ModelCall

Rows = Mapping[str, list[dict[str, Any]]]
# What of an answer has a column of its own, and what a table of its own.
_COLUMNS = (
    "id",
    "question",
    "status",
    "confidence",
    "cost_usd",
    "snapshot",
    "data_as_of",
    "simulated",
    "cached",
)
# What the audit log calls a request that was refused before it was known which tool it is for.
AT_THE_DOOR = "request"
# Refusals of callers whom nobody knows that each server writes down in a minute; metrics count all.
MOST_STRANGERS = 100
# Rows of more are told by their digest alone.
_KEPT_CHARACTERS = 20_000
_ELSEWHERE = frozenset({*_COLUMNS, "evidence", "voices"})
# PostgreSQL stores neither; they come from outside with questions and names.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Asking:
    """How a question came in: by which door, from whom, within which request, and the seconds it took."""

    door: str
    caller: str
    request_id: str | None = None
    seconds: float = 0.0


def answer_rows(
    answer: Mapping[str, Any], asking: Asking, previous: str | None = None, requests: Sequence[ModelCall] = ()
) -> Rows:
    """The rows of one answer in its JSON shape: itself, its evidence, its voices, and what models were asked.

    `record` is made here and names the answer for good; its `id` may be a caller's own, and come again.
    """
    record = uuid.uuid4().hex
    at = datetime.now(UTC).isoformat()
    row = {
        **{name: answer[name] for name in _COLUMNS},
        "record": record,
        "asked_at": at,
        "door": asking.door,
        "caller": asking.caller,
        "request_id": asking.request_id,
        "previous": previous,
        "tokens": sum(voice["tokens"] for voice in answer["voices"]),
        "seconds": asking.seconds,
        "body": {name: value for name, value in answer.items() if name not in _ELSEWHERE},
    }
    evidence = [_evidence(record, n, one) for n, one in enumerate(answer["evidence"])]
    calls = [
        {**voice, "voice": voice["name"], "record": record, "place": n, "called_at": at}
        for n, voice in enumerate(answer["voices"])
    ]
    for call in calls:
        del call["name"]
    asked = [{**asdict(call), "record": record, "place": n} for n, call in enumerate(requests)]
    return {"answers": [row], "evidence": evidence, "model_calls": calls, "model_requests": asked}


def _evidence(record: str, place: int, evidence: Mapping[str, Any]) -> dict[str, Any]:
    rows = json.dumps(evidence["rows"])
    return {
        **{name: evidence[name] for name in ("id", "sql", "engine", "columns", "written_by")},
        "record": record,
        "place": place,
        "row_count": len(evidence["rows"]),
        # tells, when the query is run again, whether its rows are the same
        "rows_sha256": hashlib.sha256(rows.encode()).hexdigest(),
        "rows": evidence["rows"] if len(rows) <= _KEPT_CHARACTERS else None,
    }


def written(rows: Rows) -> bytes:
    """An entry as a line of the journal has it."""
    return json.dumps(_storable(rows), allow_nan=False, separators=(",", ":")).encode()


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, Mapping):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list | tuple) else value
