"""Asking, with what surrounds it: an earlier answer is looked for first, and every answer is recorded."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter
from typing import Any, Protocol

from nba_mcp_synthesis.facts import Answer, ModelCall, Tell, tell_nobody
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.shapes import answer_json
from nba_mcp_synthesis.sharing.answer_cache import AnswerCache, key_of
from nba_mcp_synthesis.state.entries import Asking, Rows, answer_rows

# Settings that no answer depends on. Any other one, a new one too, tells cached answers apart.
_OF_NO_ANSWER = frozenset(
    {
        "allow_unauthenticated",
        "allowed_hosts",
        "allowed_origins",
        "budget_day_usd",
        "answer_cache_seconds",
        "ask_concurrency",
        "asks_minute",
        "auth",
        "call_concurrency",
        "call_queue",
        "call_wait_seconds",
        "caller_budget_day_usd",
        "caller_queue",
        "caller_share",
        "calls_minute",
        "context",
        "drain_seconds",
        "glue_database",
        "home",
        "http_body_kb",
        "http_header_kb",
        "http_idle_seconds",
        "http_request_seconds",
        "http_stall_seconds",
        "lake_kms_key",
        "lake_url",
        "log_level",
        "log_sample",
        "measures",
        "metrics_token",
        "oauth_audience",
        "oauth_issuer",
        "oauth_jwks_url",
        "public_url",
        "query_concurrency",
        "query_memory_mb",
        "redis_url",
        "revision",
        "secrets_folder",
        "secrets_mounts",
        "secrets_refresh_seconds",
        "shutdown_seconds",
        "sql_minute",
        "state_answer_days",
        "state_audit_days",
        "state_url",
        "trace_content",
        "voice_concurrency",
        "warehouse_url",
        "watched_addresses",
    }
)


class Asker(Protocol):
    """Whatever computes answers: at once, or up to where models have to be waited for, and on from there."""

    def ask(
        self,
        question: str,
        answer_id: str | None = None,
        previous: str | None = None,
        tell: Tell = tell_nobody,
    ) -> Answer:
        """An answer, waited for."""
        ...

    def begin(
        self, question: str, answer_id: str | None, previous: str | None, tell: Tell = tell_nobody
    ) -> Any:
        """The answer where no model is needed, or what `go_on` wants."""
        ...

    async def go_on(self, begun: Any) -> Answer:
        """The answer, when models have been heard."""
        ...


class Recorder(Protocol):
    """Whatever takes in the rows of an answer."""

    def record(self, rows: Rows) -> None:
        """Takes them in; they are acknowledged when it returns."""
        ...


@dataclass(frozen=True, slots=True)
class Earlier:
    """Earlier answers: where they are, what names the data of now, and the configuration."""

    cache: AnswerCache
    snapshot: Callable[[], str]
    configuration: str


class Answering:
    """Questions that come in by one door.

    `asking` computes answers, `request` has facts of who asks, and `count` counts what is given.
    """

    def __init__(
        self,
        asking: Asker,
        recorder: Recorder,
        door: str,
        earlier: Earlier | None = None,
        request: Callable[[], Mapping[str, str]] = dict,
        count: Callable[[dict[str, Any], float], None] = lambda _answer, _seconds: None,
    ) -> None:
        self._asker, self._recorder, self._door, self._earlier = asking, recorder, door, earlier
        self._request, self._count = request, count

    def ask(
        self,
        question: str,
        answer_id: str | None = None,
        previous: str | None = None,
        tell: Tell = tell_nobody,
    ) -> Answer:
        """Computes an answer, and records it; the errors are those of asking."""
        started = perf_counter()
        answer = self._asker.ask(question, answer_id, previous, tell)
        self._record(answer_json(answer), previous, started, answer.calls)
        return answer

    async def serve(
        self, question: str, previous: str | None = None, tell: Tell = tell_nobody
    ) -> dict[str, Any]:
        """An answer as JSON has it: an earlier one to the same question, or a new one.

        Models are waited for without a thread; whoever leaves takes their calls with him. `tell`
        hears how far it has come.
        """
        from anyio import to_thread  # noqa: PLC0415 - commands, which answer by `ask`, start sooner without it

        started = perf_counter()
        found, snapshot, begun = await to_thread.run_sync(self._begun, question, previous, started, tell)
        if found is not None:
            return found
        answer = begun if isinstance(begun, Answer) else await self._asker.go_on(begun)
        return await to_thread.run_sync(self._given, answer, previous, snapshot, started)

    def _begun(
        self, question: str, previous: str | None, started: float, tell: Tell
    ) -> tuple[dict[str, Any] | None, str, Any]:
        """(an earlier answer, the state of the data, or else how far a new one came without models)."""
        snapshot = self._earlier.snapshot() if self._earlier else ""
        found = self._look_up(question, previous, snapshot)
        if found is not None:
            self._record(found, previous, started)
            return found, snapshot, None
        return None, snapshot, self._asker.begin(question, None, previous, tell)

    def _given(self, answer: Answer, previous: str | None, snapshot: str, started: float) -> dict[str, Any]:
        told = answer_json(answer)
        self._record(told, previous, started, answer.calls)
        self._keep(told, previous, snapshot)
        return told

    def _look_up(self, question: str, previous: str | None, snapshot: str) -> dict[str, Any] | None:
        if not self._earlier:
            return None
        found = self._earlier.cache.get(key_of(question, previous, snapshot, self._earlier.configuration))
        if found is None:
            return None
        voices = [{**voice, "cost_usd": 0.0, "tokens": 0, "seconds": 0.0} for voice in found["voices"]]
        spent = {"voices": voices, "cost_usd": 0.0, "tokens": 0, "stages": {}}
        return {**found, **spent, "id": uuid.uuid4().hex[:12], "question": question.strip(), "cached": True}

    def _keep(self, answer: dict[str, Any], previous: str | None, snapshot: str) -> None:
        """Keeps it, where it is an answer from the data that were there before and are there now."""
        earlier = self._earlier
        if not earlier or answer["status"] != "answered":
            return
        if answer["snapshot"] == snapshot == earlier.snapshot():
            key = key_of(answer["question"], previous, snapshot, earlier.configuration)
            earlier.cache.put(key, answer)

    def _record(
        self, answer: dict[str, Any], previous: str | None, started: float, calls: Sequence[ModelCall] = ()
    ) -> None:
        seconds = round(perf_counter() - started, 4)
        self._count(answer, seconds)
        request = self._request()
        caller = request.get("caller", self._door)
        asking = Asking(self._door, caller, request.get("request_id"), seconds)
        self._recorder.record(answer_rows(answer, asking, previous, calls))


def configuration_digest(settings: Settings, engine: str) -> str:
    """What an answer depends on beside question and data: version, engine, settings, own measures."""
    named = {
        name: str(getattr(settings, name)) for name in Settings.model_fields if name not in _OF_NO_ANSWER
    }
    own = hashlib.sha256(settings.measures.read_bytes()).hexdigest() if settings.measures else ""
    told = json.dumps([version("nba-mcp-synthesis"), engine, own, named], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
