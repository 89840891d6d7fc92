"""Players or teams side by side."""

from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.errors import UsageError

MOST = 10
USUAL: dict[Kind, tuple[str, ...]] = {
    "player": ("gp", "minutes_per_game", "pts_per_game", "reb_per_game", "ast_per_game", "ts_pct"),
    "team": ("wins", "losses", "pts_per_game", "opp_pts_per_game", "plus_minus_per_game"),
}


def comparison(
    whom: tuple[str, ...],
    names: Names,
    measures: tuple[str, ...] = (),
    where: tuple[str, ...] = (),
    season: str | None = None,
    season_type: str | None = None,
) -> StatRequest:
    """The request that compares them, by the usual measures where none is named.

    Raises:
        UnknownName, AmbiguousName: a name is nobody's, or several people's.
        UsageError: there are not two to MOST of them, or both players and teams.
    """
    found = {match.id: match for match in (names.resolve(text) for text in whom)}
    kinds = {match.kind for match in found.values()}
    if len(kinds) > 1:
        raise UsageError("Players and teams cannot be compared with each other.", "Name only one kind.")
    if not 1 < len(found) <= MOST:
        raise UsageError(f"A comparison takes 2 to {MOST}, and these are {len(found)}.", "Name others.")
    kind = kinds.pop()
    chosen = f"{kind}={'|'.join(match.name for match in found.values())}"
    return StatRequest(
        measures or USUAL[kind],
        (kind,),
        (chosen, *where),
        season=season,
        season_type=season_type,
        qualifier=False,
    )
