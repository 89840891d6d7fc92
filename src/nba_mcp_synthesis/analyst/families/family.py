"""The shape that all kinds of question share."""

from collections.abc import Callable
from dataclasses import dataclass

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.facts import Proposal


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that is of a family but for some tokens, which would have been ignored."""

    family: str
    left: tuple[Token, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of question: `fits` says that a question is of it, `answer` runs the queries.

    `uses` are the slots that it answers for, `example` is a question of this family.
    """

    name: str
    fits: Callable[[Frame], bool]
    answer: Callable[[Frame, Context], Proposal]
    uses: tuple[str, ...]
    example: str

    def reply(self, frame: Frame, context: Context) -> Proposal | Miss | None:
        """The answer; what would have been ignored; or None when this is another kind of question.

        Here is the one place that keeps the most important rule: nothing of a question is ignored.
        """
        if not self.fits(frame):
            return None
        left = frame.beyond(self.uses)
        context.explained.append(_explained(self.name, frame, left))
        if left:
            return Miss(self.name, tuple(left), self.example)
        return self.answer(frame, context)


def _explained(name: str, frame: Frame, left: list[Token]) -> str:
    read = ", ".join(f"{token.text!r} as {slot}" for slot, found in frame.slots.items() for token in found)
    rest = f", but that leaves {', '.join(repr(token.text) for token in left)}" if left else ""
    return f"Taken as a question about {name}: {read}{rest}."
