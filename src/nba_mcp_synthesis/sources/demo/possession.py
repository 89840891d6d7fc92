"""One play: how long it takes, and whether it ends in a turnover, a foul or a shot."""

from typing import Final

from nba_mcp_synthesis.sources.demo.floor import Game
from nba_mcp_synthesis.sources.demo.lineup import Man
from nba_mcp_synthesis.sources.demo.parameters import parameters
from nba_mcp_synthesis.sources.demo.rotation import stoppage
from nba_mcp_synthesis.sources.demo.shooting import attempt, free_throws

_PLAY: Final = parameters("play")
_SECONDS: Final = parameters("seconds")
_STOLEN: Final = ("bad pass", "bad pass", "lost ball")
_OTHERWISE: Final = ("bad pass", "out of bounds", "traveling", "lost ball", "3 second violation")
_TEAM: Final = ("5 second violation", "8 second violation")

_CHASE_CLOSE: Final = 20  # seconds left when a team one possession behind begins to foul …
_CHASE_FAR: Final = 45  # … and one further behind, up to the lead that is given up
_HOPELESS: Final = 9


def play(game: Game) -> None:
    """One play of the team with the ball, at least a second long."""
    if _chases(game):
        game.spend(min(game.clock, game.shot_clock, game.rng.randint(1, 4)))
        _common_foul(game, game.offence.pick(game.rng, "usage"))
        return
    seconds = _seconds(game)
    if seconds is None:
        game.spend(game.clock)
        return
    game.spend(seconds)
    _end(game, game.offence.pick(game.rng, "usage"))


def _end(game: Game, man: Man) -> None:
    chance = game.rng.random()
    turnover = _PLAY["turnover"] * man.traits.turnover * game.defence.factor("steal") ** 0.5
    if game.clock <= 1:
        attempt(game, man)
    elif chance < turnover:
        _lose_ball(game, man)
    elif chance < turnover + _PLAY["offensive_foul"]:
        _offensive_foul(game, man)
    elif chance < turnover + _PLAY["offensive_foul"] + _PLAY["common_foul"]:
        _common_foul(game, man)
    else:
        attempt(game, man)


def _chases(game: Game) -> bool:
    """Whether the defence, behind at the very end, fouls to stop the clock."""
    soon = _CHASE_CLOSE if game.lead <= 3 else _CHASE_FAR
    return game.is_closing and 3 <= game.clock <= soon and 1 <= game.lead <= _HOPELESS


def _seconds(game: Game) -> int | None:
    """Seconds until the play ends; None when the offence lets the period run out."""
    rng = game.rng
    if game.clock <= 2 and game.start != "second":
        return _heave(game)
    mean, deviation = _SECONDS[game.start]
    usual = round(rng.gauss(mean + game.offence.pace, deviation))
    usual = max(1, min(usual, game.shot_clock))
    if game.is_closing and game.lead < -3 and game.clock <= 60:
        usual = min(usual, rng.randint(2, 9))
    elif game.clock <= game.shot_clock:
        if game.is_closing and game.lead > 0:
            return None
        usual = game.clock - rng.randint(0, 4)
    return max(1, min(usual, game.clock))


def _heave(game: Game) -> int | None:
    """No time to cross the court: a shot from afar, or none at all."""
    if game.rng.random() > _PLAY["heave"]:
        return None
    game.start = "heave"
    return game.clock


def _lose_ball(game: Game, man: Man) -> None:
    rng = game.rng
    offence = game.offence
    if rng.random() < _PLAY["team_turnover"]:
        subtype = "shot clock" if game.shot_clock == 0 else rng.choice(_TEAM)
        game.log("turnover", subtype, offence)
        _dead_ball(game)
    elif rng.random() < _PLAY["stolen"]:
        thief = game.defence.pick(rng, "steal").traits.player_id
        game.log("turnover", rng.choice(_STOLEN), offence, man, steal_player_id=thief)
        game.give_ball(1 - game.ball, "steal")
    else:
        game.log("turnover", rng.choice(_OTHERWISE), offence, man)
        _dead_ball(game)


def _dead_ball(game: Game) -> None:
    game.give_ball(1 - game.ball, "dead")
    stoppage(game)


def _offensive_foul(game: Game, man: Man) -> None:
    defender = game.defence.pick(game.rng, "fouling")
    game.foul(game.offence, man, defender, "offensive")
    game.log("turnover", "offensive foul", game.offence, man)
    _dead_ball(game)


def _common_foul(game: Game, man: Man) -> None:
    fouler = game.fouler()
    game.foul(game.defence, fouler, man, "personal")
    if game.in_bonus(game.defence):
        free_throws(game, man, 2)
    else:
        game.keep_ball("side")
        stoppage(game)
