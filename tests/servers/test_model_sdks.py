"""The official SDKs, without anything between, read what the peers say."""

import json
from typing import Any

import anthropic
import openai
import pytest
from google import genai
from google.genai import types

from servers.model_peers import MakePeer
from servers.models import Peer, Usage, calls, says
from servers.models.clients import bedrock_client

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
TEXT = "Twenty-eight points."
USAGE = Usage(100, 20, 40)
SCRIPT = [says(TEXT, usage=USAGE), calls(("find", {"name": "Nikola"}), usage=USAGE)]
HELLO: Any = [{"role": "user", "content": "How many?"}]

# What one SDK made of the script: the text, the tool call, the tokens of the first reply.
Read = tuple[str, str, dict[str, Any], Usage]


def chat(peer: Peer) -> Read:
    """OpenAI's chat completions."""
    tools: Any = [{"type": "function", "function": {"name": "find", "parameters": SCHEMA}}]
    with openai.OpenAI(base_url=peer.openai_url, api_key="k", max_retries=0) as client:
        ask = client.chat.completions.create
        first = ask(model="gpt-4o-mini", messages=HELLO, tools=tools)
        second = ask(model="gpt-4o-mini", messages=HELLO, tools=tools, tool_choice="required")
    call: Any = (second.choices[0].message.tool_calls or [])[0]
    used: Any = first.usage
    usage = Usage(used.prompt_tokens, used.completion_tokens, used.prompt_tokens_details.cached_tokens)
    return (
        first.choices[0].message.content or "",
        call.function.name,
        json.loads(call.function.arguments),
        usage,
    )


def responses(peer: Peer) -> Read:
    """OpenAI's responses."""
    tools: Any = [{"type": "function", "name": "find", "parameters": SCHEMA, "strict": False}]
    with openai.OpenAI(base_url=peer.openai_url, api_key="k", max_retries=0) as client:
        ask = client.responses.create
        first = ask(model="gpt-4o-mini", input="How many?", tools=tools)
        second = ask(model="gpt-4o-mini", input="How many?", tools=tools, tool_choice="required")
    call: Any = second.output[0]
    used: Any = first.usage
    usage = Usage(used.input_tokens, used.output_tokens, used.input_tokens_details.cached_tokens)
    return first.output_text, call.name, json.loads(call.arguments), usage


def messages(peer: Peer) -> Read:
    """Anthropic's messages; the input that came from the cache is counted beside the rest."""
    tools: Any = [{"name": "find", "input_schema": SCHEMA}]
    asked: Any = {"model": "claude-haiku-4-5", "max_tokens": 99, "messages": HELLO, "tools": tools}
    with anthropic.Anthropic(base_url=peer.url, api_key="k", max_retries=0) as client:
        first = client.messages.create(**asked)
        second = client.messages.create(**asked, tool_choice={"type": "any"})
    call, used = second.content[0], first.usage
    assert second.stop_reason == "tool_use"
    usage = Usage(used.input_tokens + used.cache_read_input_tokens, used.output_tokens, 40)
    return first.content[0].text, call.name, call.input, usage


def generate(peer: Peer) -> Read:
    """Google's generateContent."""
    declared = types.FunctionDeclaration(name="find", parameters_json_schema=SCHEMA)
    tools: Any = [types.Tool(function_declarations=[declared])]
    must = types.FunctionCallingConfig(mode=types.FunctionCallingConfigMode.ANY)
    plain = types.GenerateContentConfig(tools=tools)
    forced = types.GenerateContentConfig(
        tools=tools, tool_config=types.ToolConfig(function_calling_config=must)
    )
    with genai.Client(api_key="k", http_options=types.HttpOptions(base_url=peer.url)) as client:
        ask = client.models.generate_content
        first = ask(model="gemini-2.5-flash", contents="How many?", config=plain)
        second = ask(model="gemini-2.5-flash", contents="How many?", config=forced)
    call: Any = (second.function_calls or [])[0]
    used: Any = first.usage_metadata
    usage = Usage(used.prompt_token_count, used.candidates_token_count, used.cached_content_token_count)
    return first.text or "", call.name, call.args, usage


