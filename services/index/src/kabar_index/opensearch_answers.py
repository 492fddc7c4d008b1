"""What an answer of OpenSearch means for the documents it speaks of: done, try again, somebody must act, give up.

Two rules decide what is not listed. Whatever cannot be read as a verdict on a document says nothing of it: again.
Whatever is refused for a reason that is not known to blame the document is taken to be true of every one: blocked.
"""

import ssl
from collections.abc import Mapping
from typing import Any, Final

from kabar_chassis.delivery.outcome import Blocked, Dead, Done, Outcome, Reason, Retry
from opensearchpy.exceptions import ConnectionError as NoAnswer
from opensearchpy.exceptions import ConnectionTimeout, SerializationError, TransportError

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
"""Types of error that blame the document itself."""

_ILLEGAL_ARGUMENT: Final = "illegal_argument_exception"
_DOCUMENT_ARGUMENTS: Final = ("immense term", "DocValuesField", "nested documents")
"""Of this broad type, what blames the document. Others (no write index, shard limit) are true of every one."""

_BAD_REQUEST: Final = 400
_CONFLICT: Final = 409
TOO_LARGE: Final = 413
_OVERLOADED: Final = 429
_PASSING: Final = frozenset({408, 425, _OVERLOADED})
_SERVER_FAULT: Final = 500
_CLUSTER_BLOCK: Final = "cluster_block_exception"
_NEWER_IS_THERE: Final = "version_conflict_engine_exception"

_WHY_CHARACTERS: Final = 500


def item_outcomes(answer: Any, document_ids: list[str]) -> list[Outcome]:
    """The verdict on each document of a `_bulk` of `index` actions.

    An answer that does not speak of every document, in order, says nothing of any: all again.
    """
    items = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(items, list):
        return [Retry("what answered did not speak of documents; is it OpenSearch?")] * len(document_ids)
    if len(items) != len(document_ids):
        return [Retry(f"OpenSearch's answer was cut off: {len(items)} of {len(document_ids)} documents")] * len(document_ids)
    verdicts = [_verdict(item) for item in items]
    if any(verdict.get("_id") != document_id for verdict, document_id in zip(verdicts, document_ids, strict=True)):
        return [Retry("OpenSearch's answer names other documents")] * len(document_ids)
    return [item_outcome(verdict.get("status"), verdict.get("error")) for verdict in verdicts]


def written_and_superseded(answer: Any) -> tuple[int, int]:
    """How many documents of this answer OpenSearch took, and how many met a newer one."""
    items = answer.get("items") if isinstance(answer, Mapping) else None
    statuses = [_verdict(item).get("status") for item in items] if isinstance(items, list) else []
    written = sum(isinstance(status, int) and 200 <= status < 300 for status in statuses)  # noqa: PLR2004  # 2xx
    return written, statuses.count(_CONFLICT)


def _verdict(item: Any) -> Mapping[str, Any]:
    verdict = item.get("index") if isinstance(item, Mapping) and len(item) == 1 else None
    return verdict if isinstance(verdict, Mapping) else {}


def item_outcome(status: Any, error: Any) -> Outcome:
    """What to do with one document after this status and error."""
    if not _is_status(status):
        return Retry("OpenSearch's answer has no status for this document")
    kind, reason = _kind_and_reason(error)
    if 200 <= status < 300:  # noqa: PLR2004  # 2xx
        return Done() if error is None else Retry(f"OpenSearch's answer contradicts itself: {status} {kind}")
    if status == _CONFLICT and kind == _NEWER_IS_THERE:
        return Done()
    if status == _BAD_REQUEST and _blames_the_document(kind, reason):
        return Dead(Reason.DOCUMENT_REJECTED, f"{kind}: {reason}{_cause(error)}")
    return _refused(status, kind, reason)


def failure_outcome(error: Exception) -> Retry | Blocked:
    """What to do with every document of a request that ended with this error of the client. Never a dead letter."""
    if isinstance(error, ConnectionTimeout):
        return Retry("OpenSearch gave no answer in time")
    if isinstance(error, NoAnswer):
        told = _short(f"{type(error.info).__name__}: {error.info}")
        if isinstance(error.info, ssl.CertificateError):
            return Blocked(f"OpenSearch's certificate is not trusted: {told}")
        return Retry(f"OpenSearch cannot be reached: {told}")
    if isinstance(error, TransportError):
        info = error.info if isinstance(error.info, Mapping) else {}
        kind, reason = _kind_and_reason(info.get("error") or error.error)
        return request_outcome(error.status_code, kind, reason)
    if isinstance(error, SerializationError) and len(error.args) == 1:
        # The client has one argument here, and the text besides where JSON was promised but not kept.
        return Blocked(f"what answered is not OpenSearch: {_short(str(error))}")
    return Retry(f"OpenSearch's answer could not be read: {type(error).__name__}")


def request_outcome(status: Any, kind: str, reason: str = "") -> Retry | Blocked:
    """What to do with every document of a request that was answered with this status as a whole."""
    if not _is_status(status):
        return Retry(f"OpenSearch gave no answer: {_short(kind)}")
    return _refused(status, kind, reason)


def _refused(status: int, kind: str, reason: str) -> Retry | Blocked:
    why = _short(f"{status} {kind}: {reason}" if reason else f"{status} {kind}")
    if status >= _SERVER_FAULT:
        return Retry(why)  # also a block that a node has until it knows its cluster
    if status in _PASSING and kind != _CLUSTER_BLOCK:
        return Retry(why)
    return Blocked(why)


def _blames_the_document(kind: str, reason: str) -> bool:
    return kind in DOCUMENT_FAULTS or (kind == _ILLEGAL_ARGUMENT and any(words in reason for words in _DOCUMENT_ARGUMENTS))


def _is_status(status: Any) -> bool:
    return isinstance(status, int) and not isinstance(status, bool)


def _kind_and_reason(error: Any) -> tuple[str, str]:
    if isinstance(error, Mapping):
        return str(error.get("type")), str(error.get("reason", ""))
    return _short(str(error)), ""


def _cause(error: Any) -> str:
    cause = error.get("caused_by") if isinstance(error, Mapping) else None
    return f" ({cause.get('type')}: {cause.get('reason')})" if isinstance(cause, Mapping) else ""


def _short(text: str) -> str:
    """One line that a log can hold; a proxy's error page can have megabytes."""
    return " ".join(text[: 4 * _WHY_CHARACTERS].split())[:_WHY_CHARACTERS]
