"""Rotating a database login against a real PostgreSQL and an AWS API server."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from nba_mcp_synthesis.errors import Busy, RotationFailed, Unavailable, UsageError
from nba_mcp_synthesis.secrets import versions
from nba_mcp_synthesis.secrets.rotation import logins
from nba_mcp_synthesis.secrets.rotation.logins import other_of
from rotation.ground import PASSWORD, SECRET, Place, Prepare
from running import free_port


def test_two_logins_take_turns(prepared: Prepare) -> None:
    """Twice around: each time the other login comes into use, and the one before it still works."""
    place = prepared()
    used = [place.current()]
    for _ in range(3):
        run = place.rotations().run()
        assert [done.name for done in run.done] == ["RDS_PASSWORD"]
        assert (run.failed, run.exit_code) == ((), 0)
        used.append(place.current())
        assert place.works()
        assert place.works(used[-2])
        assert place.is_settled()
    assert [one["RDS_USERNAME"] for one in used] == [place.user, f"{place.user}_b"] * 2
    assert len({one["RDS_PASSWORD"] for one in used}) == 4
    assert not place.works(used[0])  # its login has had its next turn
    assert place.audited() == [("rotate RDS_PASSWORD", "ok")] * 3
    assert set(place.app().state.last_rotations()) == {"RDS_PASSWORD"}


def test_the_server_never_sees_a_password_in_a_statement(prepared: Prepare) -> None:
    """It gets the verifier that it keeps, so that its own log of statements has no password."""
    place = prepared()
    with place.postgres.connect() as admin:
        admin.execute("ALTER SYSTEM SET log_statement = 'all'")
        admin.execute("SELECT pg_reload_conf()")
        try:
            place.rotations().run()
        finally:
            admin.execute("ALTER SYSTEM RESET log_statement")
            admin.execute("SELECT pg_reload_conf()")
        found = admin.execute("SHOW data_directory").fetchone()
    assert found is not None
    log = (Path(found[0]).parent / "log").read_text("utf-8")
    assert f'CREATE ROLE "{place.user}_b" LOGIN PASSWORD \'SCRAM-SHA-256$' in log
    assert place.current()["RDS_PASSWORD"] not in log


def grant_own(place: Place, role: str) -> None:
    """A table that this role alone may read."""
    with place.postgres.connect(place.database) as admin:
        admin.execute("CREATE TABLE own (n integer)")
        admin.execute(sql.SQL("GRANT SELECT ON own TO {}").format(sql.Identifier(role)))


def test_a_login_with_more_rights_than_the_one_in_use_is_not_switched_to(prepared: Prepare) -> None:
    """Servers would be able to do what they were not, and the next turn could not be taken."""
    place = prepared()
    place.rotations().run()
    before = place.current()
    grant_own(place, place.user)
    run = place.rotations().run()
    assert run.exit_code == 1
    assert "The other login has rights of its own on public.own" in str(run.failed[0].error)
    assert place.current() == before
    assert place.works()


def test_a_login_with_rights_of_its_own_is_not_rotated(prepared: Prepare) -> None:
    """What was granted to the login alone, the other would lack: nothing is switched; the table is named."""
    place = prepared()
    grant_own(place, place.user)
    run = place.rotations().run()
    assert run.exit_code == 1
    assert "public.own" in str(run.failed[0].error)
    assert place.user not in str(run.failed[0].error)
    assert place.current() == place.values
    assert place.works()
    assert place.is_settled()
    assert place.audited() == [("rotate RDS_PASSWORD", "rotation_failed")]


def test_a_role_of_another_kind_is_left_alone(prepared: Prepare) -> None:
    """Somebody's own role may have the name that the other login would get."""
    place = prepared()
    other = f"{place.user}_b"
    with place.postgres.connect() as admin:
        create = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
        admin.execute(create.format(sql.Identifier(other), sql.Literal("the-password-of-somebody")))
    assert place.rotations().run().exit_code == 1
    psycopg.connect(place.postgres.url(place.database, other, "the-password-of-somebody")).close()


