"""A runbook page as somebody on call reads it: commands to look with, and steps by what these print."""

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_STEP = re.compile(r"^\d+\. ", re.MULTILINE)
_WORDS = re.compile(r"^((?:`[^`\n]+`(?:, | or )?)+):")


@dataclass(frozen=True)
class Step:
    """A numbered step, for whoever saw one of `words` printed by Diagnosis; without words for everybody."""

    text: str
    words: tuple[str, ...]
    commands: tuple[str, ...]

    def fits(self, printed: str) -> bool:
        """Whether what was printed has one of the words."""
        return any(word in printed for word in self.words)


@dataclass(frozen=True)
class Page:
    """The page of an alert."""

    title: str
    text: str
    diagnosis: tuple[str, ...]
    steps: tuple[Step, ...]

    def steps_for(self, printed: str) -> list[Step]:
        """Steps whose word was printed, in their order; where there is none, those without a word."""
        return [s for s in self.steps if s.fits(printed)] or [s for s in self.steps if not s.words]


def sections(text: str) -> dict[str, str]:
    """The text below each heading of the second rank."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def commands(text: str) -> tuple[str, ...]:
    """Fenced blocks of shell commands, without the indent of the list that they stand in."""
    found = [m for m in FENCE.finditer(text) if m[2] == "sh"]
    return tuple(re.sub(rf"^{m[1]}", "", m[3], flags=re.MULTILINE).strip() for m in found)


def read(path: Path) -> Page:
    """The page in a file; raises ValueError where it lacks Diagnosis or Mitigation."""
    text = path.read_text("utf-8")
    found = sections(text)
    if missing := {"Diagnosis", "Mitigation"} - found.keys():
        raise ValueError(f"{path.name} has no section {' and '.join(sorted(missing))}")
    steps = [_step(part) for part in _STEP.split(found["Mitigation"])[1:]]
    title = text.splitlines()[0].lstrip("# ")
    return Page(title, text, commands(found["Diagnosis"]), tuple(steps))


def _step(text: str) -> Step:
    match = _WORDS.match(text)
    words = tuple(re.findall(r"`([^`]+)`", match[1])) if match else ()
    return Step(text.strip(), words, commands(text))
