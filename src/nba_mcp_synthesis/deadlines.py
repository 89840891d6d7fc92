"""An end for work that might never end: a server that takes the connection and stays silent."""

import contextvars
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class _Outcome(Generic[T]):
    """What a job returned or raised in another thread."""

    def __init__(self, job: Callable[[], T]) -> None:
        self._result: list[T] = []
        self._error: BaseException | None = None
        try:
            self._result.append(job())
        except BaseException as error:  # noqa: BLE001 - raised again in `get`, in the thread that waits
            self._error = error

    def get(self) -> T:
        if self._error is not None:
            raise self._error
        return self._result[0]


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises, or TimeoutError after `seconds`.

    The work runs in a thread of its own, which nothing can end: at the deadline it is left behind, and its
    own time-outs have to end it. It keeps no process from ending.
    """
    outcome: queue.SimpleQueue[_Outcome[T]] = queue.SimpleQueue()
    _start(lambda: outcome.put(_Outcome(work)))
    try:
        found = outcome.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    return found.get()


def together(jobs: Sequence[Callable[[], T]], at_once: int = 8) -> list[T]:
    """What the jobs return, in their order, some of them at a time; raises the first of their errors."""
    waiting: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, _Outcome[T]]] = queue.SimpleQueue()
    threads = min(at_once, len(jobs))
    for number in [*range(len(jobs)), *[None] * threads]:
        waiting.put(number)

    def run() -> None:
        while (number := waiting.get()) is not None:
            done.put((number, _Outcome(jobs[number])))

    for _ in range(threads):
        _start(run)
    outcomes = dict(done.get() for _ in jobs)
    return [outcomes[number].get() for number in range(len(jobs))]


def _start(work: Callable[[], None]) -> None:
    """A thread with the request id of this one."""
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), name="deadline", daemon=True).start()
