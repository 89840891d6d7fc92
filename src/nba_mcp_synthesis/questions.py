"""Questions over one warehouse: the analyst at once, and models where they are configured and needed."""

import atexit
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from nba_mcp_synthesis.analyst.analyst import Analyst
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import Busy
from nba_mcp_synthesis.facts import Answer, Question, Tell, tell_nobody
from nba_mcp_synthesis.synthesis import pipeline
from nba_mcp_synthesis.synthesis.pipeline import Hearing
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.engine import Warehouse

if TYPE_CHECKING:
    import asyncio

    from nba_mcp_synthesis.synthesis.voices.choir import Choir

_ATTEMPTS = 3  # of hearing the analyst, when loads come in between


class Questions:
    """What answers a question: see `answering.Asker`. `choir` gives the models, None where there are none."""

    def __init__(
        self,
        warehouse: Warehouse,
        cautions: Cautions,
        names: Callable[[], Names],
        stats: Stats,
        choir: "Callable[[], Choir | None]",
    ) -> None:
        self._warehouse, self._cautions = warehouse, cautions
        self._names, self._stats, self._make_choir = names, stats, choir

    @cached_property
    def choir(self) -> "Choir | None":
        """The models, loaded when they are first needed."""
        return self._make_choir()

    def ask(
        self,
        question: str,
        answer_id: str | None = None,
        previous: str | None = None,
        tell: Tell = tell_nobody,
    ) -> Answer:
        """An answer, waited for.

        Raises:
            UsageError: the question is empty, or too long.
            NoWarehouse, Busy: there is nothing to ask, or no place to ask in.
        """
        begun = self.begin(question, answer_id, previous, tell)
        return begun if isinstance(begun, Answer) else self._loop.run(self.go_on(begun))

    def close(self) -> None:
        """Closes what `ask` opened."""
        if "_loop" in self.__dict__:
            if self.choir:
                self._loop.run(self.choir.close())
            self._loop.close()
            del self._loop

    @cached_property
    def _loop(self) -> "asyncio.Runner":
        """One loop for all questions of a command, so that clients and their connections last."""
        import asyncio  # noqa: PLC0415 - with the models

        atexit.register(self.close)
        return asyncio.Runner()

    def begin(
        self, question: str, answer_id: str | None, previous: str | None, tell: Tell = tell_nobody
    ) -> Answer | Hearing:
        """The answer where no model is asked, otherwise what has been heard; errors as of `ask`."""
        asked = pipeline.question_of(question, answer_id, previous)
        choir = self.choir
        hearing = self._analyst_heard(asked, tell, with_analyst=choir is None or choir.with_analyst)
        if choir is None or choir.is_content_with(hearing):
            return pipeline.finish(hearing, self._warehouse, self._cautions)
        return hearing

    async def go_on(self, hearing: Hearing) -> Answer:
        """The answer, when models have been heard."""
        from anyio import to_thread  # noqa: PLC0415 - with the models

        choir = self.choir
        assert choir is not None, "only a choir leaves a hearing open"  # noqa: S101
        await choir.hear(hearing)
        return await to_thread.run_sync(pipeline.finish, hearing, self._warehouse, self._cautions)

    def _analyst_heard(self, question: Question, tell: Tell, *, with_analyst: bool) -> Hearing:
        for _ in range(_ATTEMPTS):
            analyst = Analyst(self._warehouse, self._names(), self._stats) if with_analyst else None
            hearing = pipeline.begin(question, analyst, self._warehouse, tell)
            if hearing.is_of_one_state:
                return hearing
        raise Busy("New data were loaded each time while the question was answered.", "Ask again.")
