"""Answers that refuse, in the form of the Kubernetes API."""

from typing import Any

REASONS = {
    400: "BadRequest",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
}


class Refused(Exception):
    """Becomes a Status object with this code."""

    def __init__(self, code: int, message: str, *, reason: str = "", details: dict[str, Any] | None = None):
        super().__init__(message)
        self.code = code
        self.body = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason or REASONS[code],
            "details": details or {},
            "code": code,
        }


def not_found(full: str, name: str) -> Refused:
    """Nothing has that name."""
    plural, _, group = full.partition(".")
    details = {"name": name, "kind": plural, "group": group}
    return Refused(404, f'{full} "{name}" not found', details=details)


def already_exists(full: str, name: str) -> Refused:
    """Something has that name already."""
    return Refused(409, f'{full} "{name}" already exists', reason="AlreadyExists")


def conflict(full: str, name: str) -> Refused:
    """The object has changed since it was read."""
    told = "the object has been modified; please apply your changes to the latest version and try again"
    return Refused(409, f'Operation cannot be fulfilled on {full} "{name}": {told}')


def invalid(kind: str, name: str, field: str, told: str) -> Refused:
    """A field has no value that could be."""
    cause = {"reason": "FieldValueInvalid", "message": told, "field": field}
    details = {"name": name, "kind": kind, "causes": [cause]}
    return Refused(422, f'{kind} "{name}" is invalid: {field}: {told}', details=details)
