"""What may keep a model from answering, each kind with a name and a sentence."""

import asyncio
from dataclasses import dataclass

from purgatory.domain.model import OpenedState
from pydantic_ai import exceptions as of

from nba_mcp_synthesis.errors import NotInstalled, SecretMissing
from nba_mcp_synthesis.synthesis.voices.purse import OverBudget


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a voice did not answer: `kind` for programs and counters, `text` for people."""

    kind: str
    text: str


# The first that fits counts, so the narrower kinds stand before the wider ones.
_KINDS: tuple[tuple[type[BaseException], str, str], ...] = (
    (SecretMissing, "no_key", "there is no key for its provider"),
    (NotInstalled, "not_installed", "the libraries for models are not installed"),
    (OpenedState, "resting", "its provider failed several times in a row and is left alone for a while"),
    (of.ModelQuotaExceededError, "out_of_credit", "the account with its provider is out of credit"),
    (of.ModelRateLimitError, "rate_limited", "its provider had too many requests"),
    (of.ModelOverloadedError, "overloaded", "its provider is overloaded"),
    (of.ModelUnavailableError, "unavailable", "its provider is not available"),
    (of.ModelServerError, "server_error", "its provider failed"),
    (of.ModelRequestTimeout, "slow", "it did not answer in time"),
    (of.ModelTimeoutError, "slow", "it did not answer in time"),
    (of.ModelConnectionError, "unreachable", "its provider cannot be reached, or broke off"),
    (of.ModelContextWindowExceededError, "context_overflow", "the conversation outgrew what it can read"),
    (of.ModelAuthenticationError, "bad_key", "its provider does not accept the key"),
    (of.ModelNotFoundError, "no_such_model", "its provider has no model of that name"),
    (of.ContentFilterError, "content_filter", "its provider's content filter stopped it"),
    (of.OutputTokenLimitExceeded, "cut_off", "its reply was longer than it may be, and cut off"),
    (of.UsageLimitExceeded, "loop", "it used its tools without coming to an end"),
    (of.UnexpectedModelBehavior, "malformed", "its replies could not be read as an answer"),
    (of.ModelHTTPError, "rejected", "its provider rejected the request"),
    (of.ModelAPIError, "unreachable", "its provider cannot be reached, or broke off"),
    (TimeoutError, "slow", "it did not answer in time"),
    (asyncio.CancelledError, "not_waited_for", "the others were enough, so it was not waited for"),
)
_STATUS = {
    401: ("bad_key", "its provider does not accept the key"),
    402: ("out_of_credit", "the account with its provider is out of credit"),
    403: ("bad_key", "its provider does not accept the key"),
    404: ("no_such_model", "its provider has no model of that name"),
    429: ("rate_limited", "its provider had too many requests"),
}
KINDS = frozenset(
    {
        "over_budget",
        "internal_error",
        *(kind for _, kind, _ in _KINDS),
        *(kind for kind, _ in _STATUS.values()),
    }
)
_TRANSIENT = (
    of.ModelRateLimitError,
    of.ModelUnavailableError,
    of.ModelServerError,
    of.ModelConnectionError,
)
# Somebody has to change something at the provider first.
_UNTIL_MENDED = (of.ModelAuthenticationError, of.ModelQuotaExceededError)


def fault_of(error: BaseException) -> Fault:
    """What an error means; `internal_error` for one that nobody thought of."""
    if isinstance(error, OverBudget):
        # Which budget it is, the asker may want to know.
        return Fault("over_budget", error.message[0].lower() + error.message[1:].rstrip("."))
    kind, text = next(
        ((kind, text) for known, kind, text in _KINDS if isinstance(error, known)),
        ("internal_error", "something went wrong here; the log has it"),
    )
    if kind in ("rejected", "unavailable", "overloaded") and isinstance(error, of.ModelHTTPError):
        kind, text = _STATUS.get(error.status_code, (kind, text))
    return Fault(kind, text)


def is_transient(error: BaseException) -> bool:
    """Whether the same call may work in a moment."""
    if isinstance(error, of.ModelRequestTimeout | of.ModelTimeoutError):
        return False  # it took all the time there was
    return isinstance(error, _TRANSIENT)


def is_of_provider(error: BaseException) -> bool:
    """Whether it speaks against the provider, and not against what we sent or about who left."""
    return isinstance(error, (*_TRANSIENT, *_UNTIL_MENDED, of.ModelRequestTimeout, TimeoutError))
