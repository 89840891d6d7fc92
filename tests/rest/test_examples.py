"""The examples of /openapi.json: each request is sent, and gives what the document says."""

import json
from typing import Any

import httpx
import pytest

from rest.example_requests import FILE, REQUESTS, Example, lasting, sent, shown

RECORDED: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text("utf-8"))
METHODS = {"get", "post"}


@pytest.mark.parametrize("of", REQUESTS, ids=[f"{one[0]}-{one[3]}" for one in REQUESTS])
def test_an_example_is_what_the_server_says(client: httpx.Client, of: Example) -> None:
    """Status and values, but ids, times and the name of the state."""
    operation, method, path, name, summary, request = of
    (told,) = [one for one in RECORDED[operation] if one["name"] == name]
    response = sent(client, method, path, request)
    assert (told["request"], told["summary"]) == (request, summary)
    assert response.status_code == told["status"]
    assert lasting(shown(operation, response.json())) == lasting(told["response"])


def test_the_document_has_the_examples_and_names_every_problem(client: httpx.Client) -> None:
    """Each operation of /v1 has a summary, an example of a good response, and the problems of any route."""
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    operations = [
        (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if path.startswith("/v1/") and path != "/v1/answers/{answer_id}"  # its ids are not known beforehand
    ]
    assert len(operations) == 13
    for path, operation in operations:
        good = operation["responses"]["200"]["content"]["application/json"]
        assert good["examples"], path
        assert operation["summary"]
        assert {"401", "403", "429", "500", "503"} <= operation["responses"].keys()
