"""POST /v1/ask: a question, answered as JSON or told on the way as server-sent events."""

from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from nba_mcp_synthesis.facts import Tell, tell_nobody
from nba_mcp_synthesis.server import answer_stream
from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.answer_stream import AnswerStream
from nba_mcp_synthesis.server.arguments import Arguments
from nba_mcp_synthesis.server.leaving import ClientLeft, while_connected
from nba_mcp_synthesis.server.once import once, read_key
from nba_mcp_synthesis.server.routes.documents import given, problems
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.sharing.idempotency import Idempotency
from nba_mcp_synthesis.synthesis.pipeline import MAX_QUESTION

_SPAN = {"minLength": 1, "maxLength": MAX_QUESTION}


class Asked(Arguments):
    """A question."""

    question: Annotated[
        str, Field(description="In plain English; names may be misspelt", json_schema_extra=dict(_SPAN))
    ]
    previous: Annotated[
        str | None,
        Field(description="The question before, to follow up on", json_schema_extra=dict(_SPAN)),
    ] = None


class AskAnswer(out.AskResult):
    """An answer with the query behind every number, and how the question was read."""

    conditions: list[str]
    explained: list[str]


def add_ask(app: FastAPI, services: Services) -> None:
    """Adds the route."""
    kept = Idempotency(services.redis)

    @app.post(
        "/v1/ask",
        operation_id="ask",
        tags=["answers"],
        summary="Answer a question in English",
        description="Refuses or asks back rather than guess. With `Accept: text/event-stream` the response "
        "has the events `stage` {stage, text}, `text` {text} (a sentence each), and `answer` (the whole "
        "answer) or `error` (a problem). Who closes the connection cancels the question.",
        response_class=JSONResponse,
        responses={**given(AskAnswer, "The answer.", content=_CONTENT), **problems(400, 409, 415, 422)},
    )
    async def ask(
        request: Request,
        asked: Asked,
        idempotency_key: Annotated[str | None, Header(description=_KEY_MEANS)] = None,
    ) -> Response:
        key = None if idempotency_key is None else read_key(idempotency_key)
        answering = partial(_answered, services, kept, asked, key)
        if _wants_events(request.headers.get("accept", "")):
            return AnswerStream(answering)
        try:
            return JSONResponse(await while_connected(request.receive, answering(tell_nobody)), headers=_VARY)
        except ClientLeft:
            return Response(status_code=499)


def _wants_events(accept: str) -> bool:
    """Whoever takes both gets JSON."""
    return answer_stream.MEDIA_TYPE in accept and "application/json" not in accept


async def _answered(
    services: Services, kept: Idempotency, asked: Asked, key: str | None, tell: Tell
) -> dict[str, Any]:
    async with services.admission.call("ask") as observation:

        async def compute() -> dict[str, Any]:
            answer = await services.ask(asked.question, asked.previous, tell)
            observation.cost_usd = answer["cost_usd"]
            return {"notice": out.NOTICE, **answer}

        answer = await (compute() if key is None else once(kept, key, asked.model_dump(), compute))
        observation.rows = len(answer["table"]["rows"])
        return answer


_VARY = {"Vary": "Accept"}
_KEY_MEANS = (
    "A key of your own for this request, such as a UUID. Sent again within a day with the same body, it gets "
    "the same answer, and nothing is computed twice; with another body 422; while it is being answered 409."
)
_CONTENT: dict[str, Any] = {
    "text/event-stream": {
        "schema": {"type": "string", "description": "Events `stage`, `text`, `answer` and `error`."}
    }
}
