"""Substitutions and timeouts: what happens when the ball is dead."""

from typing import Final

from nba_mcp_synthesis.sources.demo.floor import Game
from nba_mcp_synthesis.sources.demo.lineup import REGULATION, Man, Side, best_five
from nba_mcp_synthesis.sources.demo.parameters import parameters

_DUE: Final[float] = parameters("rotation")["due"]
_ROLE_STEP: Final[float] = parameters("rotation")["role_step"]
_RESERVE: Final[float] = parameters("rotation")["reserve"]
_TROUBLE: Final[float] = parameters("rotation")["trouble"]
_TIMEOUTS: Final = (420, 180)  # each quarter has a timeout at the first stop after these clocks
_DECIDED: Final = 20  # a lead in points that ends the evening of the regulars
_CLOSE: Final = 12


def open_period(game: Game) -> None:
    """Team fouls and timeouts begin anew, and both teams may change players."""
    game.timeouts_due = list(_TIMEOUTS) if game.period <= 4 else []
    for side in game.sides:
        side.team_fouls = side.late_fouls = 0
        if game.period > 1:
            _change(game, side)


def stoppage(game: Game) -> None:
    """A dead ball: perhaps a timeout, and changes on both sides."""
    if game.timeouts_due and game.clock <= game.timeouts_due[0]:
        game.log("timeout", "team", game.sides[len(game.timeouts_due) % 2])
        game.timeouts_due.pop(0)
    replace_disqualified(game)
    for side in game.sides:
        _change(game, side)


def replace_disqualified(game: Game) -> None:
    """Players with six fouls leave at once; they stay when nobody is left, as the rules have it."""
    for side in game.sides:
        for leaving in [man for man in side.five if man.is_out]:
            if bench := _bench(side):
                _swap(game, side, leaving, min(bench, key=lambda man: _cost(game, man, leaving)))


def _change(game: Game, side: Side) -> None:
    if game.clock == 0:
        return
    wanted = _wanted(game, side)
    if wanted is not None:
        _bring(game, side, wanted)
        return
    for _ in range(3):
        leaving = max(_movable(game, side), key=lambda man: _load(game, man), default=None)
        bench = _bench(side)
        if leaving is None or not bench:
            return
        entering = min(bench, key=lambda man: _cost(game, man, leaving))
        if _load(game, leaving) - _cost(game, entering, leaving) < _DUE:
            return
        _swap(game, side, leaving, entering)


def _wanted(game: Game, side: Side) -> list[Man] | None:
    """The line-up that the moment asks for: starters after half-time, the best or the last at the end."""
    margin = abs(game.lead)
    able = [man for man in side.men if not man.is_out]
    if len(able) < 5:
        return None
    if game.period == 3 and game.clock == 720:
        return best_five(able)
    if game.is_closing and game.clock <= 360 and margin <= _CLOSE:
        return best_five(able)
    if game.is_closing and game.clock <= 420 and margin >= _DECIDED:
        return best_five(able, sign=-1)
    return None


def _bring(game: Game, side: Side, wanted: list[Man]) -> None:
    leaving = [man for man in _movable(game, side) if man not in wanted]
    entering = [man for man in wanted if man.since is None]
    for out, into in zip(leaving, entering, strict=False):
        _swap(game, side, out, into)


def _movable(game: Game, side: Side) -> list[Man]:
    """Those on the court who have not come in at this very second."""
    return [man for man in side.five if man.since != game.elapsed]


def _bench(side: Side) -> list[Man]:
    return [man for man in side.men if man.since is None and not man.is_out]


def _load(game: Game, man: Man) -> float:
    """Seconds that a player is ahead of his plan, foul trouble and reserves counted as seconds."""
    load = man.played(game.elapsed) - man.target * game.elapsed / REGULATION
    if man.fouls > game.period and not game.is_closing:
        load += _TROUBLE
    return load if man.target else load + _RESERVE


def _cost(game: Game, man: Man, leaving: Man) -> float:
    """Load of a substitute, with his distance in role from the man he would replace."""
    steps = abs(man.traits.role - leaving.traits.role)
    return _load(game, man) + _ROLE_STEP * steps


def _swap(game: Game, side: Side, leaving: Man, entering: Man) -> None:
    side.swap(leaving, entering, game.elapsed)
    game.log("substitution", None, side, leaving, sub_in_player_id=entering.traits.player_id)
