"""Asking back: the asker chooses in a form, by either protocol, and gets the answer to what he meant."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult
from mcp.shared.exceptions import MCPError

from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.server.choosing import settle
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from running import running
from server.conftest import Talk

QUESTION = "how many points did sample score"
CHOICES = ["Cid Sample (BOS)", "Dag Sample (BOS)"]
MODES = pytest.mark.parametrize("mode", ["auto", "legacy"])
Handler = Callable[..., Awaitable[Any]]


class Asker:
    """A person at a client: chooses from each form what comes next, or answers with an action."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.forms: list[tuple[str, list[str]]] = []

    async def __call__(self, message: str, response_type: Any, params: Any, context: Any) -> Any:
        """Answers one form."""
        offered = params.requested_schema["properties"]["value"]
        self.forms.append((message, offered["enum"]))
        answer = self.answers.pop(0)
        if answer == "decline":
            return ElicitResult(action="decline")
        if answer == "cancel":
            return ElicitResult(action="cancel")
        return ElicitResult(action="accept", content={"value": answer})


def asked(talk: Talk, question: str, asker: Asker | None, mode: str = "auto", **more: Any) -> dict[str, Any]:
    """The answer to a question, asked by a client at which this asker sits; None shows no forms."""
    found = talk(
        lambda client: client.call_tool("ask", {"question": question, **more}),
        elicitation_handler=asker,
        mode=mode,
    )
    answer: dict[str, Any] = found.structured_content
    return answer


@MODES
def test_the_chosen_one_is_answered_about(talk: Talk, mode: str) -> None:
    """One form with the choices as an enum, and the answer to the question as it was meant."""
    asker = Asker("Dag Sample (BOS)")
    answer = asked(talk, QUESTION, asker, mode)
    assert asker.forms == [("Which sample do you mean: Cid Sample (BOS); Dag Sample (BOS)?", CHOICES)]
    assert (answer["status"], answer["values"][0]["value"]) == ("answered", 100)
    assert answer["question"] == "how many points did Dag Sample score"


@MODES
@pytest.mark.parametrize("action", ["decline", "cancel"])
def test_who_does_not_choose_gets_the_question_back(talk: Talk, mode: str, action: str) -> None:
    """As a client does that cannot show forms."""
    answer = asked(talk, QUESTION, Asker(action), mode)
    assert (answer["status"], answer["choices"]) == ("asked_back", CHOICES)


@MODES
def test_a_client_without_forms_is_not_asked(talk: Talk, mode: str) -> None:
    """The result asks back, in words and with the choices."""
    answer = asked(talk, QUESTION, None, mode)
    assert (answer["status"], answer["choices"]) == ("asked_back", CHOICES)


@MODES
def test_something_that_was_not_offered_is_no_choice(talk: Talk, mode: str) -> None:
    """Whoever answers for a form may send anything."""
    answer = asked(talk, QUESTION, Asker("Ada Test'; DROP TABLE games"), mode)
    assert (answer["status"], answer["choices"]) == ("asked_back", CHOICES)


@MODES
def test_a_clear_question_asks_nothing(talk: Talk, mode: str) -> None:
    """No form is shown."""
    asker = Asker()
    assert asked(talk, "how many points did Cid Sample score", asker, mode)["status"] == "answered"
    assert asker.forms == []


@MODES
def test_what_is_asked_back_about_a_follow_up_is_answered_as_one(talk: Talk, mode: str) -> None:
    """The question before stays the one before."""
    answer = asked(talk, "and sample", Asker(CHOICES[0]), mode, previous="how many points did ada test score")
    assert (answer["status"], answer["values"][0]["value"]) == ("answered", 220)


@MODES
def test_a_form_is_shown_over_http(small_path: Path, tmp_path: Path, mode: str) -> None:
    """By a server process: in the result of the call, or on the stream of the call that waits."""
    asker = Asker("Dag Sample (BOS)")

    async def main(url: str) -> Any:
        async with Client(f"{url}/mcp", elicitation_handler=asker, mode=mode) as client:
            return (await client.call_tool("ask", {"question": QUESTION})).structured_content

    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{small_path}") as server:
        answer = asyncio.run(main(server.url))
    assert answer["values"][0]["value"] == 100
    assert [choices for _, choices in asker.forms] == [CHOICES]


