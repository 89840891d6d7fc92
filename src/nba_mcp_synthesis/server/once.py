"""The Idempotency-Key header: a request that is sent again gets the answer that was made for the first."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any

from anyio import to_thread

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.server.access.caller import current_caller
from nba_mcp_synthesis.sharing.idempotency import CLAIM_SECONDS, Claim, Idempotency

# As the draft has it, text in quotation marks; bare text is what most clients send.
_KEY = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?')
Computation = Callable[[], Coroutine[Any, Any, dict[str, Any]]]


def read_key(header: str) -> str:
    """The key of a header; UsageError where it is none."""
    found = _KEY.fullmatch(header)
    if not found:
        raise UsageError(
            "The Idempotency-Key cannot be used.",
            "It is 1 to 255 printable ASCII characters without spaces, such as a UUID.",
        )
    return found[1]


async def once(kept: Idempotency, key: str, request: dict[str, Any], compute: Computation) -> dict[str, Any]:
    """The answer that was given under the caller's key, or else a new one, which is kept for a day.

    Raises:
        StillRunning, KeyReused: see `Idempotency.claim`; otherwise whatever the computation raises.
    """
    claim = await to_thread.run_sync(kept.claim, current_caller().name, key, request)
    if claim.answer is not None:
        return claim.answer
    try:
        answer = await _computed(kept, claim, compute)
    except BaseException:  # also where the client has left: the next one to come computes it
        await to_thread.run_sync(kept.release, claim)
        raise
    await to_thread.run_sync(kept.keep, claim, answer)
    return answer


async def _computed(kept: Idempotency, claim: Claim, compute: Computation) -> dict[str, Any]:
    computing = asyncio.ensure_future(compute())
    try:
        while not (await asyncio.wait({computing}, timeout=CLAIM_SECONDS / 4))[0]:
            await to_thread.run_sync(kept.renew, claim)
        return computing.result()
    finally:
        computing.cancel()
        await asyncio.gather(computing, return_exceptions=True)
