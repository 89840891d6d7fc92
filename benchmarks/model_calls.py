"""One chat completion by several ways to the same peer, in turn: what each way adds to the provider's SDK."""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

from openai import AsyncOpenAI
from pydantic import SecretStr
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelRequest, SystemPromptPart, UserPromptPart

from nba_mcp_synthesis.basketball.primer import primer
from nba_mcp_synthesis.synthesis.voices.account import Account
from nba_mcp_synthesis.synthesis.voices.gates import Gates
from nba_mcp_synthesis.synthesis.voices.metered import Metered
from nba_mcp_synthesis.synthesis.voices.prices import price_of
from nba_mcp_synthesis.synthesis.voices.providers import model_of
from nba_mcp_synthesis.synthesis.voices.purse import Allowance, Purse
from nba_mcp_synthesis.voice_lines import VoiceLine, voice_line

ROUNDS, CALLS, SETTLING = 12, 25, 0.5
QUESTION = "who led the league in scoring"
LITELLM = "litellm==1.110.2"
_VENV = Path(__file__).parents[1] / ".cache" / "litellm"
_SCRIPT = Path(__file__).with_name("litellm_calls.py")

RAW = "the provider's SDK"

Times = Callable[[], Awaitable[list[float]]]


class Plenty:
    """A day without end to its money."""

    def add(self, usd: Decimal) -> Decimal:  # noqa: ARG002 - as the protocol
        """See `purse.Day`."""
        return Decimal()


async def calls(url: str, form: str) -> None:
    """Prints the milliseconds of a call by each way, and its ratio to the raw SDK's."""
    line = voice_line(form.format(url))
    ways = _ways(line)
    router, why = _router(str(line.url), line.model)
    if router:
        ways["LiteLLM's router"] = lambda: _asked(router)
    took: dict[str, list[float]] = {name: [] for name in ways}
    for run in range(ROUNDS + 1):
        for name, times in ways.items():
            found = await times()
            took[name] += found if run else ()
            await asyncio.sleep(SETTLING)  # what a way does after its calls must not slow the next one
    base = statistics.median(took[RAW])
    for name, found in took.items():
        middle = statistics.median(found)
        print(f"one call by {name:18}: {middle:6.2f} ms ({middle / base:.1f} x)")
    if router:
        router.communicate()
    else:
        print(f"one call by LiteLLM's router  : not measured: {why}")


def _ways(line: VoiceLine) -> dict[str, Times]:
    model = model_of(line, SecretStr("sk-none"))
    messages = [ModelRequest([SystemPromptPart(primer()), UserPromptPart(QUESTION)])]
    told = {"role": "system", "content": primer()}, {"role": "user", "content": QUESTION}
    client = AsyncOpenAI(base_url=line.url, api_key="sk-none", max_retries=0)
    gates, price = Gates(8), price_of(line)

    async def metered() -> object:
        account = Account(Purse(Decimal(1000), [Allowance(Decimal(1000), Plenty())]), time.monotonic() + 60)
        return await model_request(Metered(model, line, price, gates, account), messages)

    async def raw() -> object:
        return await client.chat.completions.create(model=line.model, messages=told)  # type: ignore[arg-type]

    return {
        RAW: lambda: _times(raw),
        "pydantic-ai": lambda: _times(lambda: model_request(model, messages)),
        "our metered model": lambda: _times(metered),
    }


async def _times(call: Callable[[], Awaitable[object]]) -> list[float]:
    found = []
    for _ in range(CALLS):
        started = time.perf_counter()
        await call()
        found.append((time.perf_counter() - started) * 1e3)
    return found


def _router(url: str, model: str) -> "tuple[subprocess.Popen[str] | None, str]":
    """(LiteLLM's process, which is no dependency and has libraries of its own; why there is none)."""
    python = str(_VENV / "bin" / "python")
    try:
        if not _VENV.exists():
            subprocess.run([sys.executable, "-m", "venv", str(_VENV)], check=True, capture_output=True)
        install = [python, "-m", "pip", "install", "--quiet", LITELLM]
        subprocess.run(install, check=True, capture_output=True, timeout=900)
    except (OSError, subprocess.SubprocessError) as error:
        return None, f"{LITELLM} could not be installed ({type(error).__name__})"
    given = json.dumps({"url": url, "model": model, "system": primer(), "user": QUESTION, "calls": CALLS})
    process = subprocess.Popen(
        [python, str(_SCRIPT), given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return process, ""


async def _asked(router: "subprocess.Popen[str]") -> list[float]:
    assert router.stdin
    assert router.stdout
    router.stdin.write("go\n")
    router.stdin.flush()
    found: list[float] = json.loads(router.stdout.readline())
    return found
