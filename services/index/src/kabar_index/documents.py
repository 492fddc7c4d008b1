"""From messages to documents: pure, and the same bytes for the same message."""

import base64
import datetime as dt
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import orjson
from kabar_contracts import identity
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.entry import Entry
from kabar_contracts.fields import ArticleId, ArticleStatus, Message, Revision, UtcTime
from pydantic import JsonValue

from kabar_index.mappings import ANALYZER_OF_LANGUAGE, LARGEST_TERM_BYTES


def article_document(article: EnrichedArticle, *, indexed_at: dt.datetime) -> bytes:
    """The document of an article, as JSON: its own fields, and its text once more under the analyser of its language.

    A canceled article becomes a tombstone: it has no text, and stays, so that an older revision that arrives later
    does not revive it.
    """
    added: dict[str, Any] = {
        "indexed_at": indexed_at.isoformat(),
        # One date that every article has, to filter and sort by.
        "dated_at": (article.published_at or article.received_at).isoformat(),
    }
    indexable = indexable_extra(article.extra)
    is_whole = indexable == article.extra
    if not is_whole:
        added |= {"extra": indexable, "extra_original": article.extra}
    analyzer = ANALYZER_OF_LANGUAGE.get(article.language.partition("-")[0].lower())
    if analyzer is not None and article.body:
        added["localized"] = {analyzer: {"title": article.title, "lead": article.lead, "body": article.body}}
    # Two objects become one: to build the whole as Python objects first takes half as long again.
    own = article.model_dump_json(exclude=None if is_whole else {"extra"}).encode()
    return own[:-1] + b"," + json_bytes(added)[1:]


def indexable_extra(extra: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What of `extra` OpenSearch can index: a flat field refuses the whole document for one value whose path and text are too long.

    When something is left out, the document has all of it, not indexed, in `extra_original`.
    """
    return {name: kept for name, value in extra.items() if (kept := _indexable(value, path_bytes=_size(name) + 16)) is not _LEFT_OUT}


_LEFT_OUT: Final = "\0left out"


def _indexable(value: JsonValue, *, path_bytes: int) -> JsonValue:
    """The value without what is too long; ends soon because the nesting of an accepted article is bounded."""
    if isinstance(value, dict):
        kept = {name: _indexable(inner, path_bytes=path_bytes + _size(name) + 1) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner is not _LEFT_OUT}
    if isinstance(value, list):
        return [inner for inner in (_indexable(inner, path_bytes=path_bytes) for inner in value) if inner is not _LEFT_OUT]
    return _LEFT_OUT if path_bytes + _size(value) > LARGEST_TERM_BYTES else value


def _size(value: JsonValue) -> int:
    return len(str(value).encode("utf-8", "surrogatepass"))


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """The document as JSON. orjson refuses whole numbers beyond 64 bits, which JSON and a producer's `extra` may hold."""
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:
        return json.dumps(document, ensure_ascii=False).encode()


def article_version(article: EnrichedArticle) -> int:
    """The external version of an article's document.

    A takedown wins over every text of its own revision: both can be accepted in one millisecond, as two lines of a batch, and
    the enricher hands over first what it has read first.
    """
    generation = identity.GENERATIONS - 1 if article.status is ArticleStatus.CANCELED else article.provenance.generation
    return identity.document_version(revision=article.revision, generation=generation)


class RevisionFacts(Message):
    """What the archive must know of a raw article. Less than the whole message, so that it archives what others may refuse."""

    article_id: ArticleId
    revision: Revision
    status: ArticleStatus = ArticleStatus.USABLE
    source: str
    received_at: UtcTime
    content_sha256: str | None = None
    reason: str | None = None


class RevisionKind(StrEnum):
    """The two kinds of document in the archive."""

    REVISION = "revision"
    """One accepted revision of an article."""
    TAKEDOWN = "takedown"
    """The newest takedown of an article: no revision up to it may show its text."""


def revision_document(entry: Entry, facts: RevisionFacts, *, entry_id: str, stream: str, archived_at: dt.datetime) -> dict[str, Any]:
    """The archive's document of one accepted revision: the original as it lay on the stream, and its SHA-256."""
    original, encoding = _as_text(entry.data)
    document = {
        "kind": RevisionKind.REVISION.value,
        "article_id": facts.article_id,
        "revision": facts.revision,
        "status": facts.status.value,
        "source": facts.source,
        "entry_id": entry_id,
        "stream": stream,
        "accepted_at": facts.received_at.isoformat(),
        "archived_at": archived_at.isoformat(),
        "content_sha256": facts.content_sha256,
        "original_sha256": identity.sha256_hex(entry.data),
        "original": original,
        "original_encoding": encoding,
        "redacted": False,
        "reason": facts.reason,
    }
    if entry.page is not None:
        document |= {
            "page": base64.b64encode(entry.page).decode("ascii"),
            "page_content_type": entry.page_content_type,
            "page_sha256": identity.sha256_hex(entry.page),
        }
    return document


def takedown_document(facts: RevisionFacts, *, archived_at: dt.datetime) -> dict[str, Any]:
    """The archive's mark that an article was taken down. Its id is `takedown_id`, its version the revision."""
    return {
        "kind": RevisionKind.TAKEDOWN.value,
        "article_id": facts.article_id,
        "revision": facts.revision,
        "status": facts.status.value,
        "source": facts.source,
        "accepted_at": facts.received_at.isoformat(),
        "archived_at": archived_at.isoformat(),
        "reason": facts.reason,
    }


def takedown_id(article_id: str) -> str:
    """The id of the mark that an article was taken down."""
    return f"{article_id}.takedown"


def redacted(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same revision without its text: what a takedown leaves in the archive."""
    return {name: value for name, value in document.items() if name not in ("original", "page")} | {"redacted": True}


def entry_version(entry_id: str) -> int:
    """The version of an archive document: of two entries with one revision, the one accepted later wins."""
    moment, _, number = entry_id.partition("-")
    return identity.document_version(revision=int(moment), generation=min(int(number or 0), identity.GENERATIONS - 1))


def _as_text(data: bytes) -> tuple[str, str]:
    """The bytes as text that gives back exactly these bytes, and how."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(data).decode("ascii"), "base64"
