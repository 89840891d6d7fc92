"""State databases with traffic that is known to the last call."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from nba_mcp_synthesis.connectors.postgres_url import URLLogin
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.engines import postgres_engine, sqlite_engine
from nba_mcp_synthesis.state.tables import answers, audit_log, model_calls, model_requests

if TYPE_CHECKING:
    from servers.postgres import PostgresServer

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Traffic:
    """Rows for the tables, stored together."""

    state: StateDatabase
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=dict)

    def call(
        self,
        at: datetime,
        tool: str = "query_sql",
        seconds: float | None = 0.01,
        outcome: str = "ok",
        caller: str = "ana",
        cost_usd: float | None = None,
    ) -> None:
        """A call, as the audit log has it."""
        self._add(
            audit_log,
            record=uuid.uuid4().hex,
            at=at,
            caller=caller,
            action=tool,
            outcome=outcome,
            seconds=seconds,
            cost_usd=cost_usd,
            detail={"door": "http"},
        )

    def answer(self, at: datetime, caller: str = "ana", status: str = "answered", **costs: float) -> None:
        """An answer whose voices cost so much, a request to a model each."""
        record, cached = uuid.uuid4().hex, False
        self._add(
            answers,
            record=record,
            id=record,
            asked_at=at,
            door="http",
            caller=caller,
            question="who led",
            status=status,
            confidence=1.0,
            cost_usd=sum(costs.values()),
            tokens=100 * len(costs),
            seconds=1.0,
            snapshot="s",
            simulated=True,
            cached=cached,
            body={"text": "Ada led."},
        )
        for place, (voice, cost) in enumerate(costs.items()):
            one = {"record": record, "place": place, "voice": voice, "cost_usd": cost, "seconds": 2.0}
            self._add(model_calls, **one, called_at=at, outcome="answered", tokens=100)
            told = {"model": f"{voice}-large", "outcome": "ok", "prompt": "", "reply": ""}
            self._add(model_requests, **one, **told, input_tokens=80, output_tokens=20)

    def store(self) -> None:
        """Puts the rows where they belong, owners first."""
        with self.state.transaction() as connection:
            for table in (audit_log, answers, model_calls, model_requests):
                if found := self.rows.pop(table, []):
                    connection.execute(insert(table), found)

    def _add(self, table: Any, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)


def known(traffic: Traffic) -> Period:
    """Two days: 1,000 calls a day of query_sql with 1 to 1,000 ms, 100 of find with 20 ms, some that failed.

    The day before has half as many of query_sql, so that there is something to compare with.
    """
    for day in range(2):
        for n in range(1_000):
            at = BEGIN + day * DAY + timedelta(seconds=60 * n)
            traffic.call(at, seconds=(n + 1) / 1_000, outcome="unavailable" if n % 50 == 0 else "ok")
            if n % 10 == 0:
                traffic.call(at, "find", 0.02, "unknown_name" if n == 0 else "ok", caller="bea")
    for n in range(0, 2_000, 2):
        traffic.call(BEGIN - 2 * DAY + timedelta(seconds=60 * n), seconds=0.1)
    traffic.store()
    return Period(BEGIN, BEGIN + 2 * DAY)


@pytest.fixture(params=["sqlite", "postgresql"])
def traffic(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Traffic]:
    """A state database without rows, on both engines."""
    if request.param == "sqlite":
        state = StateDatabase(lambda: sqlite_engine(tmp_path / "state.db"))
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = SecretStr(server.url(server.create_database()))
        connector = RDSConnector(lambda: URLLogin(url, lambda: None))
        state = StateDatabase(lambda: postgres_engine(connector.connect))
    state.migrate()
    yield Traffic(state)
    state.close()
