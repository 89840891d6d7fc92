"""kubectl sends some kinds in protobuf, whatever a server offers; three of them are read."""

from typing import Any

from servers.cluster.statuses import Refused

_MAGIC = b"k8s\x00"
_READ = ("SelfSubjectAccessReview", "Eviction", "DeleteOptions")
_OPTIONS, _DRY_RUN = 2, 5  # in Eviction, in DeleteOptions
_ATTRIBUTES = {
    1: "namespace",
    2: "verb",
    3: "group",
    4: "version",
    5: "resource",
    6: "subresource",
    7: "name",
}


def decoded(sent: bytes) -> dict[str, Any]:
    """The object in an envelope, as far as those kinds are used."""
    envelope = _fields(sent.removeprefix(_MAGIC))
    of = _fields(envelope[1])
    body: dict[str, Any] = {"apiVersion": of[1].decode(), "kind": of[2].decode(), "metadata": {}}
    if body["kind"] not in _READ:
        told = (
            f"a {body['kind']} in protobuf is not read; send JSON: kubectl create … --dry-run=client -o json"
        )
        raise Refused(415, told)
    message = _fields(envelope.get(2, b""))
    if body["kind"] == "SelfSubjectAccessReview":
        spec = _fields(message[2])
        found = _fields(spec.get(1, b""))
        body["spec"] = {
            "resourceAttributes": {_ATTRIBUTES[n]: v.decode() for n, v in found.items() if n in _ATTRIBUTES}
        }
    elif body["kind"] == "DeleteOptions":
        body |= _options(message)
    elif _OPTIONS in message:
        body["deleteOptions"] = _options(_fields(message[_OPTIONS]))
    return body


def _options(message: dict[int, bytes]) -> dict[str, Any]:
    return {"dryRun": [message[_DRY_RUN].decode()]} if _DRY_RUN in message else {}


def _fields(message: bytes) -> dict[int, bytes]:
    """The fields of a message that have a length (wire type 2), by number."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        size, at = _varint(message, at)
        if tag & 7 == 2:
            found[tag >> 3] = message[at : at + size]
            at += size
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not byte & 0x80:
            return value, at
