"""The words of the AWS command line: which operation they name, and with which parameters.

`aws` itself is not needed for it: names of services, operations and parameters come from botocore's models.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

HIGH_LEVEL = {("s3", "ls"), ("s3", "cp"), ("s3", "sync")}
GLOBAL = {"query", "output", "region", "profile", "no-cli-pager", "endpoint-url"}
_FLAGS = {"recursive", "no-cli-pager", "no-paginate"}


class UnknownWordsError(Exception):
    """Words that AWS's command line would not take; the message says which."""


@dataclass(frozen=True)
class AwsWords:
    """One command. `operation` is botocore's (DescribeDBInstances), or `ls` and `cp` of s3."""

    service: str
    operation: str
    waits: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    positional: tuple[str, ...] = ()


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()


def _api(service: str) -> str:
    """The name of a service's model: `s3api` is that of S3."""
    return "s3" if service == "s3api" else service


def understand(words: list[str]) -> AwsWords:
    """Words after `aws`; raises UnknownWordsError where service, operation or option is not known."""
    if len(words) < 2:
        raise UnknownWordsError("aws wants a service and an operation")
    service, name, rest = words[0], words[1], words[2:]
    if (service, name) in HIGH_LEVEL:
        options, positional = _split(rest)
        return AwsWords(service, name, options=options, positional=tuple(positional))
    if service == "s3" or _api(service) not in _session().get_available_services():
        raise UnknownWordsError(f"aws has no command {service} {name}")
    waits = name == "wait"
    if waits:
        name, rest = rest[0], rest[1:]
    model = _session().get_service_model(_api(service))
    options, positional = _split(rest)
    if positional:
        raise UnknownWordsError(f"aws {service} {name} takes no {positional[0]}")
    operation = _waited(service, name) if waits else _operation(model, service, name)
    shape = model.operation_model(operation).input_shape
    given = {k: v for k, v in options.items() if k not in GLOBAL}
    parameters = {key: value for option, text in given.items()
                  for key, value in [_parameter(shape, option, text)]}  # fmt: skip
    kept = {key: value for key, value in options.items() if key in GLOBAL}
    return AwsWords(service, name if waits else operation, waits, parameters, kept)


def _split(words: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    positional: list[str] = []
    name = ""
    for word in words:
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            options[name] = value
            name = "" if value or name in _FLAGS else name
        elif name:
            options[name] = f"{options[name]} {word}".strip()
        else:
            positional.append(word)
    return options, positional


def _dashed(name: str) -> str:
    """DBInstanceIdentifier → db-instance-identifier, as the command line has it."""
    from botocore import xform_name

    return str(xform_name(name, "-"))


def _operation(model: Any, service: str, name: str) -> str:
    for operation in model.operation_names:
        if _dashed(operation) == name:
            return str(operation)
    raise UnknownWordsError(f"aws {service} has no operation {name}")


def _waited(service: str, name: str) -> str:
    waiters = _session().get_waiter_model(_api(service))
    for waiter in waiters.waiter_names:
        if _dashed(waiter) == name:
            return str(waiters.get_waiter(waiter).operation)
    raise UnknownWordsError(f"aws {service} wait has no {name}")


def _parameter(shape: Any, option: str, text: str) -> tuple[str, Any]:
    """(parameter, value): text, whole numbers, lists by spaces, structures as JSON or by Key=value."""
    for member, kind in (shape.members if shape else {}).items():
        if _dashed(member) == option:
            return str(member), _value(kind, text)
    raise UnknownWordsError(f"no option --{option}")


def _value(kind: Any, text: str) -> Any:
    if text.startswith(("{", "[")):
        return json.loads(text)
    if kind.type_name == "structure":
        return {key: _value(kind.members[key], value) for key, value in
                (part.split("=", 1) for part in text.split(","))}  # fmt: skip
    if kind.type_name == "list":
        return [_value(kind.member, one) for one in re.split(r"[ ,]", text)]
    return int(text) if kind.type_name in ("integer", "long") else text
