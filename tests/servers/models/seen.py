"""One request as a peer sees it, in words of no provider."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from servers.models.faults import Vendor

Dialect = Literal["openai_chat", "openai_responses", "anthropic", "google", "bedrock"]


@dataclass(frozen=True)
class Tool:
    """A tool that the model may use."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """What a tool answered, as text; JSON if it was JSON."""

    name: str
    call_id: str
    text: str
    failed: bool = False

    def json(self) -> Any:
        """The text as data."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Talk:
    """What a conversation holds so far: all that a dialect reads out of a request's body."""

    model: str
    system: str = ""
    users: tuple[str, ...] = ()
    tools: Mapping[str, Tool] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    turns: int = 0  # replies of the model's that this request repeats
    must_call: bool = False
    output_schema: Mapping[str, Any] | None = None
    streaming: bool = False


@dataclass(frozen=True)
class Seen:
    """A request; `number` counts the requests of its peer from one."""

    peer: str
    vendor: Vendor
    number: int
    dialect: Dialect
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    talk: Talk

    @property
    def model(self) -> str:
        """The model that was asked."""
        return self.talk.model

    @property
    def system(self) -> str:
        """The instructions."""
        return self.talk.system

    @property
    def users(self) -> tuple[str, ...]:
        """What users said, in order."""
        return self.talk.users

    @property
    def tools(self) -> Mapping[str, Tool]:
        """The tools, by name."""
        return self.talk.tools

    @property
    def results(self) -> tuple[Result, ...]:
        """What tools answered so far, in order."""
        return self.talk.results

    @property
    def turn(self) -> int:
        """Which reply of this conversation is asked for, from one."""
        return self.talk.turns + 1

    @property
    def began(self) -> int:
        """The number of the request that this conversation began with here, as the first call's id tells."""
        first = self.results[0].call_id.split("_")[-2:] if self.results else []
        return int(first[0]) if len(first) == 2 and first[0].isdigit() else self.number

    @property
    def streaming(self) -> bool:
        """Whether the reply is to come as a stream."""
        return self.talk.streaming

    @property
    def key(self) -> str:
        """The key that the caller showed; with AWS signatures, the name of the key."""
        shown = self.headers.get("x-api-key") or self.headers.get("x-goog-api-key") or ""
        authorization = self.headers.get("authorization", "")
        if "Credential=" in authorization:
            return authorization.split("Credential=")[1].split("/")[0]
        return shown or authorization.removeprefix("Bearer ")

    def identity(self, kind: str, index: int = 0) -> str:
        """An id that no other reply of any peer has, so that one conversation can go on at another peer."""
        return f"{kind}_{self.peer}_{self.number}_{index}"

    def results_of(self, name: str) -> tuple[Result, ...]:
        """What the tool of this name answered."""
        return tuple(one for one in self.results if one.name == name)


def plain(content: Any) -> str:
    """The text of a message's content, which providers send as a string or as a list of parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "\n".join(part if isinstance(part, str) else part.get("text", "") for part in parts)
