"""Runs checks at the same time. Each has its deadline, and one that breaks says so while the others speak."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from nba_mcp_synthesis.deadlines import together, within
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, HealthCheck, HealthReport, NotHere
from nba_mcp_synthesis.operations.health.failures import failure_of
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.inside import Inside
from nba_mcp_synthesis.telemetry.logs import get_logger


@dataclass(frozen=True, slots=True)
class Choice:
    """Which checks run, and how. `is_asked_for`: none is skipped because it cannot be reached from here.

    `is_named`: somebody named them, so that one with nothing to look at is no success.
    `inside`: those of the service are run in one of its pods.
    """

    specs: Sequence[Spec]
    is_asked_for: bool = False
    inside: bool = False
    is_named: bool = False


def run(choice: Choice, ground: Ground, on_done: Callable[[], None] = lambda: None) -> HealthReport:
    """The findings of all checks that were chosen, in their order."""
    names = [one.name for one in choice.specs if one.place == "service"]
    inside = Inside(ground, names) if choice.inside and names else None

    def done(spec: Spec) -> HealthCheck:
        found = inside.check(spec) if inside and spec.place == "service" else _check(spec, choice, ground)
        on_done()
        return found

    jobs = [partial(done, spec) for spec in choice.specs]
    found = together(jobs, at_once=max(len(jobs), 1))
    place = _place(ground)
    return HealthReport(
        datetime.now(UTC), ground.settings.context, place, tuple(found), is_named=choice.is_named
    )


def _check(spec: Spec, choice: Choice, ground: Ground) -> HealthCheck:
    started = time.perf_counter()
    try:
        finding = within(spec.seconds, lambda: spec.calculator(spec, ground))
    except NotHere as error:
        asked = choice.is_asked_for
        finding = Finding("fail" if asked else "skip", str(error), away=asked)
    except TimeoutError:
        finding = Finding("fail", f"There was no answer within {spec.seconds:g} s.", away=True)
    except NbaMcpError as error:
        finding = failure_of(error)
    except Exception as error:  # noqa: BLE001 - one check that breaks must not silence the others
        get_logger().error("health", check=spec.name, error=type(error).__name__)
        finding = Finding("fail", f"The check itself broke ({type(error).__name__}); this is a fault of it.")
    return spec.found(finding, "cluster" if spec.place == "cluster" else "here", started)


def _place(ground: Ground) -> str:
    known = ground.kubectl.known_context
    return f"cluster {known}, namespace {ground.kubectl.namespace}" if known else "this machine"
