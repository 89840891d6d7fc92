"""Checks side by side: one that breaks, one that hangs, what is skipped, and what all of them come to."""

import itertools
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault
from nba_mcp_synthesis.errors import SecretMissing, Unavailable
from nba_mcp_synthesis.operations.health import web as getting
from nba_mcp_synthesis.operations.health.catalogue import Spec, sections, specs
from nba_mcp_synthesis.operations.health.check import (
    Finding,
    HealthCheck,
    HealthReport,
    NotHere,
    Result,
    judged,
)
from nba_mcp_synthesis.operations.health.ground import Ground, once
from nba_mcp_synthesis.operations.health.inside import NoReport, _finding
from nba_mcp_synthesis.operations.health.running import Choice, run
from nba_mcp_synthesis.operations.quantities import quantity
from operations.health.conftest import Grounds
from running import free_port
from servers.listeners import Reply, web


class Given(Spec):
    """A check whose calculator a test gives."""

    @property
    def calculator(self) -> Callable[[Spec, Ground], Finding]:
        """What the test gave."""
        act: Callable[[], Finding] = self.limits["act"]
        return lambda _spec, _ground: act()


def given(name: str, act: Callable[[], Finding], seconds: float = 20) -> Spec:
    """A check that does that."""
    return Given(name, "api", "here", "parts", seconds, {"act": act})


def raising(error: Exception) -> Callable[[], Finding]:
    """A calculator that breaks."""

    def act() -> Finding:
        raise error

    return act


def well() -> Finding:
    """Nothing is wrong."""
    return Finding("pass", "All is well.", 1, 1)


def test_one_that_breaks_speaks_and_so_do_the_others(ground_of: Grounds) -> None:
    """Its error is named by kind alone: the text of a stranger's error may quote anything."""
    chosen = [
        given("good", well),
        given("broken", raising(KeyError("the password"))),
        given("also good", well),
    ]
    report = run(Choice(chosen), ground_of())
    assert [one.result for one in report.checks] == ["pass", "fail", "pass"]
    assert report.checks[1].message == "The check itself broke (KeyError); this is a fault of it."
    assert report.exit_code == 1
    assert report.summary == "3 checks: 2 passed, 1 failed (broken)."


def test_words_of_others_do_not_steer_a_terminal(ground_of: Grounds) -> None:
    """Escapes and line breaks become blanks."""
    evil = given("x", lambda: Finding("fail", "a\x1b[2Jb\nc\u202e", details=("d\r\x07",)))
    (one,) = run(Choice([evil]), ground_of()).checks
    assert (one.message, one.details) == ("a [2Jb c ", ("d  ",))


def test_they_run_at_the_same_time_and_each_has_a_deadline(ground_of: Grounds) -> None:
    """All of them meet; the one that never ends is left behind."""
    meeting = threading.Barrier(20)
    never = threading.Event()

    def meet() -> Finding:
        meeting.wait(timeout=15)
        return well()

    def hang() -> Finding:
        never.wait()
        return well()

    chosen = [*(given(f"n{n}", meet) for n in range(20)), given("hung", hang, 0.2)]
    report = run(Choice(chosen), ground_of())
    never.set()
    assert [one.result for one in report.checks] == ["pass"] * 20 + ["fail"]
    assert (report.checks[-1].away, report.checks[-1].message) == (True, "There was no answer within 0.2 s.")


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (DoorClosed(Fault("network", "x")), True),
        (DoorClosed(Fault("permission", "x")), False),
        (Unavailable("x"), True),
        (SecretMissing("X", ["here"], "Set it."), False),
    ],
)
def test_what_is_away_is_another_thing_than_what_is_wrong(
    ground_of: Grounds, error: Exception, away: bool
) -> None:
    """Exit code 3 only where nothing else failed."""
    report = run(Choice([given("x", raising(error))]), ground_of())
    assert (report.checks[0].away, report.exit_code) == (away, 3 if away else 1)
    both = run(
        Choice([given("x", raising(error)), given("y", lambda: Finding("fail", "Wrong."))]), ground_of()
    )
    assert both.exit_code == 1


def test_what_is_not_here_is_skipped_unless_asked_for(ground_of: Grounds) -> None:
    """A laptop without a cluster is well; who asks for the pods wants to know."""
    lacking = given("pods", raising(NotHere("No cluster is chosen.")))
    assert run(Choice([lacking, given("good", well)]), ground_of()).exit_code == 0
    asked = run(Choice([lacking], is_asked_for=True), ground_of())
    assert (asked.checks[0].result, asked.exit_code) == ("fail", 3)


def test_what_was_named_and_looked_at_nothing_has_not_passed(ground_of: Grounds) -> None:
    """`--only glue` where no catalogue is set: it is skipped, and that is no success."""
    nothing = given("glue", lambda: Finding("skip", "No catalogue is named."))
    assert run(Choice([nothing], is_asked_for=True), ground_of()).exit_code == 0
    report = run(Choice([nothing, given("good", well)], is_asked_for=True, is_named=True), ground_of())
    assert (report.result, report.exit_code) == ("skip", 1)
    assert report.summary == "2 checks: 1 passed, 1 skipped (glue)."


