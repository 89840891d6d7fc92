"""A rotation that is killed after any of its steps: access is never lost, and a second run completes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nba_mcp_synthesis.caller_keys import CallerKeys
from nba_mcp_synthesis.secrets.rotation.turn import STEPS
from nba_mcp_synthesis.server.access.key_format import new_key
from rotation.ground import OVERLAPS, Place, Prepare

pytestmark = pytest.mark.system

_TESTS = Path(__file__).resolve().parents[1]
_LOGIN_STEPS = [step for step in STEPS if step != "retire"]


def killed(place: Place, step: str, *names: str) -> None:
    """Rotates in a process of its own, which dies."""
    done = subprocess.run(
        [sys.executable, "-m", "rotation.dying", "rotate", step, *names],
        env={**os.environ, **place.variables(), "PYTHONPATH": str(_TESTS)},
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == -9, done.stderr.decode()


@pytest.mark.system
@pytest.mark.parametrize("step", _LOGIN_STEPS)
def test_a_second_run_completes_a_login(prepared: Prepare, step: str) -> None:
    """Whatever is in use works at every moment; one turn is one entry of the audit log."""
    place = prepared()
    killed(place, step)
    between = place.current()
    assert place.works(between)
    assert place.works(place.values)
    run = place.rotations().run(["RDS_PASSWORD"])
    assert run.exit_code == 0
    after = place.current()
    assert place.works(after)
    assert place.is_settled()
    first_is_over = step == "clear"
    if not first_is_over:
        assert [done.resumed for done in run.done] == [True]
        assert after["RDS_USERNAME"] == f"{place.user}_b"
        assert place.works(place.values)
    assert place.audited() == [("rotate RDS_PASSWORD", "ok")] * (2 if first_is_over else 1)


@pytest.mark.system
@pytest.mark.parametrize("step", _LOGIN_STEPS[:-1])
def test_a_second_run_completes_a_token(prepared: Prepare, step: str) -> None:
    """The one in use before is in its place beside, and no turn is taken twice."""
    if step == "set":
        pytest.skip("a token has no such step")
    place = prepared(**OVERLAPS)
    killed(place, step, "METRICS_TOKEN")
    run = place.rotations().run(["METRICS_TOKEN"])
    assert [done.resumed for done in run.done] == [True]
    assert place.current()["METRICS_TOKEN_PREVIOUS"] == OVERLAPS["METRICS_TOKEN"]
    assert place.current()["METRICS_TOKEN"] != OVERLAPS["METRICS_TOKEN"]
    assert place.is_settled()
    assert place.audited() == [("rotate METRICS_TOKEN", "ok")]


@pytest.mark.system
@pytest.mark.parametrize("step", STEPS[:-1])
def test_a_second_run_completes_a_service_key(prepared: Prepare, step: str) -> None:
    """One new key is let in, and the old one has an end but is good until then."""
    made = new_key("jobs", ["nba:read"], None)
    place = prepared(SERVICE_API_KEY=made.text)
    place.app().api_keys.add(made.row)
    killed(place, step, "SERVICE_API_KEY")
    run = place.rotations().run(["SERVICE_API_KEY"])
    assert [done.resumed for done in run.done] == [True]
    keys = CallerKeys(lambda: place.app().api_keys)
    assert keys.opens(place.current()["SERVICE_API_KEY"])
    assert keys.opens(made.text)
    rows = place.app().api_keys.all()
    assert [row.name for row in rows] == ["jobs", "jobs"]
    assert [row.expires_at is None for row in rows] == [True, False]


@pytest.mark.system
def test_any_run_completes_what_was_begun_first(prepared: Prepare) -> None:
    """The turn of the login was begun; a run that was asked for a token completes the login, then rotates."""
    place = prepared(**OVERLAPS)
    killed(place, "set")
    run = place.rotations().run(["METRICS_TOKEN"])
    assert [(done.name, done.resumed) for done in run.done] == [
        ("RDS_PASSWORD", True),
        ("METRICS_TOKEN", False),
    ]
    assert place.works()
    assert place.is_settled()
