"""What stops a query of a Spark Connect server that takes too long."""

import contextlib
import threading
from typing import Any

_AGAIN_SECONDS = 0.25


class Deadline:
    """Interrupts what runs under a tag after some seconds, again and again until it has ended."""

    def __init__(self, spark: Any, tag: str, seconds: float) -> None:
        self._spark, self._tag, self._seconds = spark, tag, seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="spark-deadline")
        self.passed = self.is_answered = False

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def interrupt(self) -> None:
        """Stops what still runs: nobody takes its rows any more."""
        with contextlib.suppress(Exception):  # what cannot be reached is ended by the server itself
            self._spark.interruptTag(self._tag)
            self.is_answered = True

    def _watch(self) -> None:
        if self._ended.wait(self._seconds):
            return
        self.passed = True
        while not self._ended.wait(_AGAIN_SECONDS):
            self.interrupt()
