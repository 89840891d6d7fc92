"""Panels as hypothesis draws them: what each voice says of which query, and where it lies."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from nba_mcp_synthesis.facts import Evidence, Proposal
from scripted.voices import INVENTING, QUERIES, REQUESTS, Script, answer_of, claim_of

PEOPLE = (
    "Ada Test",
    "Ben Test",
    "Cid Sample",
    "Dag Sample",
    "Boston Celtics",
    "Los Angeles Lakers",
    "Zed Nobody",
)
IDS = [f"e{n}" for n in range(1, len((*REQUESTS, *QUERIES, *INVENTING)) + 2)]  # the last one does not exist
SAID = (
    "31.2", "777", "1,234", "61 %", "-9.5", "\uff13\uff11", "½", "³", "Ⅻ", "MCM", "31k", "1e3", "3I",
    "30-35", "61st", "sixty-one", "thirtyone", "two hundred and five", "a dozen", "twice as many as Ben Test",
    "a third", "half of it", "sevenfold", "nineteenth", "220", "200", "125.0", "66.7", "108.3", "41.7 %",
    "50 %", "3", "2", "three", "two", "2 0", "2\u200b1",
)  # fmt: skip
SHAPES = (
    "{who} had {n} points.", "{who} had {n} assists.", "{who} had {n}.", "He had {n} points.",
    "With {n}, {who} led.",
    "The most was {n}.", "{who} beat {other} by {n}.", "{who} and {other} had {n} and 200.",
    "In 2031-32 {who} had {n}.",
    "{who} had {n} on November 3.", "At least {n} games were needed.", "{who} led all.", "{n}", "",
)  # fmt: skip


sentences = st.builds(
    lambda shape, who, other, n: shape.format(who=who, other=other, n=n),
    st.sampled_from(SHAPES), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from(SAID),
)  # fmt: skip
prose = st.lists(sentences, max_size=3).map(" ".join)
# (evidence, row, column), and what a lying voice changes about it
cells = st.tuples(st.sampled_from(IDS[:-1]), st.integers(0, 3), st.integers(0, 3))
lies = st.fixed_dictionaries(
    {},
    optional={
        "entity": st.sampled_from([*PEOPLE, None, "Ada Test 31", "31", ""]),
        "measure": st.sampled_from(["pts", "pts_31", "fg3_31.2", "thirty_one", "wins 61", "PTS", ""]),
        "value": st.sampled_from(
            [31.2, 777, 200, 220, "31.2", "sixty-one", "nan", "1e999", -1, 0.5, 50, "Ada Test"]
        ),
        "evidence": st.sampled_from([*IDS, "", "31"]),
    },
)
claims = st.lists(st.tuples(cells, st.one_of(st.just({}), lies)), max_size=4)
errors = st.sampled_from([TimeoutError(), asyncio.CancelledError(), ValueError("31.2"), None])
voice = st.tuples(
    st.integers(0, 3), st.sampled_from(["answer", "answer", "answer", "abstain", "fault"]), prose, claims,
    st.lists(sentences, max_size=2), errors,
)  # fmt: skip
panels = st.tuples(st.lists(voice, min_size=1, max_size=4), st.integers(0, 2), st.one_of(st.none(), prose))
# (what each voice does, how many of them make the first round, what the writing model says)
Panel = tuple[list[Any], int, str | None]


def script_of(drawn: Any, evidence: Mapping[str, Evidence]) -> Script:
    """The script of a drawn voice."""
    turns, kind, text, drawn_claims, assumptions, error = drawn
    if kind == "fault":
        return Script(turns, None, error)
    if kind == "abstain" or not drawn_claims:
        return Script(turns, Proposal("", "refused", text))
    made = [replace(claim_of(evidence[of], row, column), **lie) for (of, row, column), lie in drawn_claims]
    return Script(turns, answer_of(text, made, evidence, assumptions))
