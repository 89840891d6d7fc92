"""The frozen records that stations hand to each other. They carry facts and decide nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["answered", "refused", "asked_back"]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """What an engine that is paid by the byte read for one query, and what that costs."""

    bytes: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class Result:
    """What one query returned.

    `rows` hold Python values in the order of `columns`. `truncated` says that a limit cut the
    rows; `notes` say which one and how to get the rest. `data_as_of` is the date of the newest
    game in the warehouse (ISO), `snapshot` names the state of the warehouse that was read. `scan` says what
    reading cost, where an engine is paid by the byte.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sql: str
    truncated: bool = False
    elapsed_ms: float = 0.0
    data_as_of: str | None = None
    simulated: bool = False
    snapshot: str = ""
    engine: str = "duckdb"
    notes: tuple[str, ...] = ()
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `name` as logs and answers have it, how that is known, and what he may do."""

    name: str
    known_by: Literal["nothing", "key", "token", "process"]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pool:
    """How many connections of a pool are used, how many are open and wait, and how many there may be."""

    name: str
    busy: int
    idle: int
    most: int


@dataclass(frozen=True, slots=True)
class Progress:
    """News of a question on its way: a stage that begins, or what came of it, in words for who waits."""

    stage: Literal["analyst", "voices", "verification", "writing", "merging"]
    text: str


# Hears news, from any thread, and must neither wait nor raise.
Tell = Callable[[Progress], None]


def tell_nobody(_: Progress) -> None:
    """For those who wait for the answer alone."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, word for word, under the id that its answer will carry.

    `previous` is the question before, where this one may follow up on it.
    """

    id: str
    text: str
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A query and what it returned when the voice ran it.

    `written_by` says who wrote the SQL: the product, from measures and dimensions, or a voice by hand.
    """

    id: str
    sql: str
    result: Result
    written_by: Literal["product", "voice"] = "product"


@dataclass(frozen=True, slots=True)
class Claim:
    """One number: `value` of `measure` for `entity`, in `unit`, as evidence `evidence` shows.

    `unit` is `percent` for values given as 0-100, otherwise the thing counted ("points").
    `entity` is None for a bare count.
    """

    entity: str | None
    measure: str
    value: float | int | str
    unit: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a provider: `model` is the one that billed, `prompt` and `reply` are JSON text."""

    voice: str
    model: str
    outcome: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    seconds: float
    prompt: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one voice says: an answer with evidence, a question back, or an abstention.

    `definitions` explain the measures used; `assumptions` what the question left open; `conditions` what
    the question set and the queries keep to; `explained` how it was read, step by step. For
    `refused` and `asked_back`, `text` says why or asks; `is_open` marks a refusal for want of understanding,
    so that another voice may answer. `fault` says what kept a voice from answering at all. `is_computed` says
    that words and claims are the product's own, and no model's.
    """

    voice: str
    status: Status
    text: str
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    assumptions: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    is_open: bool = False
    is_computed: bool = False
    fault: str = ""
    seconds: float = 0.0
    cost_usd: float = 0.0
    tokens: int = 0
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a proposal found: `holds`, and a sentence for every claim that failed.

    The proposal is as it survived: its evidence has the rows of the second run, its claims exact values.
    `second_way` says whether other tables gave the same values, None where there are none to ask.
    """

    proposal: Proposal
    holds: bool
    checked: int = 0
    failures: tuple[str, ...] = ()
    second_way: bool | None = None


@dataclass(frozen=True, slots=True)
class VoiceReport:
    """The fate of one voice, for the answer's readers."""

    name: str
    outcome: str
    cost_usd: float
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the asker gets; the JSON shape is in `answer_json`. `stages` are seconds by name, in order."""

    id: str
    question: str
    text: str
    status: Status
    claims: tuple[Claim, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    assumptions: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    confidence: float = 0.0
    confidence_means: str = ""
    dissent: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    voices: tuple[VoiceReport, ...] = field(default=())
    calls: tuple[ModelCall, ...] = ()
    stages: tuple[tuple[str, float], ...] = ()
    cost_usd: float = 0.0
    tokens: int = 0
    data_as_of: str | None = None
    snapshot: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class SecretState:
    """How one secret stands, without its value.

    `state` is ok, unset, or the kind of what is wrong. `valid` is None where it is neither needed nor there;
    `age_seconds` where nobody knows its age; `max_age_seconds`, the age at which it is to be replaced, where
    it is not held or need not be.
    """

    name: str
    state: str
    valid: bool | None
    age_seconds: float | None = None
    max_age_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class BackupState:
    """How the backups of one database stand; moments are seconds since 1970, None where there was none.

    `last_verified` is the moment of the newest backup that was proven to restore, not that of its proof.
    """

    database: str
    last_success: float | None
    last_verified: float | None
    last_failure: float | None
    size_bytes: int | None
    duration_seconds: float | None
