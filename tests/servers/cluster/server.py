"""A running double: its server, its controllers, and a kubeconfig that leads to it."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
import yaml

from servers.cluster.api import Api
from servers.cluster.defaults import fill
from servers.cluster.deployments import DeploymentController, ReplicaSetController
from servers.cluster.kinds import resource_of, resource_of_object
from servers.cluster.others import autoscalers, budgets, endpoints, jobs
from servers.cluster.pods import NODES, PodController
from servers.cluster.store import Object, Store
from servers.cluster.world import World

NAMESPACE = "nba-mcp-synthesis"
_ROUND = 0.03


class Cluster:
    """A cluster of one API server. `stop` and `start` take it away and bring it back, as it was."""

    def __init__(self, folder: Path, *, context: str = "double", port: int = 0) -> None:
        self.store, self.world = Store(), World()
        self.context = context
        self.kubeconfig = folder / "kubeconfig"
        self._api = Api(self.store, self.world).application()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            self.port: int = probe.getsockname()[1]
        self._stopping = threading.Event()
        self._server: uvicorn.Server | None = None
        self._threads: list[threading.Thread] = []
        self._prepare()

    @property
    def url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """By which kubectl finds it."""
        return {"KUBECONFIG": str(self.kubeconfig)}

    def _prepare(self) -> None:
        for name in ("default", "kube-system", "kube-node-lease", NAMESPACE, "monitoring"):
            self.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        for number in (1, 2, 3):
            self.add(_node(f"node-{number}"))
            lease = {"name": f"node-{number}", "namespace": "kube-node-lease"}
            self.add({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": lease, "spec": {}})
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": self.context, "cluster": {"server": self.url}}],
            "users": [{"name": "tester", "user": {}}],
            "contexts": [{"name": self.context, "context": {"cluster": self.context, "user": "tester"}}],
            "current-context": self.context,
        }
        self.kubeconfig.parent.mkdir(parents=True, exist_ok=True)
        self.kubeconfig.write_text(yaml.safe_dump(config))

    def add(self, body: Object) -> Object:
        """Keeps an object as if somebody had applied it."""
        resource = resource_of_object(body)
        body = fill(resource, json.loads(json.dumps(body)))
        return self.store.create(resource, body["metadata"].get("namespace", NAMESPACE), body)

    def get(self, plural: str, name: str, namespace: str = NAMESPACE) -> Object:
        """An object of the API."""
        return self.store.get(resource_of(plural), namespace, name)

    def change(
        self, plural: str, name: str, edit: Callable[[Object], object], namespace: str = NAMESPACE
    ) -> Object:
        """Changes an object as if somebody had patched it, status included."""
        return self.store.change(resource_of(plural), namespace, name, edit)

    def all(self, plural: str, namespace: str = NAMESPACE) -> list[Object]:
        """Objects of a namespace."""
        return self.store.all(resource_of(plural), namespace)

    def start(self) -> None:
        """Answers from now on."""
        config = uvicorn.Config(
            self._api, host="127.0.0.1", port=self.port, log_level="critical", lifespan="off",
            ws="wsproto", timeout_graceful_shutdown=0,
        )  # fmt: skip
        self._server = server = uvicorn.Server(config)
        self._stopping.clear()
        self.world.is_away = False
        self._threads = [
            threading.Thread(target=server.run, name="cluster", daemon=True),
            threading.Thread(target=self._control, name="controllers", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline, "the cluster did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """Refuses every connection from now on; nothing moves. May be called while it answers."""
        self._stopping.set()
        self.world.is_away = True
        if self._server:
            for listener in self._server.servers:
                listener.get_loop().call_soon_threadsafe(listener.close)
            self._server.should_exit = self._server.force_exit = True
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=20)
        self._server = None

    def _control(self) -> None:
        controllers: list[Any] = [
            DeploymentController(self.store),
            ReplicaSetController(self.store),
            PodController(self.store, self.world),
        ]
        while not self._stopping.wait(_ROUND):
            with self.store.lock:
                for controller in controllers:
                    controller.run()
                endpoints(self.store)
                autoscalers(self.store, self.world)
                budgets(self.store)
                jobs(self.store)


@contextlib.contextmanager
def cluster(folder: Path, *, context: str = "double", port: int = 0) -> Iterator[Cluster]:
    """A cluster that answers while the block runs."""
    found = Cluster(folder, context=context, port=port)
    found.start()
    try:
        yield found
    finally:
        found.stop()


def _node(name: str) -> Object:
    conditions = [
        {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is ready"}
    ]
    room = {"cpu": "4", "memory": "16Gi", "pods": "58"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {},
        "status": {
            "capacity": room,
            "allocatable": room,
            "conditions": conditions,
            "nodeInfo": {"kubeletVersion": "v1.37.1"},
        },
    }


__all__ = ["NAMESPACE", "NODES", "Cluster", "cluster"]
