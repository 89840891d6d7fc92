"""Precedence: later levels fill only what earlier ones lack, whatever lies where."""

import itertools
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from nba_mcp_synthesis.secrets.manifest import parse
from nba_mcp_synthesis.secrets.names import CONTEXTS
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