def call(state: str | None, responses: dict[str, Any] | None, question: str = QUESTION) -> dict[str, Any]:
    """The parameters of a call as the present protocol's second round has them."""
    params: dict[str, Any] = {"name": "ask", "arguments": {"question": question}}
    if state is not None:
        params["requestState"] = state
    if responses is not None:
        params["inputResponses"] = responses
    return params


Round = Callable[[dict[str, Any]], dict[str, Any]]


def raw(talk: Talk, *rounds: Round) -> dict[str, Any]:
    """The result of the last of some calls, each made from the one before, and on a server of its own."""
    result: dict[str, Any] = {}
    for one in rounds:
        params = one(result)

        async def work(client: Client[Any], params: dict[str, Any] = params) -> dict[str, Any]:
            session = client.session
            found: dict[str, Any] = await session._dispatcher.send_raw_request(
                "tools/call", {**params, "_meta": META}, None
            )
            return found

        result = talk(work)
    return result


META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
}
ACCEPTED = {"choice": {"action": "accept", "content": {"value": CHOICES[1]}}}


def test_another_server_goes_on_where_the_first_one_asked(talk: Talk) -> None:
    """What travels with the client is enough: replicas share nothing for it."""
    result = raw(
        talk,
        lambda _: call(None, None),
        lambda first: call(first["requestState"], ACCEPTED),
    )
    assert result["structuredContent"]["values"][0]["value"] == 100


def test_a_state_of_another_call_or_of_nobody_is_refused(talk: Talk) -> None:
    """It belongs to the call that it was given for, and has to be readable."""
    unreadable = base64.urlsafe_b64encode(b'{"question":"x"}').decode()
    spoils: list[Round] = [
        lambda first: call(first["requestState"], ACCEPTED, "who is sample"),
        lambda _: call("zzz", ACCEPTED),
        lambda _: call(unreadable, ACCEPTED),
    ]
    for spoilt in spoils:
        with pytest.raises(MCPError) as refused:
            raw(talk, lambda _: call(None, None), spoilt)
        assert "requestState" in refused.value.error.message


def test_a_state_that_someone_wrote_is_not_understood(talk: Talk) -> None:
    """It can be written, since nothing depends on it; it says a question, or nothing."""
    forged = raw(talk, lambda _: call(None, None), lambda r: call(_rewritten(r["requestState"]), ACCEPTED))
    assert forged["isError"]
    assert "not one that this server gave" in forged["content"][0]["text"]


def _rewritten(state: str) -> str:
    """The state with another content than ours, the envelope left as it was."""
    envelope = json.loads(base64.urlsafe_b64decode(state))
    envelope["s"] = '{"round": 1}'
    return base64.urlsafe_b64encode(json.dumps(envelope).encode()).decode()


def test_the_second_round_without_a_choice_asks_back_in_words(talk: Talk) -> None:
    """A client that lost what was chosen gets no form again and again."""
    result = raw(talk, lambda _: call(None, None), lambda first: call(first["requestState"], None))
    assert result["structuredContent"]["status"] == "asked_back"


@pytest.mark.parametrize(
    ("question", "settled"),
    [
        ("how many points did sample score", "how many points did Dag Sample score"),
        ("Sample's points", "Dag Sample points"),
        ("what did SAMPEL score", "what did Dag Sample score"),
        ("points", "points (Dag Sample)"),
        ("", " (Dag Sample)"),
    ],
)
def test_the_words_that_may_mean_all_choices_are_replaced(
    small_path: Path, question: str, settled: str
) -> None:
    """Names, parts of names and misspellings; where there are none, the name follows."""
    warehouse = DuckDBWarehouse(small_path)
    try:
        names = Names.of(warehouse)
        assert settle(question, CHOICES[1], CHOICES, lambda: names) == settled
    finally:
        warehouse.close()
