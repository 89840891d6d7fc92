"""Which measures a question means: their forms, and words that change them."""

from collections.abc import Callable

from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.lexicon import lexicon
from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.measure import Measure

# The slots that this uses.
MEASURES = (
    "measures", "allowed", "attempted", "shoot", "percentage", "range", "line", "total", "average", "score",
    "result", "margin",
)  # fmt: skip
_ATTEMPTS = {
    "fgm": "fga",
    "fg3m": "fg3a",
    "ftm": "fta",
    "fg_pct": "fga",
    "fg3_pct": "fg3a",
    "ft_pct": "fta",
    "fg2m": "fg2a",
}
_LINE = ("pts_per_game", "reb_per_game", "ast_per_game")
_SHARES = {"ftm": "ft_pct", "fg3m": "fg3_pct", "fgm": "fg_pct", "fg2m": "fg2_pct", "wins": "win_pct"}
_MADE = frozenset(
    {"make", "makes", "made", "hit", "hits", "sink", "sank", "bury", "buried", "drain", "drained"}
)
_RESULTS = {"won": "wins", "lost": "losses"}


def measures_of(frame: Frame) -> tuple[Measure, ...]:
    """The measures in the order of the question; empty when none is named or the words do not fit."""
    named = _from_range(_shot_by(_made(frame.values("measures"), frame), frame), frame)
    names = _results(named, frame) or _by_range(frame) or _by_words(frame)
    if not names or not _fits(names, frame) or _of_somebody(frame):
        return ()
    if names == ["plus_minus"] and frame.has("margin"):
        return (measures()["plus_minus_per_game"],)
    if frame.has("attempted") and not _are_attempts(names) and names != ["fgm", "fga"]:
        if _both(frame) and (len(names) > 1 or frame.has("order")):
            return ()
        tried = [_attempts_of(name) for name in names]
        names = [*names, *tried] if _both(frame) else tried
    if frame.has("allowed"):
        allowed = [name if name.startswith("opp_") else f"opp_{name}" for name in names]
        names = [*names, *allowed] if "score" in frame.values("verbs") else allowed
    if frame.has("total"):
        names = [_total(name, frame) for name in names]
    beside = any(name.endswith("_per_game") for name in names)
    if (frame.has("average") or beside) and not frame.has("total"):
        names = [measures()[name].average or name for name in names]
    return tuple(measures()[name] for name in dict.fromkeys(names) if name in measures())


def _by_range(frame: Frame) -> list[str]:
    """`shoot from 3`, `percentage on free throws`: a percentage without its name."""
    asks = frame.any("shoot", "percentage")
    return frame.values("range") if frame.has("range") and asks else []


def _by_words(frame: Frame) -> list[str]:
    """`stats` for a line of averages; `wins` said as `win the most games`; `shots` that are taken."""
    said = {
        "line": list(_LINE) if frame.has("line") else [],
        "both": ["fgm", "fga"] if frame.has("attempted") and _of_places(frame) and _made_too(frame) else [],
        "made": ["fgm"]
        if _of_places(frame) and "attempts" in frame.values("shoot") and _made_too(frame)
        else [],
        "share": ["fg_pct"] if _of_places(frame) and _asks_share(frame) else [],
        "margin": ["plus_minus"] if frame.has("margin", "average") else [],
        "shots": ["fgm"] if "attempts" in frame.values("shoot") and frame.any("attempted", "order") else [],
        "high": ["pts"] if frame.has("in_game", "subjects") and not frame.any("order", "times") else [],
        "games": _games(frame),
    }
    return next((names for names in said.values() if names), _points(frame))


def _asks_share(frame: Frame) -> bool:
    """`his percentage in the paint`, `what did he shoot in the paint`."""
    return frame.has("percentage") or (frame.values("shoot") == ["shoot"] and not frame.has("how_many"))


def _of_places(frame: Frame) -> bool:
    return any(value.startswith(("zone=", "shot_distance")) for value in frame.values("conditions"))


def _games(frame: Frame) -> list[str]:
    """`how many games did they win`, `how many games did he play`."""
    if frame.any("margin", "beat"):
        return []
    played = not frame.has("result") and any("game" in t.text.casefold() for t in frame.all("times"))
    return ["gp"] if played else [_RESULTS[value] for value in frame.values("result")]


def _points(frame: Frame) -> list[str]:
    """`who scored the most`; how often somebody scored is no number of points."""
    scored = frame.has("score") or "score" in frame.values("verbs")
    asks = frame.any("order", "subjects") and not frame.any("thresholds", "times", "result")
    return ["pts"] if scored and asks else []


