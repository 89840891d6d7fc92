"""The thirty teams as data, and their ids from any code or name in use."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Team:
    """One franchise; `codes` are other abbreviations, `former` earlier full names with their last seasons."""

    abbreviation: str
    team_id: int
    city: str
    nickname: str
    conference: str
    division: str
    codes: tuple[str, ...] = ()
    former: dict[str, str] = field(default_factory=dict)

    def name_in(self, season: str) -> str:
        """The full name that it bore in a season."""
        borne = (name for name, last in self.former.items() if season <= last)
        return next(borne, self.full_name)

    @property
    def full_name(self) -> str:
        """City and nickname."""
        return f"{self.city} {self.nickname}"


@cache
def teams() -> tuple[Team, ...]:
    """All teams, by abbreviation."""
    text = files("nba_mcp_synthesis.schema").joinpath("teams.toml").read_text("utf-8")
    return tuple(_team(code, spec) for code, spec in sorted(tomllib.loads(text).items()))


def _team(code: str, spec: dict[str, object]) -> Team:
    lists = {k: tuple(v) for k, v in spec.items() if isinstance(v, list)}
    return Team(abbreviation=code, **{**spec, **lists})  # type: ignore[arg-type]


@cache
def _ids() -> dict[str, int]:
    found = {}
    for team in teams():
        for name in (team.abbreviation, team.full_name, *team.codes, *team.former):
            found[name.casefold()] = team.team_id
    return found


def team_id_of(name: str) -> int | None:
    """Team id for an abbreviation or full name, past ones included; None when it is neither."""
    return _ids().get(name.strip().casefold())