def test_a_role_of_somebody_else_keeps_its_password(prepared: Prepare) -> None:
    """An ordinary one, that only happens to have the name; once it is in the group it is the other login."""
    place = prepared()
    other, theirs = f"{place.user}_b", "the-password-of-somebody"
    place.postgres.create_role(other, theirs)
    run = place.rotations().run()
    assert run.exit_code == 1
    assert "none of the groups" in run.failed[0].error.message
    psycopg.connect(place.postgres.url(place.database, other, theirs)).close()
    assert place.current() == place.values
    with place.postgres.connect() as admin:
        group = sql.Identifier(place.user.replace("app_", "group_"))
        admin.execute(sql.SQL("GRANT {} TO {}").format(group, sql.Identifier(other)))
    assert place.rotations().run().exit_code == 0
    assert place.works()


def test_a_turn_right_after_another_is_refused(prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that has not heard of the first would be locked out by the second."""
    place = prepared()
    monkeypatch.setattr(logins, "SETTLED", timedelta(minutes=5))
    assert place.rotations().run().exit_code == 0
    run = place.rotations().run()
    assert run.exit_code == 1
    assert "seconds ago" in run.failed[0].error.message
    assert place.works(place.values)
    assert place.is_settled()
    assert place.rotations(even_in_use=True).run().exit_code == 0
    assert not place.works(place.values)


def test_a_turn_right_after_one_that_was_resumed_is_refused(
    prepared: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was staged ten minutes ago and switched to now, which is what servers have to hear of."""
    place = prepared()

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) - timedelta(minutes=10)

    def die(name: str, step: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as here, pytest.raises(KeyboardInterrupt):
        here.setattr(versions, "datetime", Earlier)
        place.rotations().run(on_step=die)
    monkeypatch.setattr(logins, "SETTLED", timedelta(minutes=5))
    assert [done.resumed for done in place.rotations().run().done] == [True]
    run = place.rotations().run()
    assert run.exit_code == 1
    assert "seconds ago" in run.failed[0].error.message
    assert place.works(place.values)


def test_a_login_that_is_still_in_use_keeps_its_password(prepared: Prepare) -> None:
    """A server that missed the last turn would be locked out; --even-in-use does it all the same."""
    place = prepared()
    place.rotations().run()
    url = place.postgres.url(place.database, place.user, PASSWORD)
    with psycopg.connect(url):
        run = place.rotations().run()
        assert run.exit_code == 1
        assert "1 sessions" in run.failed[0].error.message
        assert place.works(place.values)
        assert place.rotations(even_in_use=True).run().exit_code == 0
    assert not place.works(place.values)


def test_two_at_once_are_one(prepared: Prepare) -> None:
    """While one is at it, the other is told so, in a sentence, and changes nothing."""
    place = prepared()
    begun, go_on = threading.Event(), threading.Event()

    def wait(name: str, step: str) -> None:
        begun.set()
        assert go_on.wait(30)

    results: list[int] = []
    first = threading.Thread(target=lambda: results.append(place.rotations().run(on_step=wait).exit_code))
    first.start()
    assert begun.wait(30)
    other = place.rotations().run()
    assert isinstance(other.failed[0].error, Busy)
    assert "Another process is rotating this login" in other.failed[0].error.message
    assert (other.done, other.exit_code) == ((), 3)
    go_on.set()
    first.join()
    assert results == [0]
    assert place.works()
    assert place.audited() == [("rotate RDS_PASSWORD", "ok")]


def test_an_administrator_whose_session_ends_ends_the_turn(prepared: Prepare) -> None:
    """PostgreSQL goes away in the middle: the login in use works, and the command says what to do."""
    place = prepared()

    def end(name: str, step: str) -> None:
        if step == "create":
            with place.postgres.connect() as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'nba-mcp'"
                )

    run = place.rotations().run(on_step=end)
    assert run.exit_code == 3
    assert "run the command again" in run.failed[0].error.hint
    assert place.current() == place.values
    assert place.works()
    assert place.rotations().run().exit_code == 0
    assert place.works()


