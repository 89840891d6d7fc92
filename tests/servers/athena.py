"""A peer that speaks Athena's protocol: it finds tables in Glue, their files in S3, and runs SQL in DuckDB.

What it is given is Trino's dialect, which sqlglot makes DuckDB's of. Glue and S3 are those of an AWS server
of its own, so that tests that empty the shared one take nothing away.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from nba_mcp_synthesis.engine_addresses import AthenaAddress
from nba_mcp_synthesis.warehouse.athena_engine import AthenaWarehouse, Budget
from servers.athena_sql import Engine, Failed, Ran
from servers.aws import AwsServer, started

DATABASE, WORKGROUP = "nba", "tests"
_FAULTS = {"throttled": ("ThrottlingException", 400), "denied": ("AccessDeniedException", 400)}
_PAGE = 1_000


class Fault(Exception):
    """An error as the service answers it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


@dataclass
class Execution:
    """One query and how it stands."""

    sql: str
    state: str = "QUEUED"
    reason: str = ""
    ran: Ran | None = None
    ended: threading.Event = field(default_factory=threading.Event)


class AthenaPeer:
    """The service; `faults` are answered instead of calls, by operation, as often as they say."""

    def __init__(self, aws: AwsServer) -> None:
        self.engine = Engine(aws)
        self.cutoff: int | None = 10_000_000_000
        self.faults: dict[str, list[Fault]] = {}
        self.executions: dict[str, Execution] = {}
        self.calls: list[str] = []
        self.before_end: Callable[[], None] = lambda: None

    def fail(self, operation: str, kind: str, times: int = 1) -> None:
        """The next calls of an operation end so."""
        code, status = _FAULTS[kind]
        message = "User: arn:aws:iam::1:user/x is not authorized" if kind == "denied" else "Rate exceeded"
        self.faults[operation] = [Fault(code, message, status) for _ in range(times)]

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What the service says to a call."""
        self.calls.append(operation)
        if waiting := self.faults.get(operation):
            raise waiting.pop()
        found: dict[str, Any] = getattr(self, f"_{operation}")(asked)
        return found

    def _GetWorkGroup(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the operation's name
        if asked["WorkGroup"] != WORKGROUP:
            raise Fault("InvalidRequestException", f"WorkGroup {asked['WorkGroup']} is not found.")
        limit = {} if self.cutoff is None else {"BytesScannedCutoffPerQuery": self.cutoff}
        return {"WorkGroup": {"Name": WORKGROUP, "State": "ENABLED", "Configuration": limit}}

    def _StartQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert asked["QueryExecutionContext"]["Database"] == DATABASE
        query_id = str(uuid.uuid4())
        execution = self.executions[query_id] = Execution(asked["QueryString"])
        threading.Thread(target=self._run, args=(execution,), daemon=True).start()
        return {"QueryExecutionId": query_id}

    def _run(self, execution: Execution) -> None:
        execution.state = "RUNNING"
        try:
            ran = self.engine.run(execution.sql, self.cutoff, execution.ended)
            self.before_end()
        except Failed as error:
            execution.state, execution.reason = ("CANCELLED" if error.is_cancelled else "FAILED"), str(error)
        else:
            execution.ran, execution.state = ran, "SUCCEEDED"

    def _StopQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.executions[asked["QueryExecutionId"]].ended.set()
        return {}

    def _GetQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        execution = self.executions[asked["QueryExecutionId"]]
        status = {
            "State": execution.state,
            "StateChangeReason": execution.reason,
            "SubmissionDateTime": time.time(),
        }
        scanned = execution.ran.scanned if execution.ran else 0
        return {
            "QueryExecution": {
                "QueryExecutionId": asked["QueryExecutionId"],
                "Query": execution.sql,
                "StatementType": "DML",
                "Status": status,
                "Statistics": {"DataScannedInBytes": scanned},
                "WorkGroup": WORKGROUP,
            }
        }

    def _GetQueryResults(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        ran = self.executions[asked["QueryExecutionId"]].ran
        assert ran is not None
        start, most = int(asked.get("NextToken", 0)), min(_PAGE, asked.get("MaxResults", _PAGE))
        # the first row of all has the names, and counts
        rows: list[list[str | None]] = [[name for name, _ in ran.columns], *ran.rows]
        page = rows[start : start + most]
        info = [
            {"Name": name, "Type": kind, "Precision": 0, "Scale": 0, "Nullable": "UNKNOWN"}
            for name, kind in ran.columns
        ]
        shown = [{"Data": [{} if v is None else {"VarCharValue": v} for v in row]} for row in page]
        more = {"NextToken": str(start + most)} if start + most < len(rows) else {}
        return {
            "ResultSet": {"Rows": shown, "ResultSetMetadata": {"ColumnInfo": info}},
            "UpdateCount": 0,
            **more,
        }


def _handler(peer: AthenaPeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            try:
                status, told = 200, peer.answer(operation, asked)
            except Fault as fault:
                status, told = (
                    fault.status,
                    {"__type": fault.code, "message": str(fault), "Message": str(fault)},
                )
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler


@dataclass(frozen=True)
class AthenaGround:
    """A peer that answers at `url`, over an AWS server of its own."""

    peer: AthenaPeer
    aws: AwsServer
    url: str

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Variables by which clients that are made inside find both."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.aws.environment, "AWS_ENDPOINT_URL_ATHENA": self.url}.items():
                patch.setenv(name, value)
            yield

    def warehouse(self, budget: Budget | None = None, **more: Any) -> AthenaWarehouse:
        """The tables of the database that is registered, read by Athena."""
        address = AthenaAddress(DATABASE, WORKGROUP, "s3://results-of-the-tests/athena")
        return AthenaWarehouse(address, DATABASE, budget=budget, **more)


@contextmanager
def athena_ground() -> Iterator[AthenaGround]:
    """Starts both."""
    with ExitStack() as stack:
        aws = stack.enter_context(started())
        peer = AthenaPeer(aws)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(peer))
        server.daemon_threads = True
        stack.callback(server.server_close)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        stack.callback(server.shutdown)
        yield AthenaGround(peer, aws, f"http://127.0.0.1:{server.server_port}")
