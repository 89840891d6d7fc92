"""Shots, fouls on shots, free throws and rebounds."""

from bisect import bisect
from typing import Any, Final

from nba_mcp_synthesis.sources.demo.floor import Game
from nba_mcp_synthesis.sources.demo.lineup import Man
from nba_mcp_synthesis.sources.demo.parameters import parameters
from nba_mcp_synthesis.sources.demo.places import place
from nba_mcp_synthesis.sources.demo.rotation import replace_disqualified, stoppage
from nba_mcp_synthesis.sources.demo.traits import shot_kinds

_PLAY: Final = parameters("play")
_KINDS: Final = shot_kinds()
_INDEX: Final = {kind.name: index for index, kind in enumerate(_KINDS)}
_THREES: Final = ("corner", "above", "heave")


def attempt(game: Game, man: Man) -> None:
    """One shot of `man` and all that follows until the next play."""
    index = _choose(game, man)
    kind = _KINDS[index]
    if game.rng.random() < kind.fouled * man.traits.drawing:
        _fouled(game, man, index)
    elif game.rng.random() < _make_chance(game, man, index):
        _made(game, man, index)
        game.give_ball(1 - game.ball, "dead")
    else:
        _missed(game, man, index)
        rebound(game, kind.oreb)


def _choose(game: Game, man: Man) -> int:
    """Index of the kind of shot that the player takes at this moment."""
    rng = game.rng
    if game.start == "heave":
        return _INDEX["heave"]
    if _needs_three(game):
        return _INDEX["above"]
    eager = {"second": _PLAY["putback"], "steal": _PLAY["break_layup"]}.get(game.start, 0.0)
    if eager and rng.random() < eager:
        return _INDEX["rim"]
    return bisect(man.kinds, rng.random() * man.kinds[-1], 0, len(_KINDS) - 2)


def _needs_three(game: Game) -> bool:
    """Behind by three or more with no time for two possessions."""
    return (
        game.is_closing and game.clock <= 30 and game.lead <= -3 and game.rng.random() < _PLAY["needed_three"]
    )


def _make_chance(game: Game, man: Man, index: int) -> float:
    is_tense = game.is_closing and game.clock <= 240 and abs(game.lead) <= 10
    drag = _PLAY["closing_drag" if is_tense else "lead_drag"]
    chance = man.traits.makes[index] - game.defence.defence - drag * game.lead
    chance += _PLAY["home_edge"] if game.ball == 0 else -_PLAY["home_edge"]
    if game.is_closing and game.lead == 0 and game.clock <= 3:
        chance -= _PLAY["last_shot"]
    return float(chance + (_PLAY["break_edge"] if game.start == "steal" else 0.0))


def _made(game: Game, man: Man, index: int) -> None:
    kind = _KINDS[index]
    value = _value(index)
    passer = None
    if game.rng.random() < kind.assist:
        passer = _passer(game, man)
    game.score[game.ball] += value
    _log_shot(game, man, index, is_made=True, assist_player_id=passer)


def _passer(game: Game, man: Man) -> int:
    while (passer := game.offence.pick(game.rng, "passing")) is man:
        pass
    return passer.traits.player_id


def _missed(game: Game, man: Man, index: int) -> None:
    blocker = None
    if game.rng.random() < _KINDS[index].block * game.defence.factor("block"):
        blocker = game.defence.pick(game.rng, "block").traits.player_id
    _log_shot(game, man, index, is_made=False, block_player_id=blocker)


def _value(index: int) -> int:
    return 3 if _KINDS[index].name in _THREES else 2


def _log_shot(game: Game, man: Man, index: int, *, is_made: bool, **more: Any) -> None:
    kind = _KINDS[index]
    x, y = place(game.rng, kind.name)
    name = "made_shot" if is_made else "missed_shot"
    style = game.rng.choice(kind.styles)
    game.log(name, style, game.offence, man, is_made=is_made, shot_value=_value(index), x=x, y=y, **more)


def _fouled(game: Game, man: Man, index: int) -> None:
    """A foul on a shot: an extra free throw when it goes in, else as many as it was worth."""
    goes_in = game.rng.random() < _KINDS[index].and_one
    if goes_in:
        _made(game, man, index)
    fouler = game.fouler()
    game.foul(game.defence, fouler, man, "shooting")
    free_throws(game, man, 1 if goes_in else _value(index))


def free_throws(game: Game, man: Man, count: int) -> None:
    """A trip to the line; after a miss of the last throw the ball is live."""
    made = True
    for number in range(1, count + 1):
        if not made:
            game.log("rebound", "offensive", game.offence)
        made = game.rng.random() < man.traits.free_throw
        game.score[game.ball] += made
        label = f"{number} of {count}"
        game.log("free_throw", label, game.offence, man, is_made=made, shot_value=1)
    if made:
        game.give_ball(1 - game.ball, "dead")
        stoppage(game)
    else:
        replace_disqualified(game)
        rebound(game, _PLAY["free_throw_oreb"])


def rebound(game: Game, offence_chance: float) -> None:
    """A missed shot comes off the rim, to a player or out of bounds to a team."""
    if game.clock == 0:
        game.log("rebound", "defensive", game.defence)
    elif game.rng.random() < _PLAY["team_rebound"]:
        _team_rebound(game)
    else:
        _player_rebound(game, offence_chance)


def _team_rebound(game: Game) -> None:
    if game.rng.random() < _PLAY["team_rebound_offence"]:
        game.log("rebound", "offensive", game.offence)
        game.keep_ball("side")
    else:
        game.log("rebound", "defensive", game.defence)
        game.give_ball(1 - game.ball, "dead")
    stoppage(game)


def _player_rebound(game: Game, offence_chance: float) -> None:
    ours = offence_chance * game.offence.factor("oreb")
    theirs = (1 - offence_chance) * game.defence.factor("dreb")
    if game.rng.random() * (ours + theirs) < ours:
        game.log("rebound", "offensive", game.offence, game.offence.pick(game.rng, "oreb"))
        game.keep_ball("second")
    else:
        game.log("rebound", "defensive", game.defence, game.defence.pick(game.rng, "dreb"))
        game.give_ball(1 - game.ball, "rebound")
