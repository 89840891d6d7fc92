"""The shape that all kinds of question share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.reading import Reading, Taking
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.facts import Proposal

Plan = TypeVar("Plan")


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that is of a family but for some tokens, which would have been ignored."""

    left: tuple[Token, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Family(Generic[Plan]):
    """One kind of question: how it is recognised, and how it is answered.

    `match` takes from a question all tokens that it will answer for, or gives None when the question
    is of another kind. `answer` runs the queries. `example` is a question of this family.
    """

    match: Callable[[Taking], Plan | None]
    answer: Callable[[Plan, Context], Proposal]
    example: str

    def reply(self, reading: Reading, context: Context) -> Proposal | Miss | None:
        """The answer; what would have been ignored; or None when this is another kind of question.

        Here is the one place that keeps the most important rule: nothing of a question is ignored.
        """
        taking = Taking(reading)
        plan = self.match(taking)
        if plan is None:
            return None
        if taking.left:
            return Miss(tuple(taking.left), self.example)
        return self.answer(plan, context)
