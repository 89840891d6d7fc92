"""The box score of a game, derived from its events and from nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Final

from nba_mcp_synthesis.schema import court
from nba_mcp_synthesis.sources.demo.events import Event
from nba_mcp_synthesis.sources.demo.game import OVERTIME, QUARTER


@dataclass(slots=True)
class Line:
    """Counts of one player, or of players together; `seconds` are those on the court."""

    fgm: int = 0
    fga: int = 0
    fg3m: int = 0
    fg3a: int = 0
    ftm: int = 0
    fta: int = 0
    oreb: int = 0
    dreb: int = 0
    reb: int = 0
    ast: int = 0
    stl: int = 0
    blk: int = 0
    tov: int = 0
    pf: int = 0
    pts: int = 0
    blka: int = 0
    pfd: int = 0
    seconds: int = 0
    plus_minus: int = 0

    def add(self, other: "Line") -> None:
        """Add another line to this one."""
        for name in _LINE_FIELDS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_LINE_FIELDS: Final = tuple(f.name for f in fields(Line))


@dataclass(slots=True)
class TeamBox:
    """One team: its players in order of appearance, and what the game says of the team alone.

    `total` is the players together with the team's own turnovers; its plus-minus is that of the
    score, its seconds those of five players.
    """

    team_id: int
    total: Line = field(default_factory=Line)
    players: dict[int, Line] = field(default_factory=dict)
    starters: set[int] = field(default_factory=set)
    quarters: list[int] = field(default_factory=list)
    team_tov: int = 0
    pts_paint: int = 0
    biggest_lead: int = 0

    @property
    def pts_bench(self) -> int:
        """Points of players who did not start."""
        return sum(line.pts for player, line in self.players.items() if player not in self.starters)


@dataclass(slots=True)
class Box:
    """The box score of a game; `home` and `away` are its teams."""

    home: TeamBox
    away: TeamBox
    periods: int = 0
    lead_changes: int = 0
    times_tied: int = 0


# Events name nobody in some places, so that the keys may be None; only ids are ever in them.
_Lines = dict[int | None, Line]
_Teams = dict[int | None, TeamBox]


def box_score(events: Sequence[Event], home_id: int, away_id: int) -> Box:
    """Everything that a box score says, from the events of a whole game in order.

    A player started when he is mentioned before any event in which he comes in.
    """
    box = Box(TeamBox(home_id), TeamBox(away_id), periods=events[-1].period)
    sides = (box.home, box.away)
    teams: _Teams = {team.team_id: team for team in sides}
    for event in events:
        _appear(event, teams, {home_id: box.away, away_id: box.home})
    lines: _Lines = {player: line for team in sides for player, line in team.players.items()}
    for event in events:
        if count := _COUNTED.get(event.event_type):
            count(event, lines, teams)
    _keep_time(events, box, lines)
    for team in sides:
        _add_up(team)
    _follow_score([(event.home_score, event.away_score) for event in events], box)
    _split_quarters(events, box)
    return box


def _appear(event: Event, teams: _Teams, others: _Teams) -> None:
    """Everybody whom the event names is on his team; whoever comes in did not start."""
    if event.team_id is None:
        return
    team, other = teams[event.team_id], others[event.team_id]
    for mates, player in (
        (team, event.player_id),
        (team, event.assist_player_id),
        (other, event.block_player_id),
        (other, event.steal_player_id),
        (other, event.fouled_player_id),
    ):
        if player is not None and player not in mates.players:
            mates.players[player] = Line()
            mates.starters.add(player)
    if event.sub_in_player_id is not None:
        team.players.setdefault(event.sub_in_player_id, Line())


def _shot(event: Event, lines: _Lines, teams: _Teams) -> None:
    line = lines[event.player_id]
    is_three = event.shot_value == 3
    line.fga += 1
    line.fg3a += is_three
    if event.is_made:
        line.fgm += 1
        line.fg3m += is_three
        line.pts += 3 if is_three else 2
        teams[event.team_id].pts_paint += 2 * _in_paint(event)
    if event.assist_player_id is not None:
        lines[event.assist_player_id].ast += 1
    if event.block_player_id is not None:
        lines[event.block_player_id].blk += 1
        line.blka += 1


def _in_paint(event: Event) -> bool:
    if event.x is None or event.y is None:
        return False
    return court.zone(event.x, event.y) in (court.RESTRICTED, court.PAINT)


def _free_throw(event: Event, lines: _Lines, _teams: _Teams) -> None:
    line = lines[event.player_id]
    line.fta += 1
    if event.is_made:
        line.ftm += 1
        line.pts += 1


def _rebound(event: Event, lines: _Lines, _teams: _Teams) -> None:
    if event.player_id is not None:
        line = lines[event.player_id]
        line.reb += 1
        line.oreb += event.event_subtype == "offensive"
        line.dreb += event.event_subtype == "defensive"


def _turnover(event: Event, lines: _Lines, teams: _Teams) -> None:
    if event.player_id is None:
        teams[event.team_id].team_tov += 1
    else:
        lines[event.player_id].tov += 1
    if event.steal_player_id is not None:
        lines[event.steal_player_id].stl += 1


def _foul(event: Event, lines: _Lines, _teams: _Teams) -> None:
    lines[event.player_id].pf += 1
    lines[event.fouled_player_id].pfd += 1


_COUNTED: Final[dict[str, Callable[[Event, _Lines, _Teams], None]]] = {
    "made_shot": _shot,
    "missed_shot": _shot,
    "free_throw": _free_throw,
    "rebound": _rebound,
    "turnover": _turnover,
    "foul": _foul,
}


def elapsed(period: int, clock: int) -> int:
    """Seconds played when a clock is shown."""
    before = QUARTER * min(period - 1, 4) + OVERTIME * max(period - 5, 0)
    return before + (QUARTER if period <= 4 else OVERTIME) - clock


def _keep_time(events: Sequence[Event], box: Box, lines: _Lines) -> None:
    """Seconds on the court, and the score's change in them, from the substitutions."""
    start = (0, 0)
    entered: dict[int | None, tuple[int, int]] = {
        player: start for team in (box.home, box.away) for player in team.starters
    }
    for event in events:
        if event.event_type == "substitution":
            now = _moment(event)
            _leave(lines[event.player_id], entered.pop(event.player_id), now)
            entered[event.sub_in_player_id] = now
    for player, since in entered.items():
        _leave(lines[player], since, _moment(events[-1]))
    for line in box.away.players.values():
        line.plus_minus *= -1


