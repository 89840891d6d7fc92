"""Neighbouring tokens that mean one thing, such as a date or a minimum: the rules and their order."""

from collections.abc import Callable, Sequence

from nba_mcp_synthesis.analyst import pattern_figures as figures
from nba_mcp_synthesis.analyst import pattern_games as games
from nba_mcp_synthesis.analyst import pattern_people as people
from nba_mcp_synthesis.analyst import pattern_times as times
from nba_mcp_synthesis.analyst.tokens import Token

# A rule looks at the tokens from some place on, and gives what stands for the first few of them.
Rule = Callable[[Sequence[Token]], tuple[list[Token], int] | None]
# Words that only rules need: `from` and `to` in `from december to january`.
_LINKS = frozenset({"start", "end", "link"})

# They apply one after another to all tokens.
_RULES: tuple[Rule, ...] = (
    times.holiday, times.date, times.since, times.years, times.seasons, times.game_number, figures.opponent,
    figures.against_kind, figures.kind_of_teams, people.pick, people.height, people.aged, people.age,
    times.some_games, times.newest_game, times.span, times.over_games, times.days_of_rest,
    figures.between_feet, figures.distance, figures.done, figures.stat_line, figures.limit,
    figures.champion, figures.seed, figures.digits, figures.threshold, games.decided, games.point_wins,
    games.wins_by, games.kind_of_game, games.scoring, games.bare_of_teams, games.averaging, games.won_games,
    games.bare, games.title, games.last_place, times.year,
)  # fmt: skip


def combined(found: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with their patterns made one token each."""
    for rule in _RULES:
        found = _applied(rule, found)
    return tuple(token for token in found if token.tag not in _LINKS)


def _applied(rule: Rule, found: Sequence[Token]) -> list[Token]:
    done: list[Token] = []
    at = 0
    while at < len(found):
        made, used = rule(found[at:]) or ([found[at]], 1)
        done += made
        at += used
    return done
