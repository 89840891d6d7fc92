"""Prompts: pieces of work that a reader starts by name, each a list of tool calls whose figures may be told.

A model writes figures well and remembers them badly. So a prompt names the calls, arguments and all, and has
the model put the number of its call behind each figure.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from fastmcp import FastMCP
from pydantic_core import to_json

from nba_mcp_synthesis.basketball import box_score as boxes
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.schema.seasons import SEASON_TYPES, season_from_start, season_start
from nba_mcp_synthesis.server.calls import worded
from nba_mcp_synthesis.server.tools import Services

_RULES = """\
Rules:
- Make the calls below, in order, exactly as they are written; more calls of the same tools are welcome.
- Use no figure from memory. Behind every figure put the number of its call, such as [2].
- Where a call is refused or gives no rows, say what is missing, in the words of the tool, and go on.
- Repeat what results say under `notes`, `assumed` and `truncated`. When `simulated` is true, say in the first
  sentence that this is an invented league.
- End with the list of calls by number, each with the `sql` that its result names, where it names one.
"""
_USUAL = ["pts_per_game", "reb_per_game", "ast_per_game", "tov_per_game"]
_SHOOTING = ["fg_pct", "fg3_pct", "ft_pct", "efg_pct", "ts_pct"]
_OF_TEAMS = ["wins", "losses", "off_rating", "def_rating", "net_rating", "pace"]
_FACTORS = ["efg_pct", "tov_pct", "oreb_pct", "ft_per_fga"]
_BY_PERIOD = """\
SELECT period, max(home_score) AS home_score, max(away_score) AS away_score
FROM play_by_play WHERE game_id = '{game}' GROUP BY period ORDER BY period"""
_SHOTS = """\
SELECT p.full_name AS player, s.zone, count(*) AS fga, sum(CASE WHEN s.is_made THEN 1 ELSE 0 END) AS fgm
FROM shots s JOIN players p ON p.player_id = s.player_id
WHERE s.game_id = '{game}' GROUP BY 1, 2 ORDER BY 4 DESC, 3, 1, 2 LIMIT 20"""
When = dict[str, str]


@dataclass(frozen=True)
class Step:
    """One call, and what is to be read from it."""

    why: str
    tool: str
    arguments: dict[str, Any]

    def line(self, number: int) -> str:
        """The step as the prompt has it."""
        return f"[{number}] {self.why}\n    {self.tool} {to_json(self.arguments).decode()}"


def register(server: FastMCP, services: Services) -> None:
    """Adds the prompts to the server."""
    prompts = Prompts(services)
    for prompt in (prompts.scouting_report, prompts.game_recap, prompts.matchup_preview):
        server.prompt(worded(prompt))


class Prompts:
    """All prompts over one set of services. A docstring is what `prompts/list` says, arguments included."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def scouting_report(self, player: str, season: str = "", season_type: str = "") -> str:
        """A scouting report on one player: role, scoring, shooting, strengths and weaknesses, form.

        Args:
            player: Name of the player; a nickname or a misspelling will do.
            season: Such as 2025-26; the newest that is loaded if left out.
            season_type: Regular Season if left out, or Playoffs.
        """
        name, when = self._called(player, "player"), _when(season, season_type)
        return _text(f"Write a scouting report on {name}{_in(when)}.", _scouting(name, when))

    def game_recap(self, game_id: str = "", team: str = "", date: str = "") -> str:
        """A recap of one game: result, turning points, best players. Give game_id, or team and date.

        Args:
            game_id: Ten digits, such as 0022500001.
            team: Name or abbreviation of one of the teams, together with date.
            date: US Eastern date of the game, YYYY-MM-DD.
        """
        wanted = self._game(game_id, team, date)
        box = boxes.box_score(self._services.warehouse, wanted).game
        played = (
            f"{box['away']} at {box['home']} on {box['game_date']} ({box['season_type']} {box['season']})"
        )
        return _text(f"Write a recap of the game {wanted}: {played}.", _recap(wanted))

    def matchup_preview(self, team: str, opponent: str, season: str = "", season_type: str = "") -> str:
        """A preview of a game between two teams: records, styles, games against each other, form.

        Args:
            team: Name or abbreviation of one team.
            opponent: Name or abbreviation of the other.
            season: Such as 2025-26; the newest that is loaded if left out.
            season_type: Regular Season if left out, or Playoffs.
        """
        first, second = self._called(team, "team"), self._called(opponent, "team")
        when = _when(season, season_type)
        if first == second:
            raise UsageError(f"{first} cannot play themselves.", "Name two teams.")
        return _text(
            f"Write a preview of {first} against {second}{_in(when)}.", _matchup(first, second, when)
        )

    def _called(self, name: str, kind: Kind) -> str:
        return self._services.names().resolve(name, kind).name

    def _game(self, game_id: str, team: str, date: str) -> str:
        if bool(game_id) == bool(team and date) or (game_id and (team or date)):
            raise UsageError("Which game?", "Give game_id, or team together with date.")
        if game_id:
            return game_id
        team_id = self._services.names().resolve(team, "team").id
        return boxes.game_id_of(self._services.warehouse, team_id, _date(date))


