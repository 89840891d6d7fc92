"""Files that are known and feed no table: other leagues', and what outside.toml lists."""

import re
import tomllib
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from nba_mcp_synthesis.sources.base import Outside, SourceFile
from nba_mcp_synthesis.sources.stats_api import is_cassette, recorded_requests, stated

_NBA_GAME = re.compile(rb"\"00[1-6]\d{7}\b")
_OTHER_GAME = re.compile(rb"\"(?:10|15|20)[1-6]\d{7}\b")


def other_league(file: SourceFile) -> Outside | None:
    """What a file is whose games or requests are all of another league, by ids such as 1022500165."""
    if file.path.suffix.lower() not in (".json", ".yaml", ".yml"):
        return None
    leagues = {query["LeagueID"] for query in _queries(file) if query.get("LeagueID")}
    # In a cassette the quotes of the answer may be escaped; a quote is before the id all the same.
    by_games = not _NBA_GAME.search(file.content) and _OTHER_GAME.search(file.content)
    if (leagues and "00" not in leagues) or by_games:
        return Outside("other_league", "another league")
    return None


def outside(file: SourceFile) -> Outside | None:
    """What a file is that outside.toml lists: by its name, its request, or what its document holds."""
    name = file.path.name
    lists = _lists()
    for pattern, why in lists["files"].items():
        if fnmatchcase(name, pattern):
            return Outside("file", why)
    for endpoint in _endpoints(file):
        if endpoint in lists["endpoints"]:
            return Outside(endpoint, lists["endpoints"][endpoint])
    for key in file.json if isinstance(file.json, dict) else ():
        if key in lists["keys"]:
            return Outside(str(key), lists["keys"][key])
    return None


@cache
def _lists() -> dict[str, dict[str, str]]:
    text = files("nba_mcp_synthesis.sources").joinpath("outside.toml").read_text("utf-8")
    return tomllib.loads(text)


def _queries(file: SourceFile) -> list[dict[str, str]]:
    if is_cassette(file):
        return [query for _, query in recorded_requests(file)]
    return [stated(file.json)]


def _endpoints(file: SourceFile) -> list[str]:
    """The endpoints that a file is from: of the requests, or as an answer itself says."""
    if is_cassette(file):
        return [endpoint for endpoint, _ in recorded_requests(file)]
    resource: Any = file.json.get("resource") if isinstance(file.json, dict) else None
    return [resource.casefold()] if isinstance(resource, str) else []
