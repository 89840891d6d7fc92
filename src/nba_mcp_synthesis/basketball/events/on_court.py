"""What a player's team did while he was on the court, and the metrics of NBA.com that need it.

The definitions are those of the NBA's statistics glossary (nba.com/stats/help/glossary); trips are
counted (see `plays`) where box scores only allow the estimate of 0.44 a free throw.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.basketball.events.lineups import Lineups, Stint
from nba_mcp_synthesis.basketball.events.plays import SHOTS, Play, is_trip, plays

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OnCourt:
    """One player in one game: his own counts, and those of both teams in his time.

    `trips` are his trips to the free-throw line that ended a possession; `team_plays` the plays of his
    team of whose possession he was on the court for a part.
    """

    team_id: int
    player_id: int
    fgm: int
    fga: int
    trips: int
    tov: int
    ast: int
    team_fgm: int
    team_plays: int
    team_pts: int
    opponent_pts: int

    @property
    def ast_pct(self) -> float:
        """Share of his team mates' field goals that he assisted: AST / (team FGM - own FGM), 0 to 1."""
        return _ratio(self.ast, self.team_fgm - self.fgm)

    @property
    def ast_ratio(self) -> float:
        """Assists per 100 of his plays and assists: 100 AST / (FGA + trips + TOV + AST)."""
        return 100 * _ratio(self.ast, self.plays + self.ast)

    @property
    def tov_ratio(self) -> float:
        """Turnovers per 100 of his plays and assists: 100 TOV / (FGA + trips + TOV + AST)."""
        return 100 * _ratio(self.tov, self.plays + self.ast)

    @property
    def usg_pct(self) -> float:
        """Share of his team's plays that were his, 0 to 1; within 0.011 of the NBA's in the game tested."""
        return _ratio(self.plays, self.team_plays)

    @property
    def plays(self) -> int:
        """His attempts, trips and turnovers."""
        return self.fga + self.trips + self.tov

    def off_rating(self, possessions: float) -> float:
        """Points of his team per 100 of its possessions, given their number in his time."""
        return 100 * _ratio(self.team_pts, possessions)

    def def_rating(self, opponent_possessions: float) -> float:
        """Points of the opponent per 100 of its possessions, given their number in his time."""
        return 100 * _ratio(self.opponent_pts, opponent_possessions)


def on_court(events: Sequence[Row], found: Lineups) -> list[OnCourt]:
    """Every player of a game, from its rows of play_by_play; nobody where line-ups are not wholly known."""
    if found.unknown:
        return []
    stays: dict[tuple[int, int], list[Stint]] = defaultdict(list)
    for stint in found.stints:
        stays[stint.team_id, stint.player_id].append(stint)
    played = plays(events)
    return [_player(events, played, *key, stints) for key, stints in stays.items()]


def _player(
    events: Sequence[Row], played: Sequence[Play], team_id: int, player_id: int, stints: Sequence[Stint]
) -> OnCourt:
    seen = [event for event in events if any(stint.covers(event) for stint in stints)]
    team = [event for event in seen if event["team_id"] == team_id]
    own = [event for event in events if event["player_id"] == player_id]
    return OnCourt(
        team_id,
        player_id,
        fgm=_count(own, "made_shot"),
        fga=_count(own, *SHOTS),
        trips=sum(map(is_trip, own)),
        tov=_count(own, "turnover"),
        ast=sum(event["assist_player_id"] == player_id for event in events),
        team_fgm=_count(team, "made_shot"),
        team_plays=sum(any(map(play.is_shared_by, stints)) for play in played),
        team_pts=_points(team),
        opponent_pts=_points(event for event in seen if event["team_id"] != team_id),
    )


def _count(events: Iterable[Row], *types: str) -> int:
    return sum(event["event_type"] in types for event in events)


def _points(events: Iterable[Row]) -> int:
    return sum(event["shot_value"] for event in events if event["is_made"])


def _ratio(part: float, whole: float) -> float:
    """A quotient; 0 where there is nothing to divide by, as the NBA writes it."""
    return part / whole if whole else 0.0