@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize(
    "pair", [*itertools.combinations_with_replacement(("pass", "warn", "fail", "skip"), 2)], ids="-".join
)
def test_result_and_exit_code_say_the_same(pair: tuple[Result, Result], is_named: bool) -> None:
    """Nobody reads PASS above an exit code of 1. Where nothing was named, nothing to look at is no fault."""
    checks = [HealthCheck(one, "api", "", "here", one, "So.", None, None, False, (), 0) for one in pair]
    report = HealthReport(datetime.now(UTC), "test", "", tuple(checks), is_named)
    good = ("pass", "warn") if is_named else ("pass", "warn", "skip")
    assert (report.exit_code == 0) == (report.result in good)


def test_a_forwarded_port_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is on this machine, and the proxy is on another."""
    proxies = urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{free_port()}"})
    monkeypatch.setattr(getting, "_OPENER", urllib.request.build_opener(proxies))
    with web(lambda _: Reply(body='{"status": "ok"}')) as service:
        assert getting.service_health(service.url, "the service").status == "ok"
        with pytest.raises(DoorClosed):
            getting.get("http://nba-mcp.example.com/health", "the service")


def test_without_a_cluster_all_of_its_checks_are_skipped(ground_of: Grounds) -> None:
    """And each says how to choose one."""
    chosen = [one for one in specs().values() if one.place == "cluster"]
    report = run(Choice(chosen), ground_of())
    assert {one.result for one in report.checks} == {"skip"}
    assert report.place == "this machine"


def test_the_catalogue_is_whole() -> None:
    """Every check has a calculator, a section, a place and a deadline; and the five sections."""
    assert list(sections()) == ["application", "database", "s3", "api", "resources"]
    for spec in specs().values():
        assert spec.section in sections()
        assert spec.place in ("cluster", "service", "here")
        assert 0 < spec.seconds <= 60
        assert callable(spec.calculator)
    assert {spec.section for spec in specs().values()} == set(sections())


@pytest.mark.parametrize(
    ("number", "warn", "fail", "result", "threshold"),
    [
        (1, 5, 10, "pass", 5),
        (5, 5, 10, "warn", 5),
        (10, 5, 10, "fail", 10),
        (30, 21, 14, "pass", 21),
        (21, 21, 14, "warn", 21),
        (14, 21, 14, "fail", 14),
    ],
)
def test_limits_are_held_from_either_side(
    number: int, warn: int, fail: int, result: str, threshold: int
) -> None:
    """Ages fail above, days that are left below; the limit itself counts as reached."""
    finding = judged(number, "x", warn=warn, fail=fail)
    assert (finding.result, finding.threshold) == (result, threshold)


@pytest.mark.parametrize(
    ("results", "worst", "code"),
    [
        (["pass", "skip"], "pass", 0),
        (["pass", "warn", "skip"], "warn", 0),
        (["fail", "warn"], "fail", 1),
        (["skip"], "skip", 0),
    ],
)
def test_the_worst_counts(ground_of: Grounds, results: list[Result], worst: str, code: int) -> None:
    """A warning is told, and nothing has failed."""
    chosen = [given(f"n{n}", lambda r=one: Finding(r, "So.")) for n, one in enumerate(results)]  # type: ignore[misc]
    report = run(Choice(chosen), ground_of())
    assert (report.result, report.exit_code) == (worst, code)
    empty = HealthReport(datetime.now(UTC), "test", "", ())
    assert (empty.result, empty.summary) == ("skip", "0 checks: none was chosen.")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250m", 0.25),
        ("2", 2),
        ("180Mi", 180 * 2**20),
        ("1G", 1e9),
        ("123456789n", 0.123456789),
        ("1.5Gi", 1.5 * 2**30),
    ],
)
def test_quantities(text: str, amount: float) -> None:
    """As the metrics server and manifests write them."""
    assert quantity(text) == pytest.approx(amount)


def test_what_a_pod_tells_is_taken_as_told_or_not_at_all() -> None:
    """Another version's form is said to be that."""
    told: dict[str, Any] = {
        "result": "warn", "message": "So.", "number": 2, "threshold": 3, "away": False, "details": ["a"]
    }  # fmt: skip
    assert _finding(told) == Finding("warn", "So.", 2, 3, away=False, details=("a",))
    for wrong in ({**told, "result": "fine"}, {"result": "pass"}, {**told, "number": "many"}):
        with pytest.raises(NoReport):
            _finding(wrong)


def test_something_is_made_once() -> None:
    """However many threads want it first."""
    made: list[int] = []

    def make() -> int:
        time.sleep(0.02)
        made.append(1)
        return len(made)

    get = once(make)
    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, get()) == ([1], 1)
