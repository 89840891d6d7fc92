"""Which measures a question asks for: counts made totals or averages by the words around them."""

from dataclasses import dataclass

from nba_mcp_synthesis.analyst.context import Declined
from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.basketball.catalogue import measures

_ATTEMPTS = {"fgm": "fga", "fg3m": "fg3a", "ftm": "fta"}
_ATTEMPTS_OF = {"fg_pct": "fga", "efg_pct": "fga", "ts_pct": "fga", "fg3_pct": "fg3a", "ft_pct": "fta"}
_LINE = ("pts_per_game", "reb_per_game", "ast_per_game")


@dataclass(frozen=True, slots=True)
class Asked:
    """The measures of a question in order, and whether it says per game or in total."""

    names: tuple[str, ...]
    says_average: bool
    says_total: bool


def take_measures(taking: Taking) -> Asked | None:
    """Takes the measures and the words that modify them; None when there is no measure."""
    names = [str(token.value) for token in taking.all("measure")]
    names += _range(taking)
    if not names and taking.has("line"):
        names = list(_LINE)
    if not names:
        return None
    taking.all("verb")
    names = [_modified(name, taking) for name in names]
    if taking.has("total") and taking.has("average"):
        raise Declined("The question says both per game and in total.", "Ask for one of them.")
    return Asked(tuple(dict.fromkeys(names)), False, False)
