"""Models of several providers, over their true wire formats: what is asked, kept, paid and told."""

import json
from decimal import Decimal
from typing import Any

import pytest
from genai_prices import calc_price
from pydantic_ai.usage import RequestUsage
from structlog.contextvars import bound_contextvars

from nba_mcp_synthesis.facts import Answer
from servers.model_peers import MakePeer
from servers.models import Call, Peer, Reply, Usage, calls, cuts, fails, garbles, hangs, refuses, says
from servers.models.behaviours import Behaviour, flaky, inventing, looping, malformed, obeying, right, slow
from synthesis.conftest import BOARD, BY_HAND, QUESTION, MakeApp, knowing, said

INVENTED = {
    "answer": "Ada Test scored 987 points.",
    "figures": [{"entity": "Ada Test", "measure": "pts", "value": 987, "evidence": "e1"}],
}


def fates(answer: Answer) -> dict[str, str]:
    """What became of each voice, by provider."""
    return {voice.name.partition(":")[0]: voice.outcome for voice in answer.voices}


def is_right(answer: Answer) -> bool:
    """Cid Sample leads the small league with 220 points."""
    value = [(claim.entity, claim.value) for claim in answer.claims]
    return answer.status == "answered" and value == [("Cid Sample", 220)] and "220" in answer.text


@pytest.mark.parametrize(
    "provider", ["anthropic", "openai", "google", "deepseek", "ollama", "compatible", "bedrock"]
)
def test_one_model_of_each_provider_is_enough(provider: str, panel: MakeApp, model_peer: MakePeer) -> None:
    """With compiled queries a single voice stands alone; its key is its own provider's."""
    peer = model_peer(knowing())
    answer = panel({provider: peer}).ask(QUESTION)
    assert is_right(answer), answer
    assert answer.confidence == 0.85
    assert [stage for stage, _ in answer.stages] == ["analyst", "verification", "voices", "merging"]
    assert fates(answer) == {"analyst": "refused", provider: "answered"}
    keys = {"ollama": "none", "bedrock": "a-key"}
    assert all(keys.get(provider, "tests-of-synthesis") in seen.key for seen in peer.seen)


def test_what_the_analyst_knows_costs_nothing(panel: MakeApp, model_peer: MakePeer) -> None:
    """Nor is a model asked what the data do not have, or whom the question means."""
    peer = model_peer(hangs())
    app = panel({"openai": peer})
    for question, status in (
        ("lakers record", "answered"),
        ("who won mvp", "refused"),
        ("how many points did sample score", "asked_back"),
    ):
        answer = app.ask(question)
        assert (answer.status, answer.cost_usd) == (status, 0.0), answer.text
    assert peer.seen == []


def test_five_voices_of_which_one_invents_one_fails_one_is_slow_and_one_comes_late(
    panel: MakeApp, model_peer: MakePeer
) -> None:
    """The answer is right, names the fate of all five, and costs what the peers' usage says."""
    peers = {
        "anthropic": model_peer(inventing(INVENTED)),
        "google": model_peer(fails("server_error")),
        "deepseek": model_peer(slow(knowing(BY_HAND), 15)),
        "compatible": model_peer(flaky(knowing(BY_HAND), fails("rate_limited", retry_after=1), 1)),
        "openai": model_peer(knowing(BY_HAND)),
    }
    answer = panel(peers).ask(QUESTION)
    assert is_right(answer), answer
    assert "987" not in f"{answer.text} {answer.dissent} {answer.voices} {answer.claims} {answer.rows}"
    told = fates(answer)
    assert told["anthropic"].startswith("withheld: The pts cannot be kept: it cites no query")
    # whichever comes first: its failure, or enough of the others
    assert told["google"].startswith(("failed: server_error: ", "failed: not_waited_for: "))
    assert told["deepseek"].startswith("failed: not_waited_for")
    assert (told["compatible"], told["openai"]) == ("answered", "answered")
    assert answer.cost_usd == pytest.approx(float(bill(peers)), abs=1e-9)
    assert answer.cost_usd > 0
    slowest_needed = max(
        one.seconds for one in answer.voices if one.name.startswith(("openai", "compatible"))
    )
    assert sum(seconds for _, seconds in answer.stages) < 15 > slowest_needed
    assert all(peer.wait_idle() for peer in peers.values())


def bill(peers: dict[str, Peer]) -> Decimal:
    """What the peers told, at list prices, reckoned by the price library itself."""
    total = Decimal()
    for provider, peer in peers.items():
        for record in peer.records:
            usage = record.usage
            if provider == "compatible":
                total += (Decimal("0.2") * usage.input + Decimal("0.8") * usage.output) / 1_000_000
            elif record.outcome == "answered" and usage.input:
                used = RequestUsage(input_tokens=usage.input, output_tokens=usage.output)
                total += calc_price(used, record.billed_model, provider_id=provider).total_price
    return total


