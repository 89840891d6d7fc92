"""Names near a mistyped one, for hints."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The known names that look most like `name`, best first; none when nothing does."""
    found = process.extract(
        name, list(known), scorer=OSA.normalized_similarity, score_cutoff=0.5, limit=limit
    )
    return [near for near, _, _ in found]
