"""Precedence: later levels fill only what earlier ones lack, whatever lies where."""

import itertools
import tempfile
from collections.abc import Collection
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from nba_mcp_synthesis.secrets.gathering import gather
from nba_mcp_synthesis.secrets.manifest import parse
from nba_mcp_synthesis.secrets.names import CONTEXTS
from nba_mcp_synthesis.secrets.records import Held, Reading
from secret_ground import PROJECT, Ground

NAMES = ("DB_PASSWORD", "API_KEY", "TOKEN")
MANIFEST = parse("".join(f"[{n}]\nabout = '{n}'\nkind = 'text'\nowner = 'me'\n" for n in NAMES))
LEVELS = ("environment", "mounted files", "folder")
# Where a value may lie: level, whether under the whole name, context.
Spot = tuple[str, bool, str]
spots = st.tuples(st.sampled_from(LEVELS), st.booleans(), st.sampled_from(CONTEXTS))
plans = st.dictionaries(st.tuples(st.sampled_from(NAMES), spots), st.text("abc123", min_size=1), max_size=12)


def called(name: str, spot: Spot) -> str:
    """The name under which a value lies at a spot."""
    whole = f"{name}_{PROJECT}_{spot[2]}".replace("-", "_").upper()
    return whole if spot[1] else name


def lay(ground: Ground, plan: dict[tuple[str, Spot], str]) -> None:
    """Puts every value where the plan says."""
    for (name, spot), value in plan.items():
        level, _, context = spot
        if level == "environment":
            ground.environ[called(name, spot)] = value
        elif level == "mounted files":
            ground.mount(called(name, spot), value)
        else:
            ground.file(called(name, spot), value, context)


def expected(plan: dict[tuple[str, Spot], str], name: str, context: str) -> str | None:
    """The value by the rule as written: level by level, the whole name before the short one."""
    laid = {}
    for (of, spot), value in plan.items():
        where = (spot[0], called(of, spot), spot[2] if spot[0] == "folder" else "")
        laid[where] = value  # the environment and mounts know no contexts: a short name is there once
    for level, whole in itertools.product(LEVELS, (True, False)):
        where = (level, called(name, (level, whole, context)), context if level == "folder" else "")
        if where in laid:
            return laid[where]
    return None


@settings(max_examples=150, deadline=None)
@given(plans, st.sampled_from(CONTEXTS))
def test_each_secret_is_that_of_the_first_level_that_has_it(
    plan: dict[tuple[str, Spot], str], context: str
) -> None:
    """Compared with the rule written a second time, over levels, names and contexts at once."""
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Path(folder))
        lay(ground, plan)
        manager = ground.manager(MANIFEST)
        manager.load_secrets_hierarchical(context)
        for name in NAMES:
            found = manager.get(name)
            assert (found.get_secret_value() if found else None) == expected(plan, name, context)


class Kept:
    """A level in memory, which remembers what it was asked for."""

    def __init__(self, number: int, values: dict[str, str], *, costly: bool) -> None:
        self.name, self.costly = f"level {number}", costly
        self._values = values
        self.asked: set[str] = set()

    def read(self, wanted: Collection[str]) -> Reading:
        """What it has of that."""
        self.asked = set(wanted)
        held = (Held(n, SecretStr(v), self.name, self.name) for n, v in self._values.items() if n in wanted)
        return Reading(tuple(held))

    def tried(self, name: str) -> str:
        """Nowhere else."""
        return f"{self.name} {name}"


kept = st.tuples(st.dictionaries(st.sampled_from(NAMES), st.text("abc", min_size=1)), st.booleans())


@given(st.lists(kept, max_size=6))
def test_any_number_of_levels_fill_each_other_up(laid: list[tuple[dict[str, str], bool]]) -> None:
    """The first that has a secret wins, the rest lie beneath; costly levels are asked for what lacks."""
    levels = [Kept(n, values, costly=costly) for n, (values, costly) in enumerate(laid)]
    found = gather(levels, MANIFEST)
    before: set[str] = set()
    for level, (values, costly) in zip(levels, laid, strict=True):
        assert level.asked == (set(NAMES) - before if costly else set(NAMES))
        for name in set(values) - before:
            assert found.held[name].value.get_secret_value() == values[name]
            assert found.held[name].level == level.name
        before |= set(values)
    assert set(found.held) == before
    hidden = {(h.name, h.level) for h in found.shadowed}
    assert not hidden & {(h.name, h.level) for h in found.held.values()}


@settings(max_examples=80, deadline=None)
@given(plans, st.sampled_from(CONTEXTS))
def test_no_context_falls_through_to_another(plan: dict[tuple[str, Spot], str], context: str) -> None:
    """What lies under another context's names changes nothing."""
    own = {k: v for k, v in plan.items() if k[1][2] == context}
    foreign = {k: v for k, v in plan.items() if k[1][2] != context and (k[1][1] or k[1][0] == "folder")}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        with_own, with_both = Ground(Path(one)), Ground(Path(other))
        lay(with_own, own)
        lay(with_both, {**foreign, **own})
        found = []
        for ground in (with_own, with_both):
            manager = ground.manager(MANIFEST)
            manager.load_secrets_hierarchical(context)
            found.append({name: manager.get(name) for name in NAMES})
        assert found[0] == found[1]
