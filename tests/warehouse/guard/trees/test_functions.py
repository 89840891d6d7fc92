"""What is on the list of functions is let in: each is called, in the words of a dialect that has it."""

import pytest
import sqlglot
from sqlglot import exp

from nba_mcp_synthesis.warehouse.guard.lists import load
from nba_mcp_synthesis.warehouse.guard.trees.gate import TreeGate
from nba_mcp_synthesis.warehouse.guard.trees.reader import _LISTS
from warehouse.guard.trees.calls import CALLS, calls, statement


@pytest.mark.parametrize(("dialect", "call"), [(d, call) for d in CALLS for call in calls(d)])
def test_a_function_of_the_list_comes_in(dialect: str, call: str) -> None:
    """As the engine's own manual writes it."""
    assert TreeGate(dialect).check(statement(call)).sql


def test_every_function_of_the_list_is_called() -> None:
    """A class that no dialect's words lead to would say something that is not so."""
    reached = {
        type(node).__name__
        for dialect in CALLS
        for call in calls(dialect)
        for node in sqlglot.parse_one(statement(call), dialect=dialect).walk()
    }
    assert set(_LISTS["functions"]) - reached == set()
    assert {name for name in _LISTS["functions"] if not hasattr(exp, name)} == set()


@pytest.mark.parametrize("dialect", CALLS)
def test_every_other_function_of_the_list_is_called(dialect: str) -> None:
    """And sqlglot knows none of them by a class, which would have to be on the other list."""
    called = {
        node.name.lower()
        for call in calls(dialect)
        for node in sqlglot.parse_one(statement(call), dialect=dialect).find_all(exp.Anonymous)
    }
    assert set(_LISTS["others"][dialect]) - called == set()


@pytest.mark.parametrize("dialect", CALLS)
def test_every_function_by_another_name_is_called(dialect: str) -> None:
    """Spark is asked for both names in the tests of its own."""
    renamed = load("trees/kept.toml")["renamed"][dialect]
    called = {call.casefold().partition("(")[0].strip() for call in calls(dialect)}
    assert set(renamed) - called == set()
