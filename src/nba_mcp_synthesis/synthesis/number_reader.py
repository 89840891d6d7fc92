"""A number as it is spoken, put together word by word: `two hundred and five`."""

_DOZEN, _HUNDRED, _THOUSAND = 12, 100, 1_000


class Spoken:
    """The number so far; `None` before its first word."""

    def __init__(self) -> None:
        self._above: float = 0.0  # thousands and more, which are complete
        self._below: float | None = None

    @property
    def value(self) -> float | None:
        """What the words so far say."""
        return None if self._below is None else self._above + self._below

    def goes_on_with(self, number: int, *, scales: bool) -> bool:
        """Whether a word belongs to this number; otherwise it begins another."""
        below = self._below
        if below is None:
            return True
        if scales:
            return below < number
        if below % _HUNDRED == 0:
            return number < _HUNDRED and bool(below or self._above)
        return below % 10 == 0 and below % _HUNDRED >= 20 and number < 10

    def add(self, number: int, *, scales: bool) -> None:
        """Takes a word in; `scales` says that it multiplies what stands before it."""
        if scales and number >= _THOUSAND:
            self._above, self._below = self._above + (self._below or 1) * number, 0.0
        elif scales:
            self._below = (self._below or 1) * number
        else:
            self._below = (self._below or 0) + number
