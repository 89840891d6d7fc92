"""Names: SERVICE_RESOURCE_PROJECT_CONTEXT, with SERVICE_RESOURCE as its short form."""

import re
from dataclasses import dataclass
from typing import get_args

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.secrets.records import Context

CONTEXTS: tuple[Context, ...] = get_args(Context)
_PROJECT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Naming:
    """How secrets of one project are called in one context.

    `short_names` is False where a short name belongs to another context: nothing falls through.
    """

    project: str
    context: Context
    short_names: bool = True

    @property
    def folder(self) -> str:
        """Name of the folder with a file for each secret."""
        return f".env.{self.project}.{self.context}"

    @property
    def aws(self) -> str:
        """Name of the secret in AWS Secrets Manager."""
        return f"{self.project}/{self.context}"

    def long(self, short: str) -> str:
        """The whole name of a secret."""
        return short + self._suffix(self.context)

    def short(self, name: str) -> str | None:
        """The short form of a name; None for a name of another context."""
        for context in CONTEXTS:
            if name.endswith(self._suffix(context)):
                return name.removesuffix(self._suffix(context)) if context == self.context else None
        return name

    def aliases(self, short: str) -> tuple[str, ...]:
        """The names to look for where nothing but the name says the context, the whole one first."""
        return (self.long(short), short) if self.short_names else (self.long(short),)

    @property
    def note(self) -> str:
        """Why a short name does not count here, where it does not."""
        return "" if self.short_names else " (short names belong to another context in this process)"

    def _suffix(self, context: Context) -> str:
        return f"_{self.project}_{context}".replace("-", "_").upper()


def naming(project: str, context: str, running_as: str | None = None) -> Naming:
    """The naming of a context; `running_as` is the context whose the process's short names are, if told."""
    if not _PROJECT.fullmatch(project):
        raise UsageError(f"{project!r} is no name of a project.", "Names look like nba-mcp-synthesis.")
    for known in CONTEXTS:
        if known == context:
            return Naming(project, known, running_as in (None, known))
    raise UsageError(f"{context!r} is no context of secrets.", f"Contexts are {', '.join(CONTEXTS)}.")
