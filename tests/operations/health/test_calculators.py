"""Calculators with real doors: where all is well, where it is not, and where nothing is set."""

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import small_league
from nba_mcp_synthesis.facts import BackupState
from nba_mcp_synthesis.operations.health.calculators import backups as backups_calculator
from nba_mcp_synthesis.operations.health.catalogue import specs
from nba_mcp_synthesis.operations.health.check import Finding, NotHere
from nba_mcp_synthesis.operations.health.ground import Ground
from operations.health.conftest import Grounds
from running import free_port
from secret_ground import FITTING
from secret_ground import Ground as Secrets
from servers.aws import AwsServer
from servers.certificates import certificate
from servers.listeners import Reply, web
from servers.postgres import PostgresServer
from servers.redis import RedisServer

METRICS = "\n".join(f"{name} 1" for name in specs()["metrics"].limits["needed"]) + "\n"


def found(name: str, ground: Ground) -> Finding:
    """What a calculator says."""
    spec = specs()[name]
    return spec.calculator(spec, ground)


@pytest.mark.parametrize("name", ["database", "state", "redis", "s3", "glue", "backups"])
def test_what_is_not_configured_is_skipped_and_says_by_which_setting(name: str, ground_of: Grounds) -> None:
    """On a laptop that is a choice."""
    finding = found(name, ground_of())
    assert finding.result == "skip"
    assert finding.message.endswith((".", ").")), finding.message


@pytest.mark.parametrize(
    ("name", "result"), [("redis", "warn"), ("s3", "warn"), ("backups", "warn"), ("state", "warn")]
)
def test_in_production_what_is_not_configured_is_a_gap(name: str, result: str, ground_of: Grounds) -> None:
    """It never passes as if nothing were missing."""
    assert found(name, ground_of(context="production")).result == result


def test_secrets(ground: Secrets, ground_of: Grounds) -> None:
    """Faults are counted and named; an old spelling beside a new one is a warning."""
    ground.fill()
    assert found("secrets", ground_of(context="production")) == Finding(
        "pass", f"{len(FITTING)} secrets are held, and nothing is wrong with them.", 0, 0
    )
    ground.file("RDS_PORT", "none")
    wrong = found("secrets", ground_of(context="production"))
    assert (wrong.result, wrong.number, wrong.threshold, wrong.away) == ("fail", 1, 0, False)
    assert "RDS_PORT is malformed" in wrong.message
    ground.file("RDS_PORT", "5432")
    ground.file("SIGNING_KEY", FITTING["METRICS_TOKEN"] * 2)
    ground.file("METRICS_TOKEN", FITTING["METRICS_TOKEN"] * 2)
    assert found("secrets", ground_of(context="production")).result == "warn"


def test_database(ground: Secrets, ground_of: Grounds, postgres_server: PostgresServer) -> None:
    """By the address of the warehouse, or by the secrets of RDS; the reason stands first."""
    finding = found("database", ground_of(warehouse_url=postgres_server.url()))
    assert (finding.result in ("pass", "warn"), finding.threshold) == (True, 1_000)
    assert finding.number is not None
    assert finding.number > 0
    lost = found("database", ground_of(warehouse_url=f"postgresql://x:y@127.0.0.1:{free_port()}/nba"))
    assert (lost.result, lost.away, lost.message.partition(":")[0]) == ("fail", True, "network")
    ground.fill(RDS_PORT=str(postgres_server.port), RDS_USERNAME="nobody")
    login = found("database", ground_of(context="production"))
    assert (login.result, login.away, login.message.partition(":")[0]) == ("fail", False, "login")


def test_state(ground_of: Grounds, postgres_server: PostgresServer) -> None:
    """A database without our tables answers, and is not what is needed: that is no outage."""
    url = postgres_server.url(postgres_server.create_database())
    empty = found("state", ground_of(state_url=url))
    assert (empty.result, empty.away) == ("fail", False)
    assert "nba-mcp state migrate" in empty.message


def test_redis(ground_of: Grounds, redis_server: RedisServer) -> None:
    """With the password, with a wrong one, and where nobody listens."""
    assert found("redis", ground_of(redis_url=redis_server.url)).result in ("pass", "warn")
    wrong = redis_server.url.replace(redis_server.password, "wrong")
    assert found("redis", ground_of(redis_url=wrong)).message.startswith("login: ")
    assert found("redis", ground_of(redis_url=f"redis://127.0.0.1:{free_port()}/0")).away


def test_s3_and_glue(ground_of: Grounds, aws_server: AwsServer) -> None:
    """Two buckets, of which one lacks; a catalogue without tables, and with one."""
    aws_server.client("s3").create_bucket(Bucket="lake")
    ground = ground_of(lake_url="s3://lake/nba", backup_url="s3://backups", glue_database="nba")
    s3 = found("s3", ground)
    assert (s3.result, s3.number, s3.threshold) == ("fail", 1, 2)
    assert s3.message == "not found: S3 bucket backups: it is not there (404)."
    aws_server.client("s3").create_bucket(Bucket="backups")
    assert found("s3", ground).message == "Buckets lake and backups answer."
    assert found("glue", ground).message.startswith("not found: Glue database nba")
    glue = aws_server.client("glue")
    glue.create_database(DatabaseInput={"Name": "nba"})
    assert found("glue", ground).message == "Glue database nba has no tables: publish the lake."
    glue.create_table(DatabaseName="nba", TableInput={"Name": "games"})
    assert (found("glue", ground).result, found("glue", ground).number) == ("pass", 1)


