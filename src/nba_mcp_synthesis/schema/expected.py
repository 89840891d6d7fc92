"""How many games a whole season has."""

import tomllib
from functools import cache
from importlib.resources import files

from nba_mcp_synthesis.schema.seasons import season_start


@cache
def _known() -> dict[str, dict[str, int | str]]:
    text = files("nba_mcp_synthesis.schema").joinpath("expected_games.toml").read_text("utf-8")
    return tomllib.loads(text)


def expected_games(season: str, season_type: str) -> int | None:
    """Games of a whole season of this type; None where that is not known."""
    known = _known().get(season_type)
    if known is None or season_start(season) < season_start(str(known["since"])):
        return None
    return int(known.get(season, known["default"]))
