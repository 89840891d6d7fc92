"""What follows from what: RDS says `available` and PostgreSQL runs, AWS has a secret and a file has it."""

import json
import os
import time
from pathlib import Path
from typing import Any

from gameday.kubelet import APP
from gameday.world import LAKE, SECRET, Stack


def follow_rds(found: Stack) -> None:
    """PostgreSQL runs while RDS says `available`."""
    (instance,) = found.aws.client("rds").describe_db_instances()["DBInstances"]
    if instance["DBInstanceStatus"] == "available":
        if found.postgres.process is None:
            found.postgres.start()
    else:
        found.postgres.kill()


def sync_secrets(found: Stack) -> None:
    """As the External Secrets Operator and the kubelet do: what AWS has becomes files."""
    text = found.aws.client("secretsmanager").get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")[
        "SecretString"
    ]
    folder = found.folder / "mounts"
    folder.mkdir(exist_ok=True)
    document = json.loads(text)  # what a rotation notes in it is not text
    for name, value in ((n, v) for n, v in document.items() if isinstance(v, str)):
        if found.mounts.get(name, ("", 0.0))[0] != value:
            found.mounts[name] = (value, time.time())
            _put(folder / name, value, found.mounts[name][1])


def age_secret(found: Stack, name: str, days: float) -> None:
    """A secret has not been replaced for so long."""
    value, _ = found.mounts[name]
    found.mounts[name] = (value, time.time() - days * 86_400)
    _put(found.folder / "mounts" / name, *found.mounts[name])


def _put(file: Path, value: str, since: float) -> None:
    new = file.with_name(f".{file.name}")
    new.write_text(value)
    os.utime(new, (since, since))
    new.replace(file)


def follow_policy(found: Stack) -> None:
    """S3 lets the service in unless the bucket's policy denies it."""
    client: Any = found.aws.client("s3")
    try:
        policy = json.loads(client.get_bucket_policy(Bucket=LAKE)["Policy"])
    except client.exceptions.ClientError:
        policy = {"Statement": []}
    denied = any(one["Effect"] == "Deny" for one in policy["Statement"])
    found.way.fails = lambda _, path, __: denied and path.startswith(f"/{LAKE}")


def tell_logs(found: Stack) -> None:
    """`kubectl logs` has the last lines of the server."""
    with found.service.log.open("rb") as file:
        file.seek(max(0, found.service.log.stat().st_size - 60_000))
        lines = file.read().decode("utf-8", "replace").splitlines()
    found.cluster.world.logs = {f"{APP}-*": lines}


def share_load(found: Stack) -> None:
    """Each pod of the service uses its part of the memory."""
    found.cluster.world.usage = {f"{APP}-*": (400, found.memory_mib())}
