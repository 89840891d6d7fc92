"""Quantities as Kubernetes writes them: 250m of a core, 512Mi of memory."""

_UNITS = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
}


def quantity(text: str) -> float:
    """Cores or bytes; raises ValueError."""
    for suffix in sorted(_UNITS, key=len, reverse=True):
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * _UNITS[suffix]
    return float(text)


def cores(value: float | None) -> str:
    """250m; a dash for none."""
    return "–" if value is None else f"{value * 1_000:.0f}m"
