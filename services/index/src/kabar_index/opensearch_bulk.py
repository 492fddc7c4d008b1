"""`_bulk`: documents go out, one outcome each comes back.

The client's own helpers retry what must not be retried and miss what must be (an item's 429); here one request is
sent as bytes and every item gets its own verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from kabar_chassis.delivery.outcome import Blocked, Dead, Outcome, Reason, Retry
from kabar_chassis.telemetry import Event, Telemetry, class_of
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import TransportError

from kabar_index.opensearch_answers import TOO_LARGE, failure_outcome, item_outcomes, written_and_superseded

ANSWER_FILTER: Final = (
    "errors,items.*.status,items.*._id,items.*.error.type,items.*.error.reason,items.*.error.caused_by.type,items.*.error.caused_by.reason"
)
"""What is read of the answer; the rest would double the client's work."""

REQUEST_BYTES: Final = 10_000_000
"""Documents in one request: a whole batch of common articles. Far more would meet the server's limit of 100 MB."""
LARGE_BYTES: Final = 1_000_000
"""A document above it goes alone: what befalls it need not befall the others, and a limit that it meets is its own fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One document to write, with the version that decides who wins."""

    document_id: str
    version: int
    source: bytes
    """The document as JSON."""


async def write(client: AsyncOpenSearch, index: str, actions: Sequence[Action], *, telemetry: Telemetry | None = None) -> list[Outcome]:
    """Write these documents to the alias `index`. Returns one outcome an action, in their order; raises nothing.

    A version that is not newer than what is there is done: 409 means that a newer document won already. Once a
    request got no answer, or was refused as a whole, the rest is not sent: it would wait as long, for the same.
    """
    outcomes: list[Outcome] = []
    for part in requests_of(actions):
        verdicts = await _write_one_request(client, index, part, telemetry=telemetry)
        if not isinstance(verdicts, Retry | Blocked):
            outcomes += verdicts
        elif _is_large(part):
            outcomes.append(verdicts)
        else:
            return [*outcomes, *[verdicts] * (len(actions) - len(outcomes))]
    return outcomes


def _is_large(part: Sequence[Action]) -> bool:
    """Whether this is one large document."""
    return len(part) == 1 and len(part[0].source) > LARGE_BYTES


def requests_of(actions: Sequence[Action]) -> list[Sequence[Action]]:
    """The actions in parts of at most `REQUEST_BYTES`, in order; a large document goes alone."""
    parts: list[list[Action]] = []
    room = 0
    for action in actions:
        size = len(action.source)
        if size > min(room, LARGE_BYTES):
            parts.append([])
            room = size if size > LARGE_BYTES else REQUEST_BYTES
        parts[-1].append(action)
        room -= size
    return [*parts]


async def _write_one_request(
    client: AsyncOpenSearch, index: str, actions: Sequence[Action], *, telemetry: Telemetry | None
) -> list[Outcome] | Retry | Blocked:
    """One outcome an action, or the one that is true of all of them."""
    try:
        answer = await client.bulk(
            body=bulk_body(actions),
            index=index,
            params={"require_alias": "true", "filter_path": ANSWER_FILTER},
        )
    except Exception as error:  # noqa: BLE001  # the client raises more than its own types for answers it cannot read
        if isinstance(error, TransportError) and error.status_code == TOO_LARGE:
            return await _in_halves(client, index, actions, telemetry=telemetry)
        failure = failure_outcome(error)
        if telemetry is not None:
            telemetry.tell(Event.OPENSEARCH_FAILED, reason=class_of(failure.why), why=failure.why)
        return failure
    if telemetry is not None:
        written, superseded = written_and_superseded(answer)
        telemetry.tell(Event.DOCUMENTS_WRITTEN, index=index, count=written)
        telemetry.tell(Event.DOCUMENTS_SUPERSEDED, index=index, count=superseded)
    return item_outcomes(answer, [action.document_id for action in actions])


async def _in_halves(client: AsyncOpenSearch, index: str, actions: Sequence[Action], *, telemetry: Telemetry | None) -> list[Outcome]:
    """A batch over a limit is cut in two, down to the one document that cannot pass."""
    if len(actions) == 1:
        return [_too_large(actions)]
    middle = len(actions) // 2
    first = await write(client, index, actions[:middle], telemetry=telemetry)
    return [*first, *await write(client, index, actions[middle:], telemetry=telemetry)]


def _too_large(part: Sequence[Action]) -> Dead | Blocked:
    """A large document is given up; another is not to blame."""
    size = len(part[0].source)
    if _is_large(part):
        return Dead(Reason.DOCUMENT_TOO_LARGE, f"a request of this one document ({size} bytes) is refused as too large (413)")
    return Blocked(f"413: a request of {size} bytes is refused; OpenSearch, and a proxy before it, must take {2 * LARGE_BYTES} bytes")


def bulk_body(actions: Sequence[Action]) -> bytes:
    """The request's body: an action line and the document, each ended by a newline."""
    lines = []
    for action in actions:
        head = {"index": {"_id": action.document_id, "version": action.version, "version_type": "external_gte"}}
        lines += [orjson.dumps(head), action.source]
    return b"\n".join(lines) + b"\n"
