"""Which measures a question asks for: counts are made totals or averages by the words around them."""

import re
from collections.abc import Iterator

from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.catalogue import measures

_ATTEMPTS = {"fgm": "fga", "fg3m": "fg3a", "ftm": "fta"}
_LINE = ("pts_per_game", "reb_per_game", "ast_per_game")
# Between two measures these make one a condition of the other.
_RELATING = frozenset({"in", "from", "with", "without", "on", "off", "by", "when", "during", "against", "of"})
_DONE = frozenset({"made", "make", "makes", "hit", "hits", "scored", "scores"})
_RESULTS = {"won": "wins", "lost": "losses"}


def take_measures(taking: Taking) -> tuple[str, ...]:
    """Takes the measures and the words that go with them, in the order of the question.

    A word that does not go with every measure (`total` with a percentage) is not taken, and so the
    question is not answered. Empty when no measure is named.
    """
    named = taking.all("measure")
    if not _is_list(named, taking) or _is_torn(named, taking):
        return ()
    names = [str(token.value) for token in named] or _range(taking) or _line(taking)
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


def _is_list(named: list[Token], taking: Taking) -> bool:
    """True when several measures stand in a list: `points and assists`, not `points in wins`."""
    return all(_joins(between) for between in _betweens([token.text for token in named], taking.text))


def _betweens(texts: list[str], question: str) -> Iterator[str]:
    """What stands between texts that follow one another in a question, as far as they are found."""
    end = 0
    for number, text in enumerate(texts):
        start = question.find(text, end)
        if start < 0:
            return
        if number:
            yield question[end:start]
        end = start + len(text)


def _joins(between: str) -> bool:
    words = set(re.findall(r"[a-z]+", between))
    return not words & _RELATING and bool(words & {"and", "plus"} or set(between) & set(",&+/"))


def _is_torn(named: list[Token], taking: Taking) -> bool:
    """True when `attempted` or `allowed` goes with one of several measures, or stands beside `made`."""
    if not any(token.tag in ("attempted", "allowed") for token in taking.left):
        return False
    done = any(token.tag == "verb" and token.text in _DONE for token in taking.left)
    return len(named) > 1 or done


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
