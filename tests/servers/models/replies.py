"""What a peer says to one request, in words of no provider: an answer or a fault, and how it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Finish = Literal["auto", "stop", "length", "filtered", "blocked", "refused"]

# What providers report by an HTTP error; each has its own status, code and words for it.
FaultKind = Literal[
    "invalid",
    "too_long",
    "unauthorized",
    "out_of_credit",
    "forbidden",
    "no_such_model",
    "rate_limited",
    "server_error",
    "unavailable",
    "overloaded",
    "blocked",
]

_KIND_OF_STATUS: dict[int, FaultKind] = {
    400: "invalid",
    401: "unauthorized",
    402: "out_of_credit",
    403: "forbidden",
    404: "no_such_model",
    429: "rate_limited",
    500: "server_error",
    503: "unavailable",
    529: "overloaded",
}


@dataclass(frozen=True)
class Usage:
    """Tokens of one reply, or of several together; `cached` of the input were read from a cache."""

    input: int = 0
    output: int = 0
    cached: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.input + other.input, self.output + other.output, self.cached + other.cached)


@dataclass(frozen=True)
class Call:
    """A tool that the model wants to use; arguments given as text are sent as they stand, even if broken."""

    name: str
    arguments: Mapping[str, Any] | str


@dataclass(frozen=True)
class Answer:
    """What a model makes: text, tool calls or a refusal; `model` billed it, if not the one that was asked."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    usage: Usage = Usage(100, 20)
    finish: Finish = "auto"
    model: str = ""


@dataclass(frozen=True)
class Fault:
    """A provider's error; without `status` it is the one that this provider sends for this kind.

    HTTP knows whole seconds of `retry_after` only: some clients overlook a header with a fraction.
    """

    kind: FaultKind
    status: int | None = None
    message: str = ""
    retry_after: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Manner:
    """How a reply travels: when it begins, how slowly it comes, and where it breaks."""

    seconds: float = 0.0
    pause: float = 0.0
    pieces: int = 1
    cut: float | None = None
    garbled: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Reply:
    """Something to say, how to say it, and a fault that ends a stream before its last word."""

    what: Answer | Fault
    manner: Manner = Manner()
    midway: Fault | None = None


def says(text: str, *, usage: Usage = Usage(100, 20), finish: Finish = "auto", model: str = "") -> Reply:
    """Text alone; `finish="length"` is a text that ran out of tokens."""
    return Reply(Answer(text, (), usage, finish, model))


def calls(
    *wanted: Call | tuple[str, Mapping[str, Any] | str],
    text: str = "",
    usage: Usage = Usage(100, 20),
    model: str = "",
) -> Reply:
    """Tool calls, each a `Call` or a pair (name, arguments), with text before them if there is any."""
    made = tuple(one if isinstance(one, Call) else Call(*one) for one in wanted)
    return Reply(Answer(text, made, usage, "auto", model))


def refuses(
    how: Literal["filtered", "blocked", "refused"] = "filtered",
    text: str = "I cannot help with that.",
    usage: Usage = Usage(100, 0),
) -> Reply:
    """A content filter: of the output, of the prompt (`blocked`), or the model's own refusal."""
    return Reply(Answer(text, (), usage, how))


def fails(
    what: FaultKind | int,
    message: str = "",
    *,
    kind: FaultKind | None = None,
    retry_after: float | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """An error: a kind, which has the provider's own status, or a status whatever the provider would send."""
    if isinstance(what, int):
        named = kind or _KIND_OF_STATUS.get(what, "server_error" if what >= 500 else "invalid")
        return Reply(Fault(named, what, message, retry_after, headers or {}))
    return Reply(Fault(what, None, message, retry_after, headers or {}))


def later(seconds: float, reply: Reply) -> Reply:
    """The same reply, begun after a while."""
    return replace(reply, manner=replace(reply.manner, seconds=seconds))


def drips(reply: Reply, *, pause: float = 0.01, pieces: int = 10) -> Reply:
    """The same reply in so many pieces, with a pause before each: the headers come at once."""
    return replace(reply, manner=replace(reply.manner, pause=pause, pieces=pieces))


def cuts(reply: Reply, *, after: float = 0.5) -> Reply:
    """The same reply, whose connection closes when this share of its body has been sent."""
    return replace(reply, manner=replace(reply.manner, cut=after))


def garbles(reply: Reply) -> Reply:
    """The same reply, whose body is not JSON."""
    return replace(reply, manner=replace(reply.manner, garbled=True))


def hangs() -> Reply:
    """Never a word: the connection stays open until the caller leaves."""
    return Reply(Answer(), Manner(silent=True))


def breaks_off(reply: Reply, kind: FaultKind = "overloaded", message: str = "") -> Reply:
    """A stream that ends in the provider's error event; where nothing is streamed it is a plain error."""
    return replace(reply, midway=Fault(kind, None, message))