def test_an_invented_league_is_no_production(ground_of: Grounds, tmp_path: Path) -> None:
    """Elsewhere it is what somebody wanted."""
    url = f"duckdb:///{small_league.build(tmp_path / 'small.duckdb')}"
    assert found("data", ground_of(warehouse_url=url)).result == "pass"
    assert found("data", ground_of(warehouse_url=url, context="production")).result == "fail"


@pytest.mark.parametrize(("hours", "result", "limit"), [(1, "pass", 26), (30, "warn", 26), (40, "fail", 36)])
def test_data(ground_of: Grounds, tmp_path: Path, hours: int, result: str, limit: int) -> None:
    """Their age, as the file was told."""
    path = small_league.build(tmp_path / "small.duckdb")
    at = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(hours=hours)
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE load_history SET simulated = false, loaded_at = ?", [at])
    finding = found("data", ground_of(warehouse_url=f"duckdb:///{path}"))
    assert (finding.result, finding.threshold) == (result, limit)
    assert finding.number == pytest.approx(hours, abs=0.2)


def test_metrics(ground: Secrets, ground_of: Grounds) -> None:
    """All that are needed; one that lacks, named; a refused token; no page of metrics; nobody there."""
    ground.file("METRICS_TOKEN", FITTING["METRICS_TOKEN"], "development")
    with web(lambda _: Reply(200, METRICS)) as server:
        finding = found("metrics", ground_of(server_url=server.url))
        assert (finding.result, finding.number, finding.threshold) == ("pass", 6, 6)
        assert server.heard[0].headers["authorization"] == f"Bearer {FITTING['METRICS_TOKEN']}"
        server.answer = lambda _: Reply(200, METRICS.replace("nba_mcp_db_up 1\n", ""))
        assert found("metrics", ground_of(server_url=server.url)).message == "/metrics lacks nba_mcp_db_up."
        server.answer = lambda _: Reply(401, "no")
        assert "METRICS_TOKEN is refused" in found("metrics", ground_of(server_url=server.url)).message
        server.answer = lambda _: Reply(200, "<html>")
        assert "no page of metrics" in found("metrics", ground_of(server_url=server.url)).message
    with pytest.raises(NotHere):
        found("metrics", ground_of(server_url=server.url))


@pytest.mark.parametrize(("days", "result"), [(60, "pass"), (20, "warn"), (10, "fail"), (-1, "fail")])
def test_certificates(ground_of: Grounds, tmp_path: Path, days: int, result: str) -> None:
    """By what the server really presents, trusted or not."""
    with web(lambda _: Reply(), certificate(tmp_path, days).server) as server:
        finding = found("certificates", ground_of(public_url=server.url))
    assert (finding.result, finding.away) == (result, False)
    assert finding.number == pytest.approx(days, abs=0.01)


def test_certificates_that_cannot_be_read(ground_of: Grounds) -> None:
    """An address where nobody listens is away; the other's days are still told."""
    nobody = f"https://127.0.0.1:{free_port()}"
    finding = found("certificates", ground_of(public_url=nobody))
    assert (finding.result, finding.away) == ("fail", True)
    assert nobody in finding.message


@pytest.mark.parametrize(
    ("days", "away", "words"), [(60, True, False), (20, True, True), (10, False, True), (-5, False, True)]
)
def test_an_address_that_is_away_hides_no_certificate_of_another(
    ground_of: Grounds, tmp_path: Path, days: int, away: bool, words: bool
) -> None:
    """What has ended has to be mended, whoever else cannot be asked."""
    nobody = f"https://127.0.0.1:{free_port()}"
    with web(lambda _: Reply(), certificate(tmp_path, days).server) as server:
        finding = found("certificates", ground_of(public_url=nobody, watched_addresses=server.url))
    assert (finding.result, finding.away) == ("fail", away)
    assert finding.number == pytest.approx(days, abs=0.01)
    assert (nobody in finding.message, server.url in finding.message) == (True, words)
    assert len(finding.details) == 1


def test_watched_addresses_need_no_cluster(ground_of: Grounds, tmp_path: Path) -> None:
    """The ingress would name one more, where a cluster is chosen."""
    with web(lambda _: Reply(), certificate(tmp_path, 60).server) as server:
        assert found("certificates", ground_of(watched_addresses=server.url)).result == "pass"
    with pytest.raises(NotHere):
        found("certificates", ground_of())


HOUR, DAY = 3_600.0, 86_400.0


@pytest.mark.parametrize(
    ("ages", "result", "words"),
    [
        ((2 * HOUR, 3 * DAY, None), "pass", "The newest backups"),
        ((25.5 * HOUR, 3 * DAY, None), "warn", "25.5 h old"),
        ((30 * HOUR, 3 * DAY, None), "fail", "30.0 h old"),
        ((None, None, None), "fail", "there is no backup"),
        ((2 * HOUR, None, None), "warn", "none was ever proven"),
        ((2 * HOUR, 9 * DAY, None), "warn", "9 days old"),
        ((2 * HOUR, 3 * DAY, 1 * HOUR), "warn", "the last attempt failed"),
    ],
)
def test_backups(
    ground_of: Grounds, tmp_path: Path, ages: tuple[float | None, ...], result: str, words: str
) -> None:
    """By the ages of what succeeded, was proven, and failed."""
    now = time.time()
    success, proven, failure = (None if age is None else now - age for age in ages)
    state = BackupState("state", success, proven, failure, 1, 1.0)

    class Kept:
        def states(self) -> list[BackupState]:
            return [state, BackupState("warehouse", now - HOUR, now - DAY, None, 1, 1.0)]

    ground = replace(ground_of(backup_url=str(tmp_path)), backups=Kept)  # type: ignore[arg-type]
    finding = backups_calculator.check(specs()["backups"], ground)
    assert (finding.result, words in finding.message) == (result, True), finding
    assert len(finding.details) == 2
