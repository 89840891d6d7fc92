"""What a family answers with: the warehouse, the names, and the evidence gathered on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from nba_mcp_synthesis.analyst.coverage import Coverage
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.analyst.whole import Whole
from nba_mcp_synthesis.basketball import matches
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.basketball.stats.stats import StatResult, Stats
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.errors import AmbiguousName, UsageError
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal, Result
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.warehouse.dialect import written
from nba_mcp_synthesis.warehouse.engine import Warehouse


@dataclass
class Context:
    """The means of one answer."""

    warehouse: Warehouse
    names: Names
    coverage: Coverage
    stats: Stats
    evidence: list[Evidence] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    season: str = ""  # the only one that the question names

    def run(self, sql: str) -> Evidence:
        """Runs a query of ours and keeps it as evidence; Declined when it returns more than is kept."""
        return self.keep(self.warehouse.query(written(sql, self.warehouse.dialect)))

    @property
    def whole(self) -> Whole:
        """Declines what would be told from a part."""
        return Whole(self.warehouse, self.coverage)

    def ask(self, query: StatQuery, *, qualified: bool = True) -> StatResult:
        """Answers a query of measures and keeps its result as evidence; Declined when it has no answer."""
        try:
            found = self.stats.run(query, qualified=qualified)
        except UsageError as error:
            raise Declined(error.message, error.hint) from None
        self.explained.append(f"Asked for {found.query.text}, read from {found.plan.text}.")
        self.keep(found.result)
        return found

    def keep(self, result: Result) -> Evidence:
        """Keeps the result of a query as evidence; Declined when it was cut."""
        if result.truncated:
            raise Declined("The answer would be longer than can be given.", "Ask for fewer, such as a top 5.")
        self.evidence.append(Evidence(f"e{len(self.evidence) + 1}", result.sql, result))
        return self.evidence[-1]

    def who(self, named: Token, kind: matches.Kind | None = None) -> Match:
        """The player or team that a name in the question means.

        Raises:
            AmbiguousName: it may be several.
            Declined: it is nobody of that kind.
        """
        found = [m for m in candidates(named) if kind in (None, m.kind)]
        found = self._in_their_time(named, found) if self.season else found
        if not found:
            raise Declined(f"{named.text!r} is no {kind}.", f"Name a {kind}.")
        chosen = matches.likely(found)
        if chosen is None:
            raise AmbiguousName(named.text, [m.label for m in matches.best(found)])
        return chosen

    def _in_their_time(self, named: Token, found: list[Match]) -> list[Match]:
        """The Hornets of 2012-13 are today's Pelicans: who bore that nickname in the season asked about."""
        if not any(match.kind == "team" for match in found):
            return found
        borne = {club.name_in(self.season): club for club in teams() if club.former}
        said = key(named.text)
        for name, club in borne.items():
            if name != club.full_name and said == key(name).split()[-1]:
                self.assumptions.append(f"The {name} of {self.season} are today's {club.full_name}.")
                return [match for match in self.names.called(key(name)) if match.kind == "team"]
        return found

    def _then(self, text: str) -> str:
        """A sentence for each team of the text that had another name in the season asked about."""
        named = ((club.full_name, club.name_in(self.season)) for club in teams() if club.full_name in text)
        return "".join(f" The {now} were the {then} then." for now, then in named if now != then)

    def answered(self, text: str, claims: Iterable[Claim], measures: Iterable[str] = ()) -> Proposal:
        """An answer whose table is the result of the last query."""
        shown = self.evidence[-1].result
        return Proposal(
            voice="analyst",
            status="answered",
            text=text + (self._then(text) if self.season else ""),
            claims=tuple(claims),
            evidence=tuple(self.evidence),
            columns=shown.columns,
            rows=shown.rows,
            assumptions=tuple(dict.fromkeys(self.assumptions)),
            conditions=tuple(dict.fromkeys(self.conditions)),
            explained=tuple(self.explained),
            definitions=tuple(dict.fromkeys(_definition(name) for name in measures)),
        )


def candidates(named: Token) -> tuple[Match, ...]:
    """All players and teams that a name in the question may mean."""
    found = named.value if isinstance(named.value, tuple) else ()
    return tuple(match for match in found if isinstance(match, Match))


def _definition(name: str) -> str:
    known = measure(name)
    return f"{known.label.capitalize()}: {known.definition}"