def _moment(event: Event) -> tuple[int, int]:
    """Seconds played and the host's lead."""
    lead = event.home_score - event.away_score
    return elapsed(event.period, event.clock_seconds), lead


def _leave(line: Line, since: tuple[int, int], now: tuple[int, int]) -> None:
    line.seconds += now[0] - since[0]
    line.plus_minus += now[1] - since[1]


def _add_up(team: TeamBox) -> None:
    for line in team.players.values():
        team.total.add(line)
    team.total.tov += team.team_tov
    team.total.plus_minus //= 5


def _follow_score(scores: list[tuple[int, int]], box: Box) -> None:
    """Largest leads, changes of the leader (ties between do not hide one) and new ties."""
    leads = [home - away for home, away in scores]
    box.home.biggest_lead = max(0, *leads)
    box.away.biggest_lead = max(0, *(-lead for lead in leads))
    ahead = [lead > 0 for lead in leads if lead]
    box.lead_changes = sum(a != b for a, b in pairwise(ahead))
    box.times_tied = sum(a != 0 and b == 0 for a, b in pairwise(leads))


def _split_quarters(events: Sequence[Event], box: Box) -> None:
    ends = [(0, 0), *((e.home_score, e.away_score) for e in events if e.event_type == "period_end")]
    for before, after in pairwise(ends[:5]):
        box.home.quarters.append(after[0] - before[0])
        box.away.quarters.append(after[1] - before[1])
