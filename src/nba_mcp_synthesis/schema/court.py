"""Zone, value and distance of a shot from its place on the court.

Places are in the NBA's frame: tenths of a foot from the rim, x along the baseline (negative = left
as seen from the middle of the court), y up the court (negative = behind the rim). The borders are
those of the NBA's shot charts; the three-point arc is 23 ft 9 in and its straight part 22 ft away.
"""

import math
from typing import Final

RESTRICTED: Final = "Restricted Area"
PAINT: Final = "In The Paint (Non-RA)"
MID_RANGE: Final = "Mid-Range"
LEFT_CORNER: Final = "Left Corner 3"
RIGHT_CORNER: Final = "Right Corner 3"
ABOVE_BREAK: Final = "Above the Break 3"
BACKCOURT: Final = "Backcourt"
ZONES: Final = (
    RESTRICTED,
    PAINT,
    MID_RANGE,
    LEFT_CORNER,
    RIGHT_CORNER,
    ABOVE_BREAK,
    BACKCOURT,
)

CORNER_X: Final = 220.0
CORNER_Y: Final = 92.5
ARC: Final = 237.5
HALFWAY_Y: Final = 417.5
RESTRICTED_RADIUS: Final = 40.0
PAINT_X: Final = 80.0
PAINT_Y: Final = 137.5


def zone(x: float, y: float) -> str:
    """Name of the zone, one of `ZONES`, for a place in tenths of a foot."""
    if y > HALFWAY_Y:
        return BACKCOURT
    if y <= CORNER_Y and abs(x) >= CORNER_X:
        return LEFT_CORNER if x < 0 else RIGHT_CORNER
    squared = x * x + y * y
    if y > CORNER_Y and squared >= ARC * ARC:
        return ABOVE_BREAK
    if squared <= RESTRICTED_RADIUS * RESTRICTED_RADIUS:
        return RESTRICTED
    return PAINT if abs(x) <= PAINT_X and y <= PAINT_Y else MID_RANGE


def shot_value(x: float, y: float) -> int:
    """Points that a made field goal from a place counts: 3 from the three-point zones, else 2."""
    return 2 if zone(x, y) in (RESTRICTED, PAINT, MID_RANGE) else 3


def distance_ft(x: float, y: float) -> float:
    """Feet from the rim: sqrt(x^2 + y^2) / 10."""
    return math.hypot(x, y) / 10
