"""Whatever stands anywhere in a feed, it gives rows, counted reasons or a SourceError."""

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.arrow import arrow_schema
from nba_mcp_synthesis.sources.base import SourceFile
from nba_mcp_synthesis.sources.play_by_play.formats import PLAY_BY_PLAY
from sources.play_by_play.small_games import SMALL

SPOILT = (None, "x", -1, 10**30, True, [1], {"a": 1})
TYPES = {
    "made_shot", "missed_shot", "free_throw", "rebound", "turnover", "foul", "substitution", "timeout",
    "jump_ball", "violation", "period_start", "period_end", "other",
}  # fmt: skip


def _places(document: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document below its top."""
    if place:
        yield place
    if isinstance(document, dict | list):
        items = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in items:
            yield from _places(value, (*place, key))


def _spoilt(document: Any) -> Iterator[Any]:
    """The document with each value in turn replaced by each of SPOILT."""
    for place in _places(document):
        for value in SPOILT:
            changed = copy.deepcopy(document)
            inner = changed
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = value
            yield changed


@pytest.mark.parametrize("feed", SMALL)
def test_no_value_breaks_a_feed(tmp_path: Path, feed: str) -> None:
    """No other error comes out of a feed with one wrong value, and no row outside the table's types."""
    path = tmp_path / "game.json"
    for document in _spoilt(SMALL[feed]()):
        path.write_text(json.dumps(document), encoding="utf-8")
        file = SourceFile(path, path.name)
        for known in PLAY_BY_PLAY:
            with contextlib.suppress(SourceError):
                if known.recognises(file):
                    _check(known.read(file).batches)


def _check(batches: Any) -> None:
    for batch in batches:
        assert set(batch.rows.schema.names) == set(arrow_schema("play_by_play").names)
        assert set(batch.rows["event_type"].to_pylist()) <= TYPES
