"""/openapi.json: the routes with their problems, who may call, and examples that tests run."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

DESCRIPTION = """\
NBA data with the query behind every number. Ask in English at `/v1/ask`, compute measures by dimensions at
`/v1/stats`, send SQL to `/v1/query`. Errors are `application/problem+json` with a stable `code`. Integers
from 2^53 are strings; percentages are fractions in rows, and 0-100 with the unit `percent` in answers.
Figures are of the state of the data that `snapshot` names; the ETag of a response changes with it. The
examples are of a league with two teams and four players."""
TAGS = [
    {"name": "answers", "description": "Questions in English, and what was answered."},
    {"name": "figures", "description": "Measures by dimensions, and SQL."},
    {"name": "league", "description": "Players, teams and games."},
    {"name": "data", "description": "What is loaded."},
    {"name": "server", "description": "The service itself."},
]


class Problem(BaseModel):
    """What happened, to what, and what to do next (RFC 9457)."""

    type: str
    title: str = Field(description="What happened")
    detail: str = Field(description="The same, and what to do next")
    status: int
    code: str = Field(description="Stable name of the kind of error")
    request_id: str = Field(description="Finds the request in the server's log")
    choices: list[str] | None = Field(default=None, description="What may have been meant")
    retry_after: float | None = Field(default=None, description="Seconds after which it may work")


@cache
def examples() -> dict[str, list[dict[str, Any]]]:
    """Examples by operation: `request` (query, path or body), `status` and `response` of a run."""
    text = files(__package__).joinpath("examples.json").read_text("utf-8")
    found: dict[str, list[dict[str, Any]]] = json.loads(text)
    return found


def document(app: FastAPI) -> dict[str, Any]:
    """The document; it is made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, tags=TAGS
        )
        parts = made.setdefault("components", {})
        parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        parts["securitySchemes"] = {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key or a token, if wanted",
            }
        }
        made["security"] = [{"bearer": []}, {}]
        for operations in made["paths"].values():
            for operation in operations.values():
                _with_examples(operation)
        app.openapi_schema = made
    return app.openapi_schema


def _with_examples(operation: dict[str, Any]) -> None:
    for example in examples().get(operation.get("operationId", ""), ()):
        request = example["request"]
        _put_request(operation, example["name"], request)
        content = operation["responses"][str(example["status"])].get("content", {})
        kind = "application/json" if example["status"] == 200 else "application/problem+json"
        told = {"summary": example["summary"], "value": example["response"]}
        content[kind].setdefault("examples", {})[example["name"]] = told


def _put_request(operation: dict[str, Any], name: str, request: dict[str, Any]) -> None:
    if "body" in request:
        media = operation["requestBody"]["content"]["application/json"]
        media.setdefault("examples", {})[name] = {"value": request["body"]}
    given = {**request.get("query", {}), **request.get("path", {})}
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in given:
            parameter.setdefault("examples", {})[name] = {"value": given[parameter["name"]]}
