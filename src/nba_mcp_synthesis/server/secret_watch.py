"""Secrets as the server sees them: how each stands, looked up again and again, and no value but one's."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from nba_mcp_synthesis.facts import SecretState
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Gauge, Metrics


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the server is handed: `look` looks at all secrets anew, `metrics_tokens` it checks itself."""

    look: Callable[[], Sequence[SecretState]]
    metrics_tokens: Callable[[], Sequence[SecretStr]]


def _forget(metric: Gauge, name: str) -> None:
    """Of what is not known there is no sample."""
    with contextlib.suppress(KeyError):  # there was none
        metric.remove(name)


class SecretWatch:
    """The newest state of all secrets, in metrics and for /health."""

    def __init__(self, secrets: Secrets, metrics: Metrics, seconds: float) -> None:
        self.metrics = metrics
        self.metrics_tokens = secrets.metrics_tokens
        self._look, self._seconds = secrets.look, seconds
        self._states: tuple[SecretState, ...] = ()

    def look(self) -> None:
        """Looks now; it may wait for files and for AWS."""
        self._states = tuple(self._look())
        for state in self._states:
            told = (
                (self.metrics.secret_valid, state.valid),
                (self.metrics.secret_age_seconds, state.age_seconds),
                (self.metrics.secret_max_age_seconds, state.max_age_seconds),
            )
            for metric, value in told:
                if value is not None:
                    metric.labels(state.name).set(value)
                else:
                    _forget(metric, state.name)

    async def keep_looking(self) -> None:
        """Looks every so many seconds, in a thread, until it is cancelled."""
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await asyncio.to_thread(self.look)
            except Exception as error:  # noqa: BLE001 - the next look may do; its text might quote a value
                get_logger().error("secrets", failed="look", error=type(error).__name__)

    def health(self) -> dict[str, Any]:
        """Names and kinds of what is wrong, and how many are held."""
        invalid = {state.name: state.state for state in self._states if state.valid is False}
        return {
            "status": "degraded" if invalid else "ok",
            "valid": sum(state.valid is True for state in self._states),
            "invalid": invalid,
        }
