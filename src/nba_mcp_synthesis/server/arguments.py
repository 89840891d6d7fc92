"""What is wrong with the arguments of a call, in words that its author can act on."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

# Half a character: JSON can write it, and no text that is sent on can hold it.
_HALF = re.compile("[\ud800-\udfff]")
_LONGEST_NAME = 60

_PLAIN: dict[str, str] = {
    "missing": "is needed",
    "missing_argument": "is needed",
    "extra_forbidden": "is no argument of it",
    "unexpected_keyword_argument": "is no argument of it",
    "json_invalid": "is no JSON",
}


class Arguments(BaseModel):
    """Arguments of a route: no others than these are taken, and all texts can be sent on."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and _HALF.search(text):
                raise PydanticCustomError("half_character", "has half a character (a lone surrogate)")
        return value


def clauses(faults: Iterable[Mapping[str, Any]]) -> str:
    """A clause for each argument, from the validation library's errors; values are not quoted."""
    return "; ".join(_each(faults))


def _each(faults: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for fault in faults:
        yield f"`{_name(fault['loc'])}` {_PLAIN.get(fault['type'], _lower(fault['msg']))}"


def _name(place: Sequence[Any]) -> str:
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", ".".join(str(part) for part in place))[:_LONGEST_NAME]


def _lower(message: str) -> str:
    return message[0].lower() + message[1:]
