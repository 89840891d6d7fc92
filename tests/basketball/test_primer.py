"""What models are told about the data stays true and short."""

import re

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.primer import MOST_BYTES, primer
from nba_mcp_synthesis.basketball.stats.dimensions import dimensions
from nba_mcp_synthesis.basketball.stats.facts import facts


def test_it_fits_into_its_budget() -> None:
    """Every conversation pays for it."""
    assert len(primer().encode()) <= MOST_BYTES


def test_every_dimension_and_measure_can_be_found() -> None:
    """By its name, or by the rule for its form."""
    words = set(re.findall(r"\w+", primer()))
    assert set(dimensions()) <= words
    zones = {name.removesuffix("_freq") for name in measures() if name.endswith("_freq")}
    assert zones <= words
    for name in measures():
        plain = re.sub(r"_(per_game|per_36|per_100)$", "", name).removeprefix("opp_")
        assert {plain, name} & words or any(plain.startswith(f"{zone}_") for zone in zones), name


def test_every_name_in_it_exists() -> None:
    """A model that uses a word of it as a measure or dimension is not refused."""
    known = set(measures()) | set(dimensions()) | {c for fact in facts().values() for c in fact.counts}
    lists = re.findall(r"^(?:Counts|Results|Shooting|Rates and ratings): ([^.]+)\.", primer(), re.MULTILINE)
    assert lists
    assert {name for text in lists for name in text.split()} <= known
