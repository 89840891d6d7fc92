"""Events, as controllers record them; the same one again counts up."""

import hashlib

from servers.cluster.kinds import resource_of
from servers.cluster.store import Object, Store, now

EVENTS = resource_of("events", "")


def record(store: Store, about: Object, kind: str, reason: str, message: str) -> None:
    """Records an event about an object, or counts one that is there."""
    meta = about["metadata"]
    said = hashlib.sha256(f"{meta['uid']}{reason}{message}".encode()).hexdigest()[:16]
    namespace, name = meta.get("namespace", "default"), f"{meta['name']}.{said}"
    if store.find(EVENTS, namespace, name):
        return
    of = {
        "kind": about["kind"],
        "apiVersion": about["apiVersion"],
        "namespace": namespace,
        "name": meta["name"],
        "uid": meta["uid"],
    }
    event = {
        "metadata": {"name": name},
        "involvedObject": of,
        "type": kind,
        "reason": reason,
        "message": message,
        "source": {"component": "double"},
        "count": 1,
        "firstTimestamp": now(),
        "lastTimestamp": now(),
    }
    store.create(EVENTS, namespace, event)
