"""What the state database has of a time: calls, callers, requests to models, answers; it sums them itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select

from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.entries import AT_THE_DOOR
from nba_mcp_synthesis.state.tables import answers, audit_log, model_calls, model_requests

# In the text of the statement: PostgreSQL takes two parameters in SELECT and GROUP BY for different things.
_CACHED: ColumnElement[str] = literal_column("'from the cache'")
# Older rows of refusals at the door have 0 for their seconds, newer ones none.
_REFUSED = (audit_log.c.seconds == 0) & (
    (audit_log.c.action == AT_THE_DOOR) | (audit_log.c.outcome == "not_authenticated")
)


@dataclass(frozen=True, slots=True)
class Calls:
    """So many calls of a tool with the same outcome that took equally long."""

    tool: str
    outcome: str
    seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class Callers:
    """So many calls of one caller of a tool, by outcome, and what they cost."""

    caller: str
    tool: str
    outcome: str
    count: int
    cost_usd: float
    newest: datetime


@dataclass(frozen=True, slots=True)
class Requests:
    """So many requests to one model with the same outcome that took equally long."""

    voice: str
    model: str
    outcome: str
    seconds: float
    count: int
    input_tokens: int
    output_tokens: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What a group of answers cost; `group` is a caller, a voice or a day."""

    group: str
    answers: int
    cost_usd: float


def calls_between(state: StateDatabase, begin: datetime, end: datetime) -> list[Calls]:
    """The calls of a time, those that are alike counted together.

    Rotations, and requests that were refused at the door, are no calls: metrics count them apart too.
    """
    log = audit_log.c
    keys = (log.action, log.outcome, log.seconds)
    query = _between(log.at, begin, end, *keys, func.count()).where(log.seconds.is_not(None), ~_REFUSED)
    return [Calls(*row) for row in _rows(state, query, keys)]


def first_entry(state: StateDatabase) -> datetime | None:
    """When the audit log begins; None where nothing is in it."""
    with state.transaction() as connection:
        return connection.execute(select(func.min(audit_log.c.at))).scalar()


def callers_between(state: StateDatabase, begin: datetime, end: datetime) -> list[Callers]:
    """Who called what, how often, with which outcome."""
    log = audit_log.c
    keys = (log.caller, log.action, log.outcome)
    figures = (func.count(), func.coalesce(func.sum(log.cost_usd), 0.0), func.max(log.at))
    return [Callers(*row) for row in _rows(state, _between(log.at, begin, end, *keys, *figures), keys)]


def requests_between(state: StateDatabase, begin: datetime, end: datetime) -> list[Requests]:
    """The requests to models for the answers of a time."""
    asked = model_requests.c
    keys = (asked.voice, asked.model, asked.outcome, asked.seconds)
    sums = [func.sum(column) for column in (asked.input_tokens, asked.output_tokens, asked.cost_usd)]
    query = _between(answers.c.asked_at, begin, end, *keys, func.count(), *sums)
    query = query.select_from(model_requests.join(answers))
    return [Requests(*row) for row in _rows(state, query, keys)]


def spent_by_caller(state: StateDatabase, begin: datetime, end: datetime) -> list[Spent]:
    """What the answers of a time cost, by who was given them."""
    return _spent(state, begin, end, answers.c.caller)


def spent_by_status(state: StateDatabase, begin: datetime, end: datetime) -> list[Spent]:
    """What they cost, by what became of the question; those out of the cache are a group of their own."""
    return _spent(state, begin, end, case((answers.c.cached, _CACHED), else_=answers.c.status))


def spent_by_voice(state: StateDatabase, begin: datetime, end: datetime) -> list[Spent]:
    """What each voice cost, by the ledger; the number is that of the answers it had a part in."""
    query = _between(
        answers.c.asked_at,
        begin,
        end,
        model_calls.c.voice,
        func.count(),
        func.coalesce(func.sum(model_calls.c.cost_usd), 0.0),
    ).select_from(model_calls.join(answers))
    return [Spent(*row) for row in _rows(state, query, (model_calls.c.voice,))]


def _spent(state: StateDatabase, begin: datetime, end: datetime, key: Any) -> list[Spent]:
    cost = func.coalesce(func.sum(answers.c.cost_usd), 0.0)
    query = _between(answers.c.asked_at, begin, end, key, func.count(), cost)
    return [Spent(*row) for row in _rows(state, query, (key,))]


def _between(column: Any, begin: datetime, end: datetime, *selected: Any) -> Select[Any]:
    return select(*selected).where(column >= begin).where(column < end)


def _rows(state: StateDatabase, query: Select[Any], keys: Sequence[Any]) -> Sequence[Any]:
    with state.transaction() as connection:
        return connection.execute(query.group_by(*keys).order_by(*keys)).all()