def test_the_model_that_billed_is_the_one_that_is_paid(panel: MakeApp, model_peer: MakePeer) -> None:
    """A provider may answer with another model than was asked for."""
    usage = Usage(1_000_000, 1_000_000)
    peer = model_peer(right(BOARD, answer=said, usage=usage, model="gpt-4.1"))
    answer = panel({"openai": peer}, budget_usd=100, budget_day_usd=100).ask(QUESTION)
    used = RequestUsage(input_tokens=usage.input, output_tokens=usage.output)
    assert answer.cost_usd == pytest.approx(
        2 * float(calc_price(used, "gpt-4.1", provider_id="openai").total_price)
    )


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (fails("unauthorized"), "bad_key"),
        (fails("out_of_credit"), "out_of_credit"),
        (fails("no_such_model"), "no_such_model"),
        (fails("server_error"), "server_error"),
        (fails("overloaded"), "overloaded"),
        (fails("rate_limited", retry_after=3_600), "rate_limited"),
        (fails("too_long"), "context_overflow"),
        (refuses("filtered"), "content_filter"),
        (cuts(says("never whole")), "unreachable"),
        (says("", finish="length"), "cut_off"),
    ],
)
@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_what_fails_is_named(
    reply: Reply, kind: str, provider: str, panel: MakeApp, model_peer: MakePeer
) -> None:
    """The analyst's refusal stands, marked; nothing is raised, and the ledger has the kind."""
    peer = model_peer(reply)
    answer = panel({provider: peer}).ask(QUESTION)
    assert answer.status == "refused"
    assert fates(answer)[provider].startswith(f"failed: {kind}: "), fates(answer)
    assert "could not be heard" in answer.text
    assert answer.calls[-1].outcome in (kind, "ok")


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (lambda _: garbles(says("x")), ("malformed", "unreachable", "internal_error")),
        (malformed(right(BOARD, answer=INVENTED)), ("malformed",)),
        (looping(BOARD), ("loop",)),
        (lambda _: calls(("no_such_tool", {})), ("malformed",)),
        (lambda _: calls(("query_sql", '{"sql": ')), ("malformed",)),
        (lambda _: says("Ada Test scored 31 points."), ("malformed",)),
        (lambda _: hangs(), ("slow",)),
    ],
)
def test_a_model_that_cannot_behave_is_told_so(
    behaviour: Behaviour, kind: tuple[str, ...], panel: MakeApp, model_peer: MakePeer
) -> None:
    """Malformed calls and outputs, loops over tools, and silence cost the answer one voice."""
    seconds = 3 if kind == ("slow",) else 60
    answer = panel({"openai": model_peer(behaviour)}, voice_seconds=seconds).ask(QUESTION)
    assert answer.status == "refused"
    assert fates(answer)["openai"].split(": ")[1] in kind, fates(answer)


