"""Which measures a question asks for: counts are made totals or averages by the words around them."""

from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.basketball.catalogue import measures

_ATTEMPTS = {"fgm": "fga", "fg3m": "fg3a", "ftm": "fta"}
_LINE = ("pts_per_game", "reb_per_game", "ast_per_game")
_RESULTS = {"won": "wins", "lost": "losses"}


def take_measures(taking: Taking) -> tuple[str, ...]:
    """Takes the measures and the words that go with them, in the order of the question.

    A word that does not go with every measure (`total` with a percentage) is not taken, and so the
    question is not answered. Empty when no measure is named.
    """
    names = [str(token.value) for token in taking.all("measure")] or _range(taking) or _line(taking)
    if not names:
        return ()
    names = _results(names, taking)
    names = _swapped(names, _ATTEMPTS, "attempted", taking)
    names = _swapped(names, {"pts": "opp_pts"}, "allowed", taking)
    names = _averaged(names, taking)
    if all(measures()[name].is_total for name in names):
        taking.all("total")
    if all(measures()[name].is_percent for name in names):
        taking.all("shoot")
    if {"pts", "pts_per_game"} & set(names):
        taking.one("score", "score")
    taking.all("verb")
    return tuple(dict.fromkeys(names))


def _range(taking: Taking) -> list[str]:
    """`shoot from 3`: a percentage without its name."""
    place = taking.one("range")
    if place is None or not (taking.has("shoot") | taking.has("percentage")):
        return []
    return [str(place.value)]


def _line(taking: Taking) -> list[str]:
    return list(_LINE) if taking.has("line") else []


def _results(names: list[str], taking: Taking) -> list[str]:
    """`games won` said as `win the most games`."""
    result = taking.one("won") if names == ["gp"] else None
    return [_RESULTS[str(result.value)]] if result else names


def _swapped(names: list[str], swaps: dict[str, str], tag: str, taking: Taking) -> list[str]:
    if not any(name in swaps for name in names) or not taking.has(tag):
        return names
    return [swaps.get(name, name) for name in names]


def _averaged(names: list[str], taking: Taking) -> list[str]:
    """Counts per game, when the question says so of them or of another one beside them."""
    averages = [measures()[name].average or name for name in names]
    if any(measures()[name].is_total for name in averages):
        return names
    in_total = any(token.tag == "total" for token in taking.left)
    beside = any(name.endswith("_per_game") for name in names) and not in_total
    return averages if taking.has("average") or beside else names
