"""What can become of an entry that is being handled. Outcomes are values: nothing climbs."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why an entry was given up. A stable list: dashboards and replays filter by it."""

    INVALID_ENTRY = "invalid_entry"
    """Its fields do not follow the contract."""
    INVALID_MESSAGE = "invalid_message"
    """Its `data` is not a valid message."""
    ENRICHER_DIED = "enricher_died"
    """Reading it ended the process, alone and again."""
    ENRICHER_TIMED_OUT = "enricher_timed_out"
    """Reading it took longer than an article may take, alone and again."""
    HANDLER_DIED = "handler_died"
    """Working out what to do with it ended the process, alone and again."""
    HANDLER_TIMED_OUT = "handler_timed_out"
    """Working out what to do with it took longer than an entry may take, alone and again."""
    HANDLER_RAISED = "handler_raised"
    """Our own code failed on it and would fail again; replay it after a release that mends this."""
    DOCUMENT_REJECTED = "document_rejected"
    """OpenSearch refuses this document and would refuse it again."""
    DOCUMENT_TOO_LARGE = "document_too_large"
    """A request of this document alone is over a limit of OpenSearch, or of a proxy before it."""
    ATTEMPTS_EXHAUSTED = "attempts_exhausted"
    """Each of its workers died while handling it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An entry as one worker got it."""

    entry_id: bytes
    fields: Mapping[bytes, bytes]
    attempts: int = 1
    """Deliveries that count, this one included: the first, and one more for each owner that died with it."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do: acknowledge it."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Goes on with these fields to the next stream, in one transaction with its acknowledgement."""

    fields: Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Retry:
    """Try it again after a while: the fault is not the article's and passes by itself."""

    why: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """Would be true of every entry until somebody acts: stop reading, say why, and keep everything."""

    why: str


@dataclass(frozen=True, slots=True)
class Dead:
    """Give it up now: the reason cannot change."""

    reason: Reason
    detail: str


Outcome = Done | HandOver | Retry | Blocked | Dead


Handler = Callable[[Sequence[Delivery]], Awaitable[Sequence[Outcome]]]
"""What a worker does with entries: one outcome a delivery, in their order. It does not raise for a bad article."""