def _results(names: list[str], frame: Frame) -> list[str]:
    """`games won` said as `win the most games`."""
    if names == ["gp"] and len(frame.values("result")) == 1:
        return [_RESULTS[frame.values("result")[0]]]
    return names


def _shot_by(names: list[str], frame: Frame) -> list[str]:
    """`free throw shooter`, `shooting threes (percentage)`: how well, not how many."""
    if frame.has("percentage") and len(names) == 1:
        names = [f"{name}_pct" if f"{name}_pct" in measures() else _SHARES.get(name, name) for name in names]
    shots = {"ftm": "ft_pct", "fg3m": "fg3_pct", "fgm": "fg_pct"}
    asks = frame.has("percentage") or any("shooter" in t.text.casefold() for t in frame.all("shoot"))
    if asks and frame.has("shoot") and all(name in shots for name in names):
        return [shots[name] for name in names]
    return names


def _made(names: list[str], frame: Frame) -> list[str]:
    """`mid-range shots did he make` are those made, though shots alone are those tried."""
    tried = any(word in frame.text for word in ("attempt", "tried", "took", "take"))
    if tried or not _MADE & set(frame.text.split()):
        return names
    made = {name: f"{name.removesuffix('a')}m" for name in names if name.endswith("_fga")}
    return [made.get(name, name) for name in names]


def _total(name: str, frame: Frame) -> str:
    """`top rebounders, total`: their rebounds, where nothing says per game."""
    base = name.removesuffix("_per_game")
    said = {word for token in frame.all("measures") for word in token.text.casefold().split()}
    return base if base in measures() and not frame.has("average") and said & lexicon().people else name


def _are_attempts(names: list[str]) -> bool:
    return all(name in _ATTEMPTS.values() or name.endswith("_fga") for name in names)


def _from_range(names: list[str], frame: Frame) -> list[str]:
    """`field goals from deep` are threes; points from there are no measure."""
    if not names or not frame.has("range"):
        return names
    place = frame.values("range")[0]
    made = {"fg_pct": place, "fgm": f"{place.removesuffix('_pct')}m", "fga": _ATTEMPTS[place], place: place}
    return [made.get(name, "unknown") for name in names]


def _fits(names: list[str], frame: Frame) -> bool:
    """False where a word does not go with every measure: then it means something else."""
    if not all(name in measures() for name in names):
        return False
    return all(fits() for slot, fits in _rules(names, frame).items() if frame.has(slot))


def _rules(names: list[str], frame: Frame) -> dict[str, Callable[[], bool]]:
    """Which measures the words of a slot go with."""
    known = measures()
    return {
        "attempted": lambda: (
            _are_attempts(names) or names == ["fgm", "fga"] or all(_attempts_of(n) != n for n in names)
        ),
        "allowed": lambda: all(n.startswith("opp_") or f"opp_{n}" in known for n in names),
        "total": lambda: all(known[_total(name, frame)].is_total for name in names),
        "result": lambda: set(names) <= {"wins", "losses", "gp"},
        "margin": lambda: set(names) <= {"plus_minus", "plus_minus_per_game", "gp", "wins", "losses"},
        "percentage": lambda: all(known[name].is_percent for name in names),
        "average": lambda: all(known[n].average or not known[n].is_total for n in names),
        "shoot": lambda: _is_shot(names, frame),
    }


def _is_shot(names: list[str], frame: Frame) -> bool:
    """`shoot threes` may mean those made or those tried."""
    counts = set(names) & {"fgm", "fg3m", "ftm"}
    clear = frame.any("attempted", "range") or "made" in frame.text.split()
    return clear or not counts or "shoot" not in frame.values("shoot")


def _both(frame: Frame) -> bool:
    """`made shots and attempts`: both, where the question also says made."""
    said = " ".join(token.text.casefold() for name in ("measures", "verbs") for token in frame.all(name))
    return ("made" in said or "make" in said) and "and" in frame.text.split()


def _attempts_of(name: str) -> str:
    """The attempts behind what was made, or its percentage."""
    return _ATTEMPTS.get(name) or (f"{name.removesuffix('m')}a" if name.endswith("_fgm") else name)


def _made_too(frame: Frame) -> bool:
    return any(token.text.casefold() in _MADE for token in frame.all("verbs"))


def _of_somebody(frame: Frame) -> bool:
    """`the team of the leading scorer` is no board of teams."""
    said = {word for token in frame.all("measures") for word in token.text.casefold().split()}
    return "team" in frame.values("entity") and bool(said & lexicon().people)
