"""All that runs on a game day, and the handles by which it is broken and looked at."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gameday.kubelet import APP, Clock, RedisPod, Service, serving
from gameday.traffic import Traffic
from servers.aws import AwsServer
from servers.cluster import Cluster
from servers.failing import Way
from servers.killable import KillablePostgres
from servers.models import Peer
from servers.monitoring import Daemon, Pages

SECRET, RDS, LAKE = "nba-mcp-synthesis/production", "nba-simulator-db", "nba-mcp-synthesis-lake"


@dataclass
class Stack:
    """All that runs, and the handles by which it is broken and looked at."""

    folder: Path
    aws: AwsServer
    cluster: Cluster
    postgres: KillablePostgres
    redis: RedisPod
    service: Service
    peers: dict[str, Peer]
    way: Way
    pages: Pages
    prometheus: Daemon
    traffic: Traffic
    people: dict[str, str]  # the environment of whoever is on call
    clock: Clock
    mounts: dict[str, tuple[str, float]] = field(default_factory=dict)  # secret: (value, since)
    load_mib: int = 800  # memory that all pods of the service use together
    keep: list[Any] = field(default_factory=list)  # what has to live as long as the stack
    began: float = field(default_factory=time.time)

    @property
    def url(self) -> str:
        """The service, as callers reach it."""
        return self.service.front.url

    def memory_mib(self) -> int:
        """What each pod of the service uses: load is shared."""
        return self.load_mib // max(1, len(serving(self.cluster, APP)))
