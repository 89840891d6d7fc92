"""One deployment at a time: a Lease that its holder renews, and that expires when he is gone."""

import contextlib
import getpass
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.deploy.names import LEASE

Object = dict[str, Any]


class Locked(NbaMcpError):
    """Somebody else deploys; whoever reads this waits, or breaks the lock of one who is gone."""


class Lock:
    """The lock of one namespace. `told` hears of one that was taken over; `wait` sleeps so many seconds."""

    def __init__(
        self,
        kubectl: KubectlConnector,
        seconds: float,
        told: Callable[[str], None],
        wait: Callable[[float], None],
    ) -> None:
        self.kubectl, self.seconds, self.told, self.wait = kubectl, seconds, told, wait
        self.holder = f"{getpass.getuser()}@{socket.gethostname()}:{os.getpid()}"
        self._lost = threading.Event()

    @contextlib.contextmanager
    def held(self, *, breaking: bool = False) -> Iterator[None]:
        """Holds the lock while the block runs; raises Locked where somebody else does."""
        self._acquire(breaking=breaking)
        ended = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(ended,), name="lock", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            self._release()

    def check(self) -> None:
        """Raises Locked where somebody has taken the lock away."""
        if self._lost.is_set():
            raise Locked(
                "Somebody has broken the lock of this deployment.", "See what they do before you go on."
            )

    def _acquire(self, *, breaking: bool) -> None:
        try:
            self.kubectl.run("create", "-f", "-", stdin=json.dumps(self._lease({})))
        except KubectlFailed as error:
            if error.fault.kind != "conflict":
                raise
            self._take_over(breaking=breaking)

    def _take_over(self, *, breaking: bool) -> None:
        lease = self.kubectl.find("lease", LEASE) or {}
        spec = lease.get("spec", {})
        holder, age = spec.get("holderIdentity", ""), _age(spec)
        lasts = spec.get("leaseDurationSeconds", self.seconds)
        if holder and age < lasts and not breaking:
            since = spec.get("acquireTime", "an unknown time")
            raise Locked(
                f"{holder} is deploying here since {since}; the last sign of life was {age:.0f} s ago.",
                "Wait for its end, or take the lock with --break-lock if nobody is there any more.",
            )
        if holder and not breaking:
            # Its clock may be behind ours. Who lives renews it now, and what was read here is old.
            self.wait(lasts / 2)
        if not self._replace(lease):
            raise Locked("Somebody renewed or took the lock just now.", "Look who it is, and try again.")
        if holder:
            how = "was broken" if breaking else "had expired"
            self.told(f"The lock of {holder} {how}; its last sign of life was {age:.0f} s ago.")

    def _replace(self, lease: Object) -> bool:
        """Writes the lease as ours; False where it has changed since it was read."""
        try:
            self.kubectl.run("replace", "-f", "-", stdin=json.dumps(self._lease(lease)))
        except KubectlFailed as error:
            if error.fault.kind in ("conflict", "not found"):
                return False
            raise
        return True

    def _renew(self, ended: threading.Event) -> None:
        while not ended.wait(self.seconds / 4):
            # While the API is away nobody else can take the lock either.
            with contextlib.suppress(KubectlFailed):
                lease = self.kubectl.find("lease", LEASE) or {}
                ours = lease.get("spec", {}).get("holderIdentity") == self.holder
                if not ours or not self._replace(lease):
                    self._lost.set()
                    return

    def _release(self) -> None:
        """Gives it back; where the API is away it expires by itself."""
        with contextlib.suppress(KubectlFailed):
            lease = self.kubectl.find("lease", LEASE) or {}
            if lease.get("spec", {}).get("holderIdentity") == self.holder:
                lease["spec"]["holderIdentity"] = ""
                self.kubectl.run("replace", "-f", "-", stdin=json.dumps(lease))

    def _lease(self, before: Object) -> Object:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec = before.get("spec", {})
        since = spec.get("acquireTime", now) if spec.get("holderIdentity") == self.holder else now
        meta = {"name": LEASE, "namespace": self.kubectl.namespace}
        if version := before.get("metadata", {}).get("resourceVersion"):
            meta["resourceVersion"] = version
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": meta,
            "spec": {
                "holderIdentity": self.holder,
                "leaseDurationSeconds": max(int(self.seconds), 1),
                "acquireTime": since,
                "renewTime": now,
            },
        }


def _age(spec: Object) -> float:
    """Seconds since the last sign of life; infinite where there was none."""
    try:
        return (datetime.now(UTC) - datetime.fromisoformat(spec["renewTime"])).total_seconds()
    except (KeyError, ValueError):
        return float("inf")
