"""Figures as people read them."""

_MINUTE, _HOUR = 60, 3_600
_NEARLY_ONE = 0.9995  # what three figures show as the next unit


def seconds(value: float | None) -> str:
    """12 ms, 1.25 s, 3.5 min, 720 h; a dash for none."""
    if value is None:
        return "–"
    if value < _NEARLY_ONE:
        return f"{_three(value * 1_000)} ms"
    if value < 2 * _MINUTE:
        return f"{_three(value)} s"
    return f"{_three(value / _MINUTE)} min" if value < 2 * _HOUR else f"{_three(value / _HOUR)} h"


def share(value: float | None) -> str:
    """A share of 0 to 1 as 12.3 %."""
    return "–" if value is None else f"{100 * value:.2f} %" if 0 < value < 0.01 else f"{100 * value:.1f} %"


def dollars(value: float | None) -> str:
    """Dollars with cents; with more figures below a dollar, since an answer costs less than a cent."""
    if value is None:
        return "–"
    return f"${value:,.2f}" if value == 0 or abs(value) >= 1 else f"${value:.4f}"


def number(value: float | None) -> str:
    """Counts as 1,234; others with three figures."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) else _three(value)


def _three(value: float) -> str:
    """Three figures; all before the point, and never a power of ten."""
    return f"{value:,.0f}" if abs(value) >= 1_000 * _NEARLY_ONE else f"{value:.3g}"


def change(now: float | None, before: float | None) -> str:
    """How much more or less than before, as +12 %."""
    if now is None or before is None:
        return "–"
    if not before:
        return "as before" if not now else "new"
    return f"{100 * (now - before) / before:+.0f} %"


def size(count: float | None) -> str:
    """Bytes as 1.2 GiB."""
    if count is None:
        return "–"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(count) < 1_024:
            return f"{_three(count)} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= 1_024
    return f"{_three(count)} TiB"


def plural(count: int, noun: str) -> str:
    """1 step, 2 steps."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