def _scouting(player: str, when: When) -> list[Step]:
    of = {"where": [f"player={player}"], **when}
    return [
        Step("What is loaded, and how whole it is.", "data_status", {}),
        Step(
            "Role and production.",
            "query_stats",
            {"measures": ["gp", "minutes_per_game", *_USUAL, "usg_pct"], "by": ["player", "team"], **of},
        ),
        Step("Shooting.", "query_stats", {"measures": _SHOOTING, "by": ["player"], **of}),
        Step(
            "Where he shoots from: the share of his shots, and how many go in.",
            "query_stats",
            {"measures": ["fga", "fg_pct"], "by": ["zone"], **of},
        ),
        Step(
            "Form, month by month.", "query_stats", {"measures": [*_USUAL, "ts_pct"], "by": ["month"], **of}
        ),
        Step(
            "His last ten games.",
            "query_stats",
            {"measures": ["pts", "reb", "ast", "minutes"], "by": ["game", "date"], "last": 10, **of},
        ),
        Step(
            "The league's best by efficiency: is he among them?",
            "query_stats",
            {
                "measures": ["ts_pct", "pts_per_game"],
                "by": ["player"],
                "order_by": ["-ts_pct"],
                "limit": 25,
                **when,
            },
        ),
    ]


def _recap(game_id: str) -> list[Step]:
    return [
        Step("What is loaded, and how whole it is.", "data_status", {}),
        Step("Score, teams and players.", "box_score", {"game_id": game_id}),
        Step(
            "The score at the end of each period, where plays are loaded.",
            "query_sql",
            {"sql": _BY_PERIOD.format(game=game_id)},
        ),
        Step(
            "Who shot well, from where.",
            "query_sql",
            {"sql": _SHOTS.format(game=game_id)},
        ),
    ]


def _matchup(first: str, second: str, when: When) -> list[Step]:
    both = {"where": [f"team={first}|{second}"], **when}
    return [
        Step("What is loaded, and how whole it is.", "data_status", {}),
        Step("Records and ratings.", "query_stats", {"measures": _OF_TEAMS, "by": ["team"], **both}),
        Step("Their four factors.", "query_stats", {"measures": _FACTORS, "by": ["team"], **both}),
        Step(
            "Against each other.",
            "query_stats",
            {
                "measures": ["wins", "losses", "pts_per_game"],
                "by": ["team"],
                "where": [f"team={first}", f"opponent={second}"],
                **when,
            },
        ),
        Step(
            "Form: the last ten games of each.",
            "query_stats",
            {"measures": ["wins", "losses", "net_rating"], "by": ["team"], "last": 10, **both},
        ),
        *(
            Step(
                f"Who scores for {name}.",
                "query_stats",
                {
                    "measures": ["pts_per_game", "ts_pct", "minutes_per_game"],
                    "by": ["player"],
                    "where": [f"team={name}"],
                    "order_by": ["-pts_per_game"],
                    "limit": 5,
                    **when,
                },
            )
            for name in (first, second)
        ),
    ]


def _text(task: str, steps: list[Step]) -> str:
    lines = "\n".join(step.line(number) for number, step in enumerate(steps, 1))
    return f"{task}\n\n{_RULES}\nCalls:\n{lines}\n"


def _in(when: When) -> str:
    season = when.get("season", "the newest season that is loaded")
    return f" in {season}" + (f", {when['season_type']}" if "season_type" in when else "")


def _when(season: str, season_type: str) -> When:
    """The arguments of a call that say when, as far as they are given."""
    named: When = {}
    if season.strip():
        named["season"] = _season(season.strip())
    if season_type.strip():
        named["season_type"] = _season_type(season_type.strip())
    return named


def _season(text: str) -> str:
    try:
        return season_from_start(season_start(text))
    except ValueError:
        raise UsageError(f"{text!r} is no season.", "Write 2025-26.") from None


def _season_type(text: str) -> str:
    if text not in SEASON_TYPES:
        raise UsageError(f"{text!r} is no season type.", f"Write one of {', '.join(SEASON_TYPES)}.")
    return text


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no date.", "Write YYYY-MM-DD.") from None
