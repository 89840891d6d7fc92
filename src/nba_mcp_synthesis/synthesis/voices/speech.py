"""What a voice is told, what it may call, and the form in which it has to answer."""

from functools import cache
from typing import Annotated

from pydantic import BaseModel, Field
from pydantic_ai import Agent, ModelRetry, RunContext, ToolOutput

from nba_mcp_synthesis.basketball.primer import primer
from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.facts import Claim
from nba_mcp_synthesis.synthesis.claims import settled
from nba_mcp_synthesis.synthesis.threads import in_thread
from nba_mcp_synthesis.synthesis.voices.desk import Desk
from nba_mcp_synthesis.synthesis.voices.metered import MOST_OUTPUT_TOKENS

Words = list[str]
_RULES = """\
You answer one question about these data. Query first; every figure you give is checked by running its query
again, and one that no query returned is thrown away.
- Prefer query_stats. Write SQL only for what it cannot say, and name its columns as measures are named.
- Compute in the query, never in your head. Write no figure into SQL that the question does not hold.
- figures: each number of the answer: the name in the row, the column, the value as returned, the evidence id.
  The figures that answer the question come first.
- answer: one to three short sentences with those figures, rounded as usual. No figure that is not listed.
- assumptions: what the question left open, and how you took it.
- What the data cannot tell (awards, salaries, injuries, betting, the future), or what you could not find:
  leave answer and figures empty and say why in abstention.
"""
_TOOL_RETRIES, _ANSWER_RETRIES = 2, 2


class Figure(BaseModel):
    """One number of the answer, as a row of a query has it."""

    entity: Annotated[str | None, Field(description="Name as in the row; none for a bare count")] = None
    measure: Annotated[str, Field(description="Name of the column")]
    value: Annotated[float | int | str, Field(description="As the query returned it")]
    evidence: Annotated[str, Field(description="Id of the query, such as e1")]


class Said(BaseModel):
    """The answer with its figures, or why there is none."""

    answer: str = ""
    figures: list[Figure] = []
    assumptions: list[str] = []
    abstention: str = ""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The figures as records; their units are found with their values."""
        return tuple(Claim(f.entity, f.measure, f.value, "", f.evidence) for f in self.figures)


@cache
def speaker() -> "Agent[Desk, Said]":
    """The agent that every voice is: which model it is is told when it runs."""
    agent: Agent[Desk, Said] = Agent(
        # named, so that the library need not find out before each request which form the model can fill in
        output_type=ToolOutput(Said),
        deps_type=Desk,
        instructions=f"{_RULES}\n{primer()}",
        tools=[find, describe, query_stats, query_sql],
        retries={"tools": _TOOL_RETRIES, "output": _ANSWER_RETRIES},
        model_settings={"max_tokens": MOST_OUTPUT_TOKENS, "temperature": 0.0},
    )
    agent.output_validator(checked)
    return agent


async def find(desk: RunContext[Desk], name: str) -> str:
    """Find players and teams by name, nickname or misspelling, with their ids."""
    return await in_thread(desk.deps.find, name)


async def describe(desk: RunContext[Desk], table: str = "") -> str:
    """List the tables, or the columns of one with their meaning. Read it before writing SQL."""
    return await in_thread(desk.deps.describe, table)


async def query_stats(
    desk: RunContext[Desk],
    measures: Words,
    by: Words = [],
    where: Words = [],
    having: Words = [],
    order_by: Words = [],
    limit: int | None = None,
    season: str | None = None,
    season_type: str | None = None,
    last: int | None = None,
    qualifier: bool = True,
) -> str:
    """Compute measures by dimensions; the SQL is written for you and is right.

    where: such as team=LAL, location=home, pts>=40 (a game). having: on results, such as gp>=20. order_by:
    names, - for descending. limit: ranks of a board. last: newest games of each. season: 2025-26,
    2019-20..2023-24 or all.
    """
    request = StatRequest(
        tuple(measures), tuple(by), tuple(where), tuple(having), tuple(order_by),
        season, season_type, limit, last, qualifier,
    )  # fmt: skip
    return await in_thread(desk.deps.query_stats, request)


async def query_sql(desk: RunContext[Desk], sql: str) -> str:
    """Run one SELECT. Filter on season ('2025-26') and season_type ('Regular Season', 'Playoffs')."""
    return await in_thread(desk.deps.query_sql, sql)


def checked(desk: RunContext[Desk], said: Said) -> Said:
    """Sends an answer back once or twice while its figures are not in its queries; then it goes as it is."""
    if said.abstention or desk.retry >= _ANSWER_RETRIES:
        return said
    if not said.figures:
        raise ModelRetry("List the figures of the answer, or say in abstention why there is none.")
    _, failures = settled(said.claims, desk.deps.evidence)
    if failures:
        raise ModelRetry(" ".join(failures))
    return said
