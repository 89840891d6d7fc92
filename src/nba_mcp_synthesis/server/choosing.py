"""Asking back: who or what a question means is chosen by whoever asks, where his client can show a choice.

By the present protocol a call ends with a request for input, and the client calls again with what was chosen;
before it, the server asks while the call waits. What has to be known at the second call travels with the
client (`Pending`): any replica can go on. It needs no trust, since it only says which question is asked next,
and the client may ask any question.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any

import mcp.types as mt
from anyio import fail_after, to_thread
from fastmcp import Context
from fastmcp.server.elicitation import AcceptedElicitation
from mcp.server.request_state import InvalidRequestState, RequestStateSecurity
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import BaseModel, ValidationError

from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.words import key, words
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.telemetry.logs import get_logger

MOST_ROUNDS = 3
# A call that waits for its asker holds a place that others may want.
PATIENCE_SECONDS = 120
_KEY = "choice"
Answer = dict[str, Any]
AskAgain = Callable[[str], Awaitable[Answer]]


class Pending(BaseModel):
    """A question that waits for a choice, and how many choices were made before."""

    question: str
    choices: list[str]
    round: int = 1


class Readable:
    """Writes what travels with the client as text that is not sealed: nothing depends on who wrote it."""

    def seal(self, payload: bytes) -> str:
        """The text."""
        return base64.urlsafe_b64encode(payload).decode()

    def unseal(self, token: str) -> bytes:
        """What was written; InvalidRequestState for what is no such text."""
        try:
            return base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidRequestState("malformed") from error


def traveling() -> RequestStateSecurity:
    """How state travels: the protocol still checks that it is of the same call, and not old."""
    return RequestStateSecurity(codec=Readable())


class Chooser:
    """Lets the asker choose, as far as his client can; `names` are those of now."""

    def __init__(self, names: Callable[[], Names], context: Context, ask: AskAgain) -> None:
        self._names, self._context, self._ask = names, context, ask

    async def answer(self, question: str) -> Answer | mt.InputRequiredResult:
        """An answer, or by the present protocol the request for a choice that it wants first.

        Who does not choose, or cannot be asked, gets the answer that asks back.
        """
        pending = self._pending()
        if pending is None:
            return await self._settle(question, await self._ask(question), 1)
        chosen = _chosen(self._context.input_responses, pending)
        if chosen is None:
            return await self._ask(pending.question)
        return await self._go_on(pending, chosen)

    async def _go_on(self, pending: Pending, chosen: str) -> Answer | mt.InputRequiredResult:
        settled = await to_thread.run_sync(settle, pending.question, chosen, pending.choices, self._names)
        return await self._settle(settled, await self._ask(settled), pending.round + 1)

    async def _settle(self, question: str, answer: Answer, round_: int) -> Answer | mt.InputRequiredResult:
        choices = answer["choices"]
        if answer["status"] != "asked_back" or not choices or round_ > MOST_ROUNDS or not self._can_choose():
            return answer
        pending = Pending(question=question, choices=choices, round=round_)
        if self._is_modern():
            return _required(answer["text"], pending)
        chosen = await self._elicited(answer["text"], choices)
        return answer if chosen is None else await self._go_on(pending, chosen)

    async def _elicited(self, text: str, choices: list[str]) -> str | None:
        """What was chosen in a form that the client shows while the call waits."""
        try:
            with fail_after(PATIENCE_SECONDS):
                asked = await self._context.elicit(text, choices)
        except (MCPError, TimeoutError, ValidationError) as error:  # he is away, or his client sent nonsense
            get_logger().info("elicitation", failed=type(error).__name__)
            return None
        return str(asked.data) if isinstance(asked, AcceptedElicitation) else None

    def _pending(self) -> Pending | None:
        state = self._context.request_state
        if state is None:
            return None
        try:
            return Pending.model_validate_json(state)
        except ValidationError:
            raise UsageError(
                "The requestState is not one that this server gave.", "Ask the question again."
            ) from None

    def _is_modern(self) -> bool:
        request = self._context.request_context
        return request is not None and request.protocol_version in MODERN_PROTOCOL_VERSIONS

    def _can_choose(self) -> bool:
        """Whether the client shows forms; one that says only `elicitation` means them."""
        request = self._context.request_context
        able = request.session.client_capabilities if request else None
        asked = able.elicitation if able else None
        return asked is not None and (asked.form is not None or asked.url is None)


def _required(text: str, pending: Pending) -> mt.InputRequiredResult:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"value": {"type": "string", "title": "Choice", "enum": pending.choices}},
        "required": ["value"],
    }
    asked = mt.ElicitRequestFormParams(mode="form", message=text, requested_schema=schema)
    return mt.InputRequiredResult(
        request_state=pending.model_dump_json(),
        input_requests={_KEY: mt.ElicitRequest(method="elicitation/create", params=asked)},
    )


def _chosen(responses: mt.InputResponses | None, pending: Pending) -> str | None:
    """What was chosen; None where nothing was, or nothing that was offered."""
    given = (responses or {}).get(_KEY)
    if not isinstance(given, mt.ElicitResult) or given.action != "accept":
        return None
    value = (given.content or {}).get("value")
    return value if isinstance(value, str) and value in pending.choices else None


def settle(question: str, chosen: str, choices: list[str], names: Callable[[], Names]) -> str:
    """The question with the chosen name in the place of the words that may mean all of the choices.

    Labels such as `Jalen Williams (OKC, Forward)` have more than the name, which does not belong in a
    question. Where no words do, the name follows the question.
    """
    name = chosen.partition(" (")[0]
    found = words(question)
    spans = [
        (found[start].start, found[start + length - 1].end)
        for length in range(min(4, len(found)), 0, -1)
        for start in range(len(found) - length + 1)
    ]
    known = names()
    for means in (known.called, known.spelled):
        for first, last in spans:
            if set(choices) <= {match.label for match in means(key(question[first:last]))}:
                return f"{question[:first]}{name}{question[last:]}"
    return f"{question} ({name})"
