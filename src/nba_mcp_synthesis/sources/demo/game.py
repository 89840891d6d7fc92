"""A whole game: four quarters and as many overtimes as it takes."""

from random import Random

from nba_mcp_synthesis.sources.demo.events import Event
from nba_mcp_synthesis.sources.demo.floor import Game
from nba_mcp_synthesis.sources.demo.lineup import Sheet, Side
from nba_mcp_synthesis.sources.demo.possession import play
from nba_mcp_synthesis.sources.demo.rotation import open_period

QUARTER = 720  # seconds
OVERTIME = 300


def play_game(rng: Random, home: Sheet, away: Sheet) -> list[Event]:
    """The events of one game, in order."""
    game = Game(rng, Side(home), Side(away))
    tip = 0
    while game.period < 4 or game.score[0] == game.score[1]:
        game.period += 1
        game.clock = QUARTER if game.period <= 4 else OVERTIME
        game.log("period_start", None)
        open_period(game)
        if game.period == 1 or game.period > 4:
            tip = _jump_ball(game)
        game.give_ball(_first_ball(game.period, tip), "dead")
        while game.clock:
            play(game)
        game.log("period_end", None)
    return game.events


def _jump_ball(game: Game) -> int:
    """Index of the side that wins the tip."""
    winner = game.rng.randrange(2)
    tallest = game.sides[winner].five[-1]
    game.log("jump_ball", None, game.sides[winner], tallest)
    return winner


def _first_ball(period: int, tip: int) -> int:
    """The loser of the tip starts the second and third quarter with the ball."""
    return 1 - tip if period in (2, 3) else tip
