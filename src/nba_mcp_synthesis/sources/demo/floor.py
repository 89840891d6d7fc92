"""The state of a game in progress: clock, score, ball, and the events so far."""

from random import Random
from typing import Any, Final

from nba_mcp_synthesis.sources.demo.events import Event
from nba_mcp_synthesis.sources.demo.lineup import Man, Side

SHOT_CLOCK: Final = 24
SHORT_SHOT_CLOCK: Final = 14
LATE: Final = 120  # seconds: the last two minutes of a period have a foul limit of their own

_CAREFUL_FROM: Final = 4  # fouls
_CARE: Final = 0.6


class Game:
    """Mutable; times are whole seconds. `ball` is the index of the offence in `sides`.

    `start` says how the present play began: dead (inbounds with a new shot clock), side (inbounds
    with the rest of it), rebound, steal, or second (after an offensive rebound).
    """

    def __init__(self, rng: Random, home: Side, away: Side) -> None:
        self.rng = rng
        self.sides = (home, away)
        self.score = [0, 0]
        self.period = 0
        self.clock = 0
        self.elapsed = 0
        self.ball = 0
        self.start = "dead"
        self.shot_clock = SHOT_CLOCK
        self.timeouts_due: list[int] = []
        self.events: list[Event] = []

    @property
    def offence(self) -> Side:
        """The team with the ball."""
        return self.sides[self.ball]

    @property
    def defence(self) -> Side:
        """The other team."""
        return self.sides[1 - self.ball]

    @property
    def lead(self) -> int:
        """Points by which the offence leads."""
        return self.score[self.ball] - self.score[1 - self.ball]

    @property
    def is_closing(self) -> bool:
        """Fourth quarter or overtime: the score decides how teams play when time runs out."""
        return self.period >= 4

    def spend(self, seconds: int) -> None:
        """Let time pass."""
        self.clock -= seconds
        self.elapsed += seconds
        self.shot_clock -= seconds

    def give_ball(self, to: int, start: str) -> None:
        """A new possession."""
        self.ball = to
        self.start = start
        self.shot_clock = SHOT_CLOCK

    def keep_ball(self, start: str) -> None:
        """The same possession goes on, with at least the short shot clock."""
        self.start = start
        self.shot_clock = max(self.shot_clock, SHORT_SHOT_CLOCK)

    def log(
        self, kind: str, subtype: str | None, side: Side | None = None, man: Man | None = None, **more: Any
    ) -> None:
        """Write an event down, with the clock and score of this moment."""
        self.events.append(
            Event(
                self.period,
                self.clock,
                kind,
                subtype,
                self.score[0],
                self.score[1],
                side.team_id if side else None,
                man.traits.player_id if man else None,
                **more,
            )
        )

    def fouler(self) -> Man:
        """Who of the defence fouls; players near their last foul take care."""
        man = self.defence.pick(self.rng, "fouling")
        careful = man.fouls >= _CAREFUL_FROM and self.rng.random() < _CARE
        return self.defence.pick(self.rng, "fouling") if careful else man

    def foul(self, side: Side, fouler: Man, fouled: Man, subtype: str) -> None:
        """Charge a personal foul, and a team foul unless it is the offence's."""
        fouler.fouls += 1
        self.log("foul", subtype, side, fouler, fouled_player_id=fouled.traits.player_id)
        if subtype != "offensive":
            side.team_fouls += 1
            side.late_fouls += self.clock <= LATE

    def in_bonus(self, side: Side) -> bool:
        """Whether the fouls of this side now give free throws.

        The fifth of a quarter does, the fourth of an overtime, the second of the last two minutes.
        """
        limit = 4 if self.period <= 4 else 3
        return side.team_fouls > limit or side.late_fouls > 1
