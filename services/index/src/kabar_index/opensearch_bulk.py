"""`_bulk` and what OpenSearch says of each document in it.

The client's own helpers retry what must not be retried and miss what must be (an item's 429); here one request is
sent as bytes and every item gets its own verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from kabar_chassis.delivery.outcome import Blocked, Dead, Done, Outcome, Reason, Retry
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConnectionError as NoAnswer
from opensearchpy.exceptions import ConnectionTimeout, TransportError

ANSWER_FILTER: Final = "errors,items.*.status,items.*._id,items.*.error.type,items.*.error.reason"
"""What is read of the answer; the rest would double the client's work."""

REQUEST_BYTES: Final = 1_000_000
"""Documents in one request. More gains nothing, and far more would meet the server's limit of 100 MB."""

DOCUMENT_FAULTS: Final = frozenset(
    {
        "mapper_parsing_exception",
        "strict_dynamic_mapping_exception",
        "document_parsing_exception",
        "parsing_exception",
        "parse_exception",
        "x_content_parse_exception",
        "max_bytes_length_exceeded_exception",
    }
)
"""Types of error that blame the document itself. Whatever is not here is taken to be true of every document."""

_ILLEGAL_ARGUMENT: Final = "illegal_argument_exception"
_DOCUMENT_ARGUMENTS: Final = ("immense term", "DocValuesField", "nested documents")
"""Of this broad type, what blames the document. Others (no write index, shard limit) are true of every one."""

_OVERLOADED: Final = 429
_CONFLICT: Final = 409
_BAD_REQUEST: Final = 400
_TOO_LARGE: Final = 413
_SERVER_FAULT: Final = 500
_FLOOD_STAGE: Final = "cluster_block_exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One document to write, with the version that decides who wins."""

    document_id: str
    version: int
    source: bytes
    """The document as JSON."""


async def write(client: AsyncOpenSearch, index: str, actions: Sequence[Action]) -> list[Outcome]:
    """Write these documents to the alias `index`. Returns one outcome an action, in their order; raises nothing.

    A version that is not newer than what is there is done: 409 means that a newer document won already.
    """
    return [outcome for part in requests_of(actions) for outcome in await _write_one_request(client, index, part)]


def requests_of(actions: Sequence[Action]) -> list[Sequence[Action]]:
    """The actions in parts of at most `REQUEST_BYTES`, in order; a larger document goes alone."""
    parts: list[list[Action]] = []
    size = REQUEST_BYTES + 1
    for action in actions:
        size += len(action.source)
        if size > REQUEST_BYTES:
            parts.append([])
            size = len(action.source)
        parts[-1].append(action)
    return [*parts]


async def _write_one_request(client: AsyncOpenSearch, index: str, actions: Sequence[Action]) -> list[Outcome]:
    try:
        answer = await client.bulk(
            body=bulk_body(actions),
            index=index,
            params={"require_alias": "true", "filter_path": ANSWER_FILTER},
        )
    except ConnectionTimeout as error:
        return [Retry(f"OpenSearch gave no answer in time: {error}")] * len(actions)
    except NoAnswer as error:
        return [Retry(f"OpenSearch cannot be reached: {error}")] * len(actions)
    except TransportError as error:
        if error.status_code == _TOO_LARGE:
            return await _in_halves(client, index, actions)
        return [request_outcome(error.status_code, str(error.error))] * len(actions)
    return item_outcomes(answer, actions)


async def _in_halves(client: AsyncOpenSearch, index: str, actions: Sequence[Action]) -> list[Outcome]:
    """A batch over the server's limit is cut in two; one document over it can never be written."""
    if len(actions) == 1:
        size = len(actions[0].source)
        return [Dead(Reason.DOCUMENT_REJECTED, f"OpenSearch refuses a request of this one document ({size} bytes) as too large")]
    middle = len(actions) // 2
    return [*await write(client, index, actions[:middle]), *await write(client, index, actions[middle:])]


def bulk_body(actions: Sequence[Action]) -> bytes:
    """The request's body: an action line and the document, each ended by a newline."""
    lines = []
    for action in actions:
        head = {"index": {"_id": action.document_id, "version": action.version, "version_type": "external_gte"}}
        lines += [orjson.dumps(head), action.source]
    return b"\n".join(lines) + b"\n"


def item_outcomes(answer: Any, actions: Sequence[Action]) -> list[Outcome]:
    """The verdict on each action. An answer that does not speak of every action, in order, says nothing: all again."""
    items = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(items, list) or len(items) != len(actions):
        return [Retry("OpenSearch's answer was cut off")] * len(actions)
    verdicts: list[Mapping[str, Any]] = [next(iter(item.values()), {}) if isinstance(item, Mapping) else {} for item in items]
    if any(verdict.get("_id") != action.document_id for verdict, action in zip(verdicts, actions, strict=True)):
        return [Retry("OpenSearch's answer names other documents")] * len(actions)
    return [item_outcome(verdict.get("status"), verdict.get("error") or {}) for verdict in verdicts]


def item_outcome(status: Any, error: Mapping[str, Any]) -> Outcome:
    """What to do with one document after this status and error."""
    if not isinstance(status, int):
        return Retry("OpenSearch's answer has no status for this document")
    kind, reason = str(error.get("type")), str(error.get("reason"))
    if status < 300 or status == _CONFLICT:  # noqa: PLR2004  # 2xx
        return Done()
    if kind == _FLOOD_STAGE:
        return Blocked(f"{kind}: {reason}")
    if status == _OVERLOADED or status >= _SERVER_FAULT:
        return Retry(f"{status} {kind}")
    if status == _BAD_REQUEST and _blames_the_document(kind, reason):
        return Dead(Reason.DOCUMENT_REJECTED, f"{kind}: {reason}")
    return Blocked(f"{status} {kind}: {reason}")


def _blames_the_document(kind: str, reason: str) -> bool:
    return kind in DOCUMENT_FAULTS or (kind == _ILLEGAL_ARGUMENT and any(words in reason for words in _DOCUMENT_ARGUMENTS))


def request_outcome(status: Any, error: str) -> Outcome:
    """What to do with every document of a request that was answered with this status as a whole."""
    if not isinstance(status, int):
        return Retry(f"OpenSearch gave no answer: {error}")
    if _FLOOD_STAGE in error:
        return Blocked(f"{status} {error}")
    if status == _OVERLOADED or status >= _SERVER_FAULT:
        return Retry(f"{status} {error}")
    return Blocked(f"{status} {error}")
