"""Time played in a game."""

QUARTER = 720
OVERTIME = 300


def length(period: int) -> int:
    """Seconds in a period: twelve minutes, five in an overtime."""
    return QUARTER if period <= 4 else OVERTIME


def elapsed(period: int, clock_seconds: float) -> float:
    """Seconds played in the game when the clock of a period shows so many left."""
    before = sum(length(earlier) for earlier in range(1, period))
    return round(before + length(period) - clock_seconds, 2)