@pytest.mark.parametrize("at", ["create", "set", "test"])
def test_aws_that_goes_away_leaves_the_login_in_use(
    prepared: Prepare, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step before the switch; the next run completes the turn that was begun."""
    place = prepared()
    rotations = place.rotations()

    def away(name: str, step: str) -> None:
        if step == at:
            secret = rotations._secret
            with monkeypatch.context() as here:
                here.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
                secret._made = None
                assert secret._client is not None

    run = rotations.run(on_step=away)
    assert run.exit_code == 3
    assert "still works" in run.failed[0].error.hint
    assert place.works(place.values)
    assert not place.is_settled()
    again = place.rotations().run()
    assert [done.resumed for done in again.done] == [True]
    assert place.works()
    assert place.current() != place.values
    assert place.is_settled()


def test_what_was_staged_from_an_older_version_is_dropped(prepared: Prepare) -> None:
    """Somebody changed the secret by hand meanwhile: his change stays."""
    place = prepared()
    rotations = place.rotations()
    current = rotations._secret.require()
    rotations._secret.stage(current, {"RDS_PASSWORD": "staged-and-then-forgotten"}, {"item": "RDS_PASSWORD"})
    by_hand = rotations._secret.stage(current, {"METRICS_TOKEN": "put-here-by-a-hand"}, {"item": "x"})
    rotations._secret.switch(by_hand, current.id)
    rotations._secret.clear(by_hand.id)
    stale = rotations._secret.stage(
        current, {"RDS_PASSWORD": "staged-from-the-older"}, {"item": "RDS_PASSWORD"}
    )
    run = place.rotations().run(["RDS_PASSWORD"])
    assert [done.resumed for done in run.done] == [False]
    assert run.done[0].version != stale.id
    assert place.current()["METRICS_TOKEN"] == "put-here-by-a-hand"
    assert place.works()


def test_what_another_program_has_staged_is_left_alone(prepared: Prepare) -> None:
    """Such as AWS's own rotation: nothing is changed, and what to do is told."""
    place = prepared()
    put = {"SecretString": '{"RDS_PASSWORD": "of-another-program"}', "VersionStages": ["AWSPENDING"]}
    version = place.client.put_secret_value(SecretId=SECRET, **put)["VersionId"]
    run = place.rotations().run()
    assert run.exit_code == 1
    assert "Another program has staged" in run.failed[0].error.message
    assert place.stages()[version] == ["AWSPENDING"]
    assert place.current() == place.values
    assert place.works()


def test_of_two_who_switch_one_is_refused(prepared: Prepare) -> None:
    """The second began with a version that is not the one in use any more."""
    secret = prepared()
    rotations = secret.rotations()._secret
    base = rotations.require()
    first = rotations.stage(base, {"METRICS_TOKEN": "the-one-who-was-first"}, {"item": "METRICS_TOKEN"})
    second = rotations.stage(base, {"METRICS_TOKEN": "the-one-who-was-second"}, {"item": "METRICS_TOKEN"})
    rotations.switch(first, base.id)
    with pytest.raises(RotationFailed, match="changed by somebody else"):
        rotations.switch(second, base.id)
    assert secret.current()["METRICS_TOKEN"] == "the-one-who-was-first"


def test_without_an_administrator_a_person_is_needed(prepared: Prepare) -> None:
    """The plan says which AWS secret lacks; asked for by name, it is a usage error."""
    place = prepared()
    place.client.delete_secret(SecretId=f"{SECRET}/administrator", ForceDeleteWithoutRecovery=True)
    plan = place.rotations().plan()
    assert plan.unattended == ()
    assert [(one.name, f"{SECRET}/administrator" in one.why) for one in plan.by_hand] == [
        ("RDS_PASSWORD", True)
    ]
    with pytest.raises(UsageError, match="administrator"):
        place.rotations().run(["RDS_PASSWORD"])


def test_without_aws_nothing_begins(prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, and what to do."""
    place = prepared()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match="run the command again"):
        place.rotations().run()


@pytest.mark.parametrize(
    ("user", "other"), [("nba", "nba_b"), ("nba_b", "nba"), ("_b", "_b_b"), ("a_b_b", "a_b_b_b")]
)
def test_the_other_of_the_other_is_the_first(user: str, other: str) -> None:
    """So that there are two of them, and never three."""
    assert (other_of(user), other_of(other_of(user))) == (other, user)


def test_a_name_that_postgresql_would_cut_is_refused() -> None:
    """The other login would be another role altogether, or the one in use."""
    assert other_of("a" * 61) == "a" * 61 + "_b"
    assert other_of("a" * 61 + "_b") == "a" * 61
    with pytest.raises(UsageError, match="too long"):
        other_of("ä" * 31)
