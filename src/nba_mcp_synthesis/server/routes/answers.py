"""GET /v1/answers: what was asked, and what was answered; never what was said to models."""

from typing import Annotated, Any
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from nba_mcp_synthesis.server.access.caller import whose
from nba_mcp_synthesis.server.arguments import Arguments
from nba_mcp_synthesis.server.results import NOTICE
from nba_mcp_synthesis.server.routes.ask import AskAnswer
from nba_mcp_synthesis.server.routes.documents import NEXT, given, problems
from nba_mcp_synthesis.server.tools import Services

_WHOSE = "Callers with a key or a token see their own answers, those with nba:admin all of them."


class WhichAnswers(Arguments):
    """A page of answers."""

    limit: Annotated[int, Field(ge=1, le=100, description="Answers a page")] = 20
    cursor: Annotated[str | None, Field(description="next_cursor of the page before")] = None


class AnswerLine(BaseModel):
    """An answer in brief."""

    id: str
    asked_at: str = Field(description="When (UTC, ISO 8601)")
    door: str = Field(description="cli, stdio or http")
    question: str
    previous: str | None
    status: str = Field(description="answered, refused or asked_back")
    text: str
    confidence: float
    cost_usd: float
    tokens: int
    seconds: float
    snapshot: str
    data_as_of: str | None
    simulated: bool
    cached: bool


class AnswerList(BaseModel):
    """A page of answers, the newest first."""

    answers: list[AnswerLine]
    next_cursor: str | None = Field(description="Pass it back for the next page; null on the last")


class RecordedAnswer(AskAnswer):
    """An answer as it was given."""

    asked_at: str
    door: str
    previous: str | None
    seconds: float


def add_answers(app: FastAPI, services: Services) -> None:
    """Adds the routes."""

    @app.get(
        "/v1/answers",
        operation_id="list_answers",
        tags=["answers"],
        summary="The newest answers, page by page",
        description=f"{_WHOSE} An answer is listed a moment after it was given.",
        response_class=JSONResponse,
        responses={**given(AnswerList, "A page.", NEXT), **problems(400, 422)},
    )
    async def newest(request: Request, page: Annotated[WhichAnswers, Query()]) -> JSONResponse:
        async with services.admission.call("answers") as observation:
            found, following = await to_thread.run_sync(
                services.recorded.newest, page.limit, page.cursor, whose()
            )
            observation.rows = len(found)
        told: dict[str, Any] = {"answers": found, "next_cursor": following}
        headers = {"Cache-Control": "private, no-store"}
        if following:
            link = urlencode({"limit": page.limit, "cursor": following})
            headers["Link"] = f'<{request.url.path}?{link}>; rel="next"'
        return JSONResponse(told, headers=headers)

    @app.get(
        "/v1/answers/{answer_id}",
        operation_id="read_answer",
        tags=["answers"],
        summary="An answer that was given, with its evidence",
        description=f"{_WHOSE} Any other answer is not found.",
        response_class=JSONResponse,
        responses={**given(RecordedAnswer, "The answer."), **problems(404, 422)},
    )
    async def recorded(answer_id: str) -> JSONResponse:
        async with services.admission.call("answers"):
            found = await to_thread.run_sync(services.recorded.soon, answer_id, whose())
        return JSONResponse({"notice": NOTICE, **found}, headers={"Cache-Control": "private, no-store"})
