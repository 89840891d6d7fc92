"""Whether all rows that a query should read are loaded, so that its result is the whole truth."""

from collections.abc import Iterator

from sqlglot import exp

from nba_mcp_synthesis.analyst.coverage import Coverage
from nba_mcp_synthesis.analyst.declined import NotLoaded
from nba_mcp_synthesis.basketball.stats.conditions import compared
from nba_mcp_synthesis.basketball.stats.dimensions import dimension, dimensions
from nba_mcp_synthesis.basketball.stats.facts import DIALECT, facts, tree
from nba_mcp_synthesis.basketball.stats.plan import Plan, Source
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.basketball.stats.rows import rows_of
from nba_mcp_synthesis.warehouse.engine import Warehouse

_GAMES = tree("COUNT(DISTINCT f.game_id)")
_GAMES_OF = {"player_game_stats": "box scores", "play_by_play": "play-by-play"}


class Whole:
    """Declines what would be told from a part of the games or of the players."""

    def __init__(self, warehouse: Warehouse, coverage: Coverage) -> None:
        self._warehouse = warehouse
        self._coverage = coverage

    def need(self, query: StatQuery, plan: Plan) -> None:
        """Raises Declined when rows are missing that the query asks about."""
        if self._coverage.simulated or any(c.name == "game" for c in query.where):
            return
        for source in plan.read:
            if source.share < 1:
                self._check(query, source)

    def _check(self, query: StatQuery, source: Source) -> None:
        fact = source.fact
        seasons = [(season, kind) for season in query.seasons for kind in query.season_types]
        if fact.name.startswith("team_"):
            self._teams(query, seasons)
        elif fact.grain == "season" and fact.table == "player_season_stats":
            if not any(c.is_one_player for c in query.where):
                self._players(seasons)
        elif fact.table == "shots":
            self._shots(query)
        else:
            self._games(query, source)

    def _teams(self, query: StatQuery, seasons: list[tuple[str, str]]) -> None:
        clubs = [value for c in query.where if c.name in ("team", "opponent") for value in c.values]
        for season, kind in seasons:
            short = self._coverage.teams_short(season) if kind == "Regular Season" else ()
            if not self._coverage.has_all_games(season, kind) and not clubs:
                raise NotLoaded(f"Not all games of the {season} {kind} are loaded.", "Ask about one team.")
            if short and (not clubs or set(clubs) & set(self._ids(short))):
                raise NotLoaded(
                    f"Games of {', '.join(short)} are missing from the {season} {kind}: the published "
                    "standings count more than are loaded.",
                    "Load the missing games, or ask about another season.",
                )

    def _ids(self, abbreviations: tuple[str, ...]) -> Iterator[int]:
        select = exp.select("team_id").from_("teams").where(exp.column("abbreviation").isin(*abbreviations))
        for row in self._warehouse.read(select.sql(dialect=DIALECT)).rows:
            yield int(row[0])

    def _players(self, seasons: list[tuple[str, str]]) -> None:
        for season, kind in seasons:
            if not self._coverage.has_all_players(season, kind):
                raise NotLoaded(
                    f"Of the {season} {kind} only the totals of some players are loaded, so they cannot be "
                    "ranked.",
                    "Ask for one player, or load the totals of all.",
                )

    def _shots(self, query: StatQuery) -> None:
        """A player's shots are whole when they are as many as his attempts."""
        players = [value for c in query.where if c.is_one_player for value in c.values]
        if not players:
            raise NotLoaded("The shots of only some players are loaded.", "Ask about one player.")
        scope = exp.and_(
            exp.column("player_id").isin(*players),
            exp.column("season").isin(*query.seasons),
            exp.column("season_type").isin(*query.season_types),
        )
        charted = exp.select("COUNT(*)").from_("shots").where(scope)
        tried = exp.select("SUM(fga)").from_("player_season_stats").where(scope, "team_id IS NULL")
        both = exp.select(charted.subquery(), tried.subquery())
        shots, attempts = self._warehouse.read(both.sql(dialect=DIALECT)).rows[0]
        if attempts is not None and shots < attempts:
            raise NotLoaded(f"Only {shots:,} of his {attempts:,} shots are loaded.", "Ask for season totals.")

    def _games(self, query: StatQuery, source: Source) -> None:
        """Every game that the conditions leave has to be in the table that is read."""
        table = source.fact.of or source.fact.table
        games, there = self._counted(query, table)
        if there < games:
            what = _GAMES_OF.get(table, table)
            raise NotLoaded(
                f"Of {there:,} of those {games:,} games the {what} are loaded, so that cannot be told.",
                "Ask for a season's figures, or for a single game.",
            )

    def _counted(self, query: StatQuery, table: str) -> tuple[int, int]:
        fact = facts()["team_game"]
        scope = (Condition("season", "=", query.seasons), Condition("season_type", "=", query.season_types))
        kept = [
            (str(dimension(c.name).key_in(fact)), c)
            for c in (*scope, *query.where)
            if c.name in dimensions() and dimension(c.name).key_in(fact)
        ]
        wanted = [compared(tree(key), condition) for key, condition in kept]
        wanted += self._clubs(query)
        there = exp.column("game_id", "f").isin(query=exp.select("game_id").from_(table))
        select = rows_of(fact, [key for key, _ in kept]).select(
            "COUNT(DISTINCT f.game_id)", exp.Filter(this=_GAMES.copy(), expression=exp.Where(this=there)),
            dialect=DIALECT,
        )  # fmt: skip
        games, found = self._warehouse.read(select.where(*wanted).sql(dialect=DIALECT)).rows[0]
        return int(games), int(found)

    def _clubs(self, query: StatQuery) -> list[exp.Expression]:
        """The teams that the named players were with, where that is known."""
        players = [value for c in query.where if c.is_one_player for value in c.values]
        if not players:
            return []
        scope = exp.and_(exp.column("player_id").isin(*players), exp.column("season").isin(*query.seasons))
        clubs = exp.union(
            exp.select("last_team_id").from_("player_season_stats").where(scope),
            exp.select("team_id").from_("player_game_stats").where(scope),
        )
        return [exp.column("team_id", "f").isin(query=clubs)]
