"""Where shots are taken: a place in the NBA's frame for each kind of shot."""

import math
from random import Random

from nba_mcp_synthesis.schema import court

_SIDELINE = 250
_BASELINE = -52
_ZONES = {
    "rim": (court.RESTRICTED,),
    "short": (court.PAINT,),
    "mid": (court.MID_RANGE,),
    "corner": (court.LEFT_CORNER, court.RIGHT_CORNER),
    "above": (court.ABOVE_BREAK,),
    "heave": (court.BACKCOURT,),
}


def place(rng: Random, kind: str) -> tuple[int, int]:
    """A place (x, y) in tenths of a foot, on the court and in a zone of this kind of shot."""
    while True:
        x, y = _DRAWS[kind](rng)
        if abs(x) <= _SIDELINE and y >= _BASELINE and court.zone(x, y) in _ZONES[kind]:
            return x, y


def _around(rng: Random, radius: float, low: float, high: float) -> tuple[int, int]:
    """A place at that distance, at an angle in degrees from the right-hand baseline."""
    angle = math.radians(rng.uniform(low, high))
    return round(radius * math.cos(angle)), round(radius * math.sin(angle))


def _rim(rng: Random) -> tuple[int, int]:
    return _around(rng, rng.triangular(0, 40, 12), -40, 220)


def _short(rng: Random) -> tuple[int, int]:
    return _around(rng, rng.triangular(40, 150, 70), -15, 195)


def _mid(rng: Random) -> tuple[int, int]:
    return _around(rng, rng.uniform(80, 235), -5, 185)


def _corner(rng: Random) -> tuple[int, int]:
    return rng.choice((-1, 1)) * round(rng.triangular(220, 245, 228)), rng.randint(-40, 92)


def _above(rng: Random) -> tuple[int, int]:
    return _around(rng, min(238 + rng.expovariate(1 / 15), 340), 22, 158)


def _heave(rng: Random) -> tuple[int, int]:
    return round(rng.gauss(0, 90)), rng.randint(418, 700)


_DRAWS = {"rim": _rim, "short": _short, "mid": _mid, "corner": _corner, "above": _above, "heave": _heave}
