"""The gates before providers."""

import asyncio

import pytest

from nba_mcp_synthesis.synthesis.voices.gates import Gates


def test_no_call_is_begun_when_there_is_no_time_left() -> None:
    begun = []

    async def attempt() -> None:
        begun.append(1)

    with pytest.raises(TimeoutError):
        asyncio.run(Gates(1).call("openai", attempt, 0.0))
    assert not begun
