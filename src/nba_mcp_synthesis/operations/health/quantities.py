"""Amounts as Kubernetes writes them: 250m, 180Mi, 12345678n."""

_SUFFIXES = {
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
    """An amount in cores or bytes; ValueError for what is none."""
    digits = text.rstrip("numkKMGTi")
    suffix = text[len(digits) :]
    return float(digits) * (_SUFFIXES[suffix] if suffix else 1.0)