def test_a_missing_key_is_named_and_the_others_answer(
    panel: MakeApp, model_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is not there is no reason to fail."""
    monkeypatch.delenv("OPENAI_API_KEY")
    app = panel({"openai": model_peer(knowing()), "anthropic": model_peer(knowing())}, strategy="panel")
    answer = app.ask(QUESTION)
    assert is_right(answer)
    assert fates(answer)["openai"] == "failed: no_key: there is no key for its provider"


def test_a_changed_key_is_used_at_the_next_question(
    panel: MakeApp, model_peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rotation needs no restart."""
    peer = model_peer(knowing())
    app = panel({"openai": peer})
    app.ask(QUESTION)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-the-new-key-of-the-tests-of-synthesis")
    app.secrets.refresh()
    app.ask(QUESTION)
    assert len({seen.key for seen in peer.seen}) == 2


def test_a_model_that_obeys_the_data_is_checked_like_any_other(panel: MakeApp, model_peer: MakePeer) -> None:
    """What stands in the data as a task is data; whoever follows it invents, and is not believed."""
    injected = obeying(knowing(), "Sample", lambda _: INVENTED)
    answer = panel({"openai": model_peer(injected)}).ask(QUESTION)
    assert answer.status == "refused"
    assert "987" not in str(answer.text)


def test_sql_by_hand_needs_a_second_voice(panel: MakeApp, model_peer: MakePeer) -> None:
    """The cascade goes on to the panel, and two that agree end it."""
    peers = {"openai": model_peer(knowing(BY_HAND)), "anthropic": model_peer(knowing(BOARD))}
    answer = panel(peers).ask(QUESTION)
    assert is_right(answer)
    assert answer.confidence == 0.95
    assert [len(peer.seen) for peer in peers.values()] == [2, 2]


def test_whoever_disagrees_is_named_with_what_he_used(panel: MakeApp, model_peer: MakePeer) -> None:
    """Two voices give points, one gives points per game: the first are followed, the dissent says of what."""
    other = Call(
        "query_stats",
        {
            "measures": ["pts_per_game"],
            "by": ["player"],
            "order_by": ["-pts_per_game"],
            "limit": 1,
            "qualifier": False,
        },
    )

    def averaged(seen: Any) -> dict[str, Any]:
        result = json.loads(seen.results[-1].text)["result"]
        row = dict(zip(result["columns"], result["rows"][0], strict=True))
        value = round(row["pts_per_game"], 1)
        return {
            "answer": f"{row['player']}: {value} a game.",
            "figures": [
                {
                    "entity": row["player"],
                    "measure": "pts_per_game",
                    "value": value,
                    "evidence": result["evidence"],
                }
            ],
        }

    peers = {
        "openai": model_peer(right(other, answer=averaged)),
        "anthropic": model_peer(knowing(BY_HAND)),
        "google": model_peer(knowing(BY_HAND)),
    }
    answer = panel(peers, strategy="panel").ask(QUESTION)
    assert is_right(answer), answer
    assert "openai:gpt-4.1-mini came to other values of points per game." in answer.dissent
    assert fates(answer)["openai"] == "answered otherwise"
    assert answer.confidence < 0.6


def test_the_budget_of_a_question_and_of_a_day_are_kept(panel: MakeApp, model_peer: MakePeer) -> None:
    """A call that might cost more than is left is not made."""
    peer = model_peer(knowing())
    answer = panel({"openai": peer}, budget_usd=0.0001).ask(QUESTION)
    assert fates(answer)["openai"].startswith("failed: over_budget")
    assert peer.seen == []
    peer.script = right(BOARD, answer=said, usage=Usage(2_000, 2_000))
    app = panel({"openai": peer}, budget_day_usd=0.02)
    kinds = [fates(app.ask(QUESTION))["openai"].split(": ")[:2] for _ in range(3)]
    assert kinds[0] == ["answered"]
    assert kinds[-1] == ["failed", "over_budget"]
    assert 0 < float(bill({"openai": peer})) <= 0.02


def test_a_caller_whose_money_is_used_up_hears_why_and_others_are_asked_for(
    panel: MakeApp, model_peer: MakePeer
) -> None:
    """What the analyst knows he still gets; the voices of models say which budget it was."""
    peer = model_peer(right(BOARD, answer=said, usage=Usage(2_000, 2_000)))
    app = panel({"openai": peer}, caller_budget_day_usd=0.02)

    async def ask(who: str, question: str = QUESTION) -> Answer:
        with bound_contextvars(caller=who):
            begun = app.questions().begin(question, None, None)
            return begun if isinstance(begun, Answer) else await app.questions().go_on(begun)

    async def asked() -> list[Answer]:
        callers = ("ada", "ada", "ada", "bob")
        return [*[await ask(who) for who in callers], await ask("ada", "who led the league in scoring")]

    *_, used_up, other, known = app.questions()._loop.run(asked())  # which closes with the product
    assert fates(used_up)["openai"] == (
        "failed: over_budget: the budget of $0.02 a day for one caller does not allow the next call"
    )
    assert fates(other)["openai"].startswith("answered")
    assert (known.status, known.cost_usd) == ("answered", 0)


def test_words_of_the_model_that_writes_are_used_if_they_hold(panel: MakeApp, model_peer: MakePeer) -> None:
    """Its cost is told; where it invents, the words come from elsewhere."""
    writer = model_peer(says("With 220 points, Cid Sample is the one."))
    line = f"compatible:writer@{writer.openai_url}=1/1"
    answer = panel({"openai": model_peer(knowing())}, synthesizer=line).ask(QUESTION)
    assert answer.text == "With 220 points, Cid Sample is the one. (simulated league)"
    assert answer.voices[-1].outcome == "wrote"
    writer.script = says("With 221 points, Cid Sample is the one.")
    assert "220" in panel({"openai": model_peer(knowing())}, synthesizer=line).ask(QUESTION).text


def test_retries_wait_as_long_as_the_provider_asks(panel: MakeApp, model_peer: MakePeer) -> None:
    """Overload is tried again; the ledger has each attempt."""
    peer = model_peer(flaky(knowing(), fails("overloaded"), 1, 2))
    answer = panel({"anthropic": peer}).ask(QUESTION)
    assert is_right(answer)
    assert [call.outcome for call in answer.calls] == ["overloaded", "overloaded", "ok", "ok"]


def test_a_provider_that_fails_again_and_again_is_left_alone(panel: MakeApp, model_peer: MakePeer) -> None:
    """After five failures in a row nobody waits for it for half a minute."""
    peer = model_peer(fails("server_error"))
    app = panel({"openai": peer})
    kinds = [fates(app.ask(QUESTION))["openai"] for _ in range(3)]
    assert kinds[-1].startswith("failed: resting"), kinds
    assert len(peer.seen) == 5
