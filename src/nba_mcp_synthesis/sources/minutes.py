"""Minutes of teams and players, in the forms in which sources write them, as decimals.

Players: `27:38`, `PT27M38.00S`, or nothing for who was not on the court. Teams: the minutes of all
players together (240, or 239 where each player's were rounded) or the length of the game (48.0).
"""

import re

from nba_mcp_synthesis.sources.values import Row, RowError, clock, number, optional, text

_ISO = re.compile(r"PT(\d{1,3})M(\d\d(?:\.\d+)?)S", re.ASCII)
_REGULATION = 240
_OVERTIME = 25
_LONGEST = 1000  # far more than any game
_MOST_ROUNDING = 6  # minutes that the rounded ones of a team's players are off together


def iso_minutes(row: Row, name: str) -> float:
    """Minutes as a decimal, from `PT27M38.00S`."""
    match = _ISO.fullmatch(text(row, name))
    if match is None:
        raise RowError(f"{name} is not minutes and seconds such as PT27M38.00S")
    return int(match[1]) + float(match[2]) / 60


def played(row: Row, name: str) -> float | None:
    """Minutes on the court in either form; None for a player who was not on it."""
    is_iso = str(row.get(name)).startswith("PT")
    minutes = iso_minutes(row, name) if is_iso else optional(clock, row, name)
    return minutes or None


def of_players(row: Row, name: str) -> float | None:
    """Minutes of a team's players together: 240 and 25 for each overtime.

    None where the published number is none of these even when rounding is allowed for.
    """
    minutes = optional(number, row, name)
    return None if minutes is None else whole_periods(minutes)


def of_game(row: Row, name: str) -> float | None:
    """The same, from the length of the game."""
    minutes = optional(number, row, name)
    return None if minutes is None else whole_periods(5 * minutes)


def periods(minutes: float) -> int:
    """Periods in the minutes of a team's players together."""
    return 4 + round((minutes - _REGULATION) / _OVERTIME)


def whole_periods(minutes: float) -> float | None:
    """The number of minutes in whole periods that is nearest; None when that is too far off."""
    if not 0 < minutes < _LONGEST:
        return None
    whole = _REGULATION + _OVERTIME * (periods(minutes) - 4)
    usable = whole >= _REGULATION and abs(minutes - whole) <= _MOST_ROUNDING
    return float(whole) if usable else None
