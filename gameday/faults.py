"""Each fault: how it comes about, and how one sees that it is over. `faults.toml` says what it is."""

import json
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from gameday.following import age_secret
from gameday.kubelet import APP, serving, variables
from gameday.stack import MODELS
from gameday.world import LAKE, RDS, Stack
from servers.cluster import Image
from servers.models import fails

AGED = "SIGNING_KEY"
_LOAD_MIB = 3_800  # of all pods together; two of 2 GiB do not have 90 % of room for it


@dataclass(frozen=True)
class Fault:
    """One fault. `begin` brings it about; `is_over` looks at the thing itself, not at metrics."""

    name: str
    title: str
    alert: str
    served: tuple[str, ...]
    begin: Callable[[Stack], None]
    is_over: Callable[[Stack], bool]


def stop_database(stack: Stack) -> None:
    """Somebody stops the instance."""
    stack.aws.client("rds").stop_db_instance(DBInstanceIdentifier=RDS)


def answers(stack: Stack) -> bool:
    """The database lets us in."""
    try:
        with psycopg.connect(stack.postgres.server.url("nba_simulator"), connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def hold_lock(stack: Stack) -> None:
    """By a session of somebody who went home."""
    connection = psycopg.connect(stack.postgres.server.url("nba_simulator"), application_name="forgotten")
    connection.execute("LOCK TABLE nba.player_game_stats, nba.player_season_stats IN ACCESS EXCLUSIVE MODE")
    stack.keep.append(connection)


def nobody_waits(stack: Stack) -> bool:
    """No session waits for another."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
    with psycopg.connect(stack.postgres.server.url("nba_simulator")) as connection:
        return connection.execute(waiting).fetchone() == (0,)


def freeze_redis(stack: Stack) -> None:
    """It takes connections and stays silent."""
    stack.redis.redis.freeze()


def pings(stack: Stack) -> bool:
    """Redis answers."""
    client = redis.Redis.from_url(stack.redis.redis.url, socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except redis.exceptions.RedisError:
        return False
    finally:
        client.close()


def deny_bucket(stack: Stack) -> None:
    """A policy that denies everything."""
    everything = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{LAKE}/*"}
    policy = {"Version": "2012-10-17", "Statement": [everything]}
    stack.aws.client("s3").put_bucket_policy(Bucket=LAKE, Policy=json.dumps(policy))


def bucket_is_open(stack: Stack) -> bool:
    """No policy denies it."""
    return not stack.way.fails("GET", f"/{LAKE}/lake", 0)


def break_provider(stack: Stack) -> None:
    """Every request to it ends with an error."""
    stack.peers["openai"].script = fails("unavailable")


def asks_others(stack: Stack) -> bool:
    """The provider is still away: the service no longer asks it."""
    pods = serving(stack.cluster, APP)
    return bool(pods) and "openai" not in variables(pods[0]).get("NBA_MCP_MODELS", MODELS)


def age_key(stack: Stack) -> None:
    """It was last replaced long ago."""
    age_secret(stack, AGED, 4_000)


def key_is_new(stack: Stack) -> bool:
    """It was replaced after the game day began."""
    return (stack.folder / "mounts" / AGED).stat().st_mtime > stack.began


def load_up(stack: Stack) -> None:
    """More than two pods have room for."""
    stack.load_mib = _LOAD_MIB


def has_room(stack: Stack) -> bool:
    """No pod of the service is above the limit of the alert."""
    return stack.memory_mib() < 0.9 * 2_048


def roll_out_broken(stack: Stack) -> None:
    """By hand, past all checks of a deployment."""
    stack.cluster.world.images["nba-mcp-synthesis:broken"] = Image("crash loop", 1.0)
    image = f"deployment/{APP}", f"{APP}=nba-mcp-synthesis:broken"
    command = ["kubectl", "-n", APP, "set", "image", *image]
    subprocess.run(command, env=stack.people, check=True, capture_output=True, timeout=60)


def runs_good(stack: Stack) -> bool:
    """The version from before runs, and nothing else."""
    pods = [p for p in stack.cluster.all("pods") if p["metadata"]["labels"].get("app") == APP]
    images = {p["spec"]["containers"][0]["image"] for p in pods}
    return images == {"nba-mcp-synthesis:good"} and len(serving(stack.cluster, APP)) >= 2


_WAYS: dict[str, tuple[Callable[[Stack], None], Callable[[Stack], bool]]] = {
    "database-down": (stop_database, answers),
    "database-slow": (hold_lock, nobody_waits),
    "redis-gone": (freeze_redis, pings),
    "s3-errors": (deny_bucket, bucket_is_open),
    "provider-outage": (break_provider, asks_others),
    "expired-secret": (age_key, key_is_new),
    "memory-pressure": (load_up, has_room),
    "bad-deployment": (roll_out_broken, runs_good),
}


def all_faults() -> dict[str, Fault]:
    """The faults by name."""
    told = tomllib.loads((Path(__file__).parent / "faults.toml").read_text("utf-8"))
    return {
        name: Fault(name, one["title"], one["alert"], tuple(one["served"]), *_WAYS[name])
        for name, one in told.items()
    }
