"""What a family answers with: the warehouse, the names, and the evidence gathered on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from nba_mcp_synthesis.analyst.coverage import Coverage, Kind
from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball import matches
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.errors import AmbiguousName, UsageError
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal, Result
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

_WHAT: dict[Kind, str] = {"players": "Player totals", "teams": "The games"}
_TYPES = {
    "Regular Season": "regular season",
    "Playoffs": "play-offs",
    "PlayIn": "play-in",
    "Pre Season": "pre-season",
}


class Declined(UsageError):
    """The question is understood and not answered; the asker reads why, and what can be asked."""


@dataclass(frozen=True, slots=True)
class Period:
    """Season and season type as asked; None where the question leaves them open."""

    season: Token | None = None
    season_type: Token | None = None

    @classmethod
    def taken(cls, taking: Taking) -> "Period":
        """Takes what the question says about season and season type."""
        return cls(taking.one("season"), taking.one("season_type"))


@dataclass(frozen=True, slots=True)
class Scope:
    """One season of one type."""

    season: str
    season_type: str

    def __str__(self) -> str:
        return f"the {self.season} {_TYPES.get(self.season_type, self.season_type)}"


@dataclass
class Context:
    """The means of one answer."""

    warehouse: DuckDBWarehouse
    names: Names
    coverage: Coverage
    evidence: list[Evidence] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    def run(self, sql: str) -> Evidence:
        """Runs a query and keeps it as evidence; Declined when it returns more than is kept."""
        return self.keep(self.warehouse.query(sql))

    def keep(self, result: Result) -> Evidence:
        """Keeps the result of a query as evidence; Declined when it was cut."""
        if result.truncated:
            raise Declined("The answer would be longer than can be given.", "Ask for fewer, such as a top 5.")
        self.evidence.append(Evidence(f"e{len(self.evidence) + 1}", result.sql, result))
        return self.evidence[-1]

    def need_all_games(self, scope: Scope, team: Match | None = None) -> None:
        """Declined when games of the team (or of any team) are known to be missing."""
        missing = self.coverage.teams_short(scope.season) if scope.season_type == "Regular Season" else ()
        short = [club for club in missing if team is None or club == team.detail]
        if short:
            raise Declined(
                f"Games of {', '.join(short)} are missing from {scope}: the published standings count more "
                "than are loaded.",
                "Load the missing games, or ask about another season.",
            )

    def scope(self, asked: Period, kind: Kind) -> Scope:
        """The season that is meant, when it is loaded; says what was assumed.

        Raises:
            Declined: it is not loaded; the message says what is.
        """
        season_type = str(asked.season_type.value) if asked.season_type else "Regular Season"
        loaded = self.coverage.seasons(kind, season_type)
        season = self.season_of(asked.season, loaded)
        if season is None or season not in loaded:
            raise Declined(
                f"{_WHAT[kind]} of {Scope(season, season_type) if season else 'any season'} are not loaded.",
                f"Loaded: {', '.join(loaded)}." if loaded else "",
            )
        if asked.season is None:
            self.assumptions.append(f"Taken as the {season} season, the newest that is loaded.")
        elif asked.season.text != season:
            self.assumptions.append(f"Took {asked.season.text!r} as the {season} season.")
        if asked.season_type is None:
            self.assumptions.append("Taken as the regular season.")
        return Scope(season, season_type)

    def season_of(self, asked: Token | None, loaded: list[str]) -> str | None:
        """The season that is asked for, which need not be loaded; the newest `loaded` without one."""
        if asked is None:
            return loaded[-1] if loaded else self.coverage.newest
        words = {"current": self.coverage.newest, "previous": self.coverage.previous()}
        return words.get(str(asked.value), str(asked.value))

    def who(self, named: Token, kind: matches.Kind | None = None) -> Match:
        """The player or team that a name in the question means.

        Raises:
            AmbiguousName: it may be several.
            Declined: it is nobody of that kind.
        """
        found = [m for m in candidates(named) if kind in (None, m.kind)]
        if not found:
            raise Declined(f"{named.text!r} is no {kind}.", f"Name a {kind}.")
        chosen = matches.likely(found)
        if chosen is None:
            raise AmbiguousName(named.text, [m.label for m in matches.best(found)])
        return chosen

    def answered(
        self,
        text: str,
        claims: Iterable[Claim],
        measures: Iterable[str] = (),
    ) -> Proposal:
        """An answer whose table is the result of the last query."""
        shown = self.evidence[-1].result
        return Proposal(
            voice="analyst",
            status="answered",
            text=text,
            claims=tuple(claims),
            evidence=tuple(self.evidence),
            columns=shown.columns,
            rows=shown.rows,
            assumptions=tuple(dict.fromkeys(self.assumptions)),
            definitions=tuple(dict.fromkeys(_definition(name) for name in measures)),
        )


def candidates(named: Token) -> tuple[Match, ...]:
    """All players and teams that a name in the question may mean."""
    found = named.value if isinstance(named.value, tuple) else ()
    return tuple(match for match in found if isinstance(match, Match))


def _definition(name: str) -> str:
    known = measure(name)
    return f"{known.label.capitalize()}: {known.definition}"
