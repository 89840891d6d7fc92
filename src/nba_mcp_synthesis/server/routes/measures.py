"""/v1/measures: the catalogue of what can be computed."""

from functools import partial
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from nba_mcp_synthesis.basketball.catalogue import measure, measures
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.stats.describing import describe_measure
from nba_mcp_synthesis.server.routes.documents import TAGGED, given, problems
from nba_mcp_synthesis.server.routes.work import answered
from nba_mcp_synthesis.server.tools import Services


class MeasureLine(BaseModel):
    """A measure in brief."""

    name: str
    label: str
    unit: str = Field(description="What is counted; percent is a fraction in rows, 0-100 in answers")
    definition: str
    of: list[str] = Field(description="player, team, or both")
    source: str = Field(description="Whose formula it is")
    is_estimate: bool
    higher_is_better: bool


class MeasureList(BaseModel):
    """The catalogue."""

    measures: list[MeasureLine]


class MeasureDetail(MeasureLine):
    """A measure with its formulas over counts, and what it can be told by."""

    words: list[str] = Field(description="What it is also called")
    decimals: int = Field(description="As it is usually shown")
    formulas: dict[str, str] = Field(description="By player or team")
    about: str = Field(description="All of this in lines of text, and the dimensions")


def add_measures(app: FastAPI, services: Services) -> None:
    """Adds the routes."""

    @app.get(
        "/v1/measures",
        operation_id="measures",
        tags=["figures"],
        summary="The measures that can be computed",
        response_class=JSONResponse,
        responses={**given(MeasureList, "The catalogue.", **TAGGED), **problems(304)},
    )
    async def catalogue() -> Response:
        return await answered(services, "describe", _catalogue)

    @app.get(
        "/v1/measures/{name}",
        operation_id="measure",
        tags=["figures"],
        summary="One measure: its formulas, unit, source, and what it can be told by",
        response_class=JSONResponse,
        responses={**given(MeasureDetail, "The measure.", **TAGGED), **problems(304, 404, 422)},
    )
    async def one(name: str) -> Response:
        return await answered(services, "describe", partial(_detail, name))


def _catalogue() -> MeasureList:
    return MeasureList.model_validate({"measures": [_brief(one) for one in measures().values()]})


def _brief(one: Measure) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in MeasureLine.model_fields if name != "of"}
    return {**told, "of": list(one.formulas)}


def _detail(name: str) -> MeasureDetail:
    found = measure(name)
    more = {
        "words": list(found.words),
        "decimals": found.decimals,
        "formulas": {kind: " ".join(formula.split()) for kind, formula in found.formulas.items()},
        "about": describe_measure(name),
    }
    return MeasureDetail.model_validate({**_brief(found), **more})