def converse(peer: Peer) -> Read:
    """Amazon's Converse."""
    config: dict[str, Any] = {"tools": [{"toolSpec": {"name": "find", "inputSchema": {"json": SCHEMA}}}]}
    asked: Any = {"modelId": "amazon.nova-lite-v1:0", "messages": _blocks()}
    client = bedrock_client(peer)
    first = client.converse(**asked, toolConfig=config)
    second = client.converse(**asked, toolConfig={**config, "toolChoice": {"any": {}}})
    client.close()
    call, used = second["output"]["message"]["content"][0]["toolUse"], first["usage"]
    usage = Usage(used["inputTokens"] + used["cacheReadInputTokens"], used["outputTokens"], 40)
    return first["output"]["message"]["content"][0]["text"], call["name"], call["input"], usage


def _blocks() -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"text": "How many?"}]}]


@pytest.mark.parametrize("sdk", [chat, responses, messages, generate, converse])
def test_an_sdk_reads_text_call_and_usage(model_peer: MakePeer, sdk: Any) -> None:
    """And the peer sees what the SDK sent."""
    peer = model_peer(SCRIPT)
    assert sdk(peer) == (TEXT, "find", {"name": "Nikola"}, USAGE)
    assert [one.talk.must_call for one in peer.seen] == [False, True]
    assert [one.users for one in peer.seen] == [("How many?",)] * 2
    assert peer.seen[0].tools["find"].schema["required"] == ["name"]


def test_openai_streams(model_peer: MakePeer) -> None:
    """By the SDK's own collectors of events."""
    peer = model_peer(says(TEXT, usage=USAGE))
    with openai.OpenAI(base_url=peer.openai_url, api_key="k", max_retries=0) as client:
        with client.chat.completions.stream(model="gpt-4o-mini", messages=HELLO) as stream:
            chunks = [one.delta for one in stream if one.type == "content.delta"]
            assert stream.get_final_completion().choices[0].message.content == TEXT
        with client.responses.stream(model="gpt-4o-mini", input="How many?") as events:
            deltas = [one.delta for one in events if one.type == "response.output_text.delta"]
            assert events.get_final_response().output_text == TEXT
    assert "".join(chunks) == "".join(deltas) == TEXT
    assert len(deltas) == 2


def test_anthropic_streams(model_peer: MakePeer) -> None:
    """Text and a tool call in one message."""
    peer = model_peer(calls(("find", {"name": "Nikola"}), text=TEXT, usage=USAGE))
    with (
        anthropic.Anthropic(base_url=peer.url, api_key="k", max_retries=0) as client,
        client.messages.stream(model="claude-haiku-4-5", max_tokens=99, messages=HELLO) as stream,
    ):
        message = stream.get_final_message()
    text, call = message.content
    assert (text.type, call.type, message.usage.output_tokens) == ("text", "tool_use", 20)
    assert call.type == "tool_use"
    assert call.input == {"name": "Nikola"}


def test_google_streams(model_peer: MakePeer) -> None:
    """Pieces, of which the last says why it ended."""
    peer = model_peer(says(TEXT))
    with genai.Client(api_key="k", http_options=types.HttpOptions(base_url=peer.url)) as client:
        pieces = list(client.models.generate_content_stream(model="gemini-2.5-flash", contents="How many?"))
    assert "".join(one.text or "" for one in pieces) == TEXT
    assert (pieces[-1].candidates or [])[0].finish_reason == types.FinishReason.STOP


def test_bedrock_streams(model_peer: MakePeer) -> None:
    """In AWS's binary framing, with its checksums."""
    peer = model_peer(calls(("find", {"name": "Nikola"}), usage=USAGE))
    client = bedrock_client(peer)
    reply = client.converse_stream(modelId="amazon.nova-lite-v1:0", messages=_blocks())
    events = list(reply["stream"])
    client.close()
    deltas = [one["contentBlockDelta"]["delta"] for one in events if "contentBlockDelta" in one]
    assert json.loads("".join(one["toolUse"]["input"] for one in deltas)) == {"name": "Nikola"}
    assert events[-1]["metadata"]["usage"]["outputTokens"] == 20
