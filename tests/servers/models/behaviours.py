"""Ways in which a model behaves, right and wrong, over the tools that the product gives each voice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from servers.models.outputs import PER_TURN, Kinds, changed, finishes, repeating, with_output
from servers.models.replies import Answer, Call, Reply, Usage, calls, drips, later
from servers.models.seen import Seen

Behaviour = Callable[[Seen], Reply]
Fields = Mapping[str, Any] | Callable[[Seen], Mapping[str, Any]]
Step = Call | Sequence[Call]


def right(*steps: Step, answer: Fields, usage: Usage = PER_TURN, model: str = "") -> Behaviour:
    """Takes the steps, each one call or several at once, and then answers by what the tools said."""

    def behave(seen: Seen) -> Reply:
        if seen.turn <= len(steps):
            step = steps[seen.turn - 1]
            made = calls(*([step] if isinstance(step, Call) else step), usage=usage)
        else:
            made = finishes(seen, answer(seen) if callable(answer) else answer, usage)
        return _of(made, model=model)

    return behave


def inventing(fields: Mapping[str, Any], usage: Usage = PER_TURN) -> Behaviour:
    """Answers at once, with numbers that no tool has told it."""
    return right(answer=fields, usage=usage)


def altering(
    behaviour: Behaviour,
    change: Callable[[Any], Any],
    *only: str,
    kinds: Kinds = (int, float),
) -> Behaviour:
    """Behaves so, but changes every number of its final output, or those in some fields; or its texts."""
    fields = frozenset(only) or None

    def behave(seen: Seen) -> Reply:
        return with_output(behaviour(seen), seen, lambda found: changed(found, change, fields, kinds))

    return behave


def contradicting(behaviour: Behaviour, *fields: str, by: float = 1) -> Behaviour:
    """Says one number in these fields and another in the rest."""
    return altering(behaviour, lambda number: number + by, *fields)


def wavering(*behaviours: Behaviour) -> Behaviour:
    """Each conversation of this peer behaves like the next of these: the same question, another answer."""
    begun: dict[int, Behaviour] = {}

    def behave(seen: Seen) -> Reply:
        if seen.began not in begun:
            begun[seen.began] = behaviours[len(begun) % len(behaviours)]
        return begun[seen.began](seen)

    return behave


def obeying(
    behaviour: Behaviour, marker: str, fields: Callable[[str], Mapping[str, Any]] | None = None
) -> Behaviour:
    """Behaves so until a tool's result holds the marker; then repeats what was injected after it."""

    def behave(seen: Seen) -> Reply:
        injected = next((one.text.split(marker, 1)[1] for one in seen.results if marker in one.text), None)
        if injected is None:
            return behaviour(seen)
        if fields is None:
            return with_output(behaviour(seen), seen, lambda found: repeating(found, injected))
        return finishes(seen, fields(injected))

    return behave


def looping(*steps: Call, usage: Usage = PER_TURN) -> Behaviour:
    """Uses the tools one after another and never answers."""
    return lambda seen: calls(steps[(seen.turn - 1) % len(steps)], usage=usage)


def malformed(behaviour: Behaviour, text: str = '{"text": "cut o') -> Behaviour:
    """Behaves so, but its final output is no JSON."""
    return lambda seen: with_output(behaviour(seen), seen, lambda _: text)


def slow(behaviour: Behaviour, seconds: float) -> Behaviour:
    """Behaves so, after a while at every request."""
    return lambda seen: later(seconds, behaviour(seen))


def dripping(behaviour: Behaviour, pause: float = 0.01, pieces: int = 10) -> Behaviour:
    """Behaves so, in small pieces."""
    return lambda seen: drips(behaviour(seen), pause=pause, pieces=pieces)


def flaky(behaviour: Behaviour, fault: Reply, *numbers: int) -> Behaviour:
    """Behaves so, but these requests of the peer's, counted from one, end in the fault."""
    return lambda seen: fault if seen.number in numbers else behaviour(seen)


def at_turn(behaviour: Behaviour, turn: int, reply: Reply) -> Behaviour:
    """Behaves so, but says this at one turn of every conversation."""
    return lambda seen: reply if seen.turn == turn else behaviour(seen)


def billing(behaviour: Behaviour, model: str) -> Behaviour:
    """Behaves so, but another model than the asked one answers and bills."""
    return lambda seen: _of(behaviour(seen), model=model)


def _of(reply: Reply, *, model: str) -> Reply:
    if model and isinstance(reply.what, Answer):
        return replace(reply, what=replace(reply.what, model=model))
    return reply
