"""The role `archive`: every accepted revision is kept as it was received, and a takedown removes its text.

Independent of enrichment. A takedown and an old revision can arrive at two workers at once, so each writes first and
looks afterwards: the one who writes a text then reads the takedown's mark, the one who writes the mark then searches
for texts. Whoever comes second sees the other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
import structlog
from kabar_chassis.delivery.outcome import Delivery, Done, Handler, Outcome, Retry
from kabar_contracts.entry import InvalidEntryError, decode
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.identity import revision_id
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import OpenSearchException
from pydantic import ValidationError

from kabar_index.documents import RevisionFacts, RevisionKind, entry_version, redacted, revision_document, takedown_document, takedown_id
from kabar_index.mappings import REVISIONS
from kabar_index.opensearch_bulk import Action, write

log: structlog.stdlib.BoundLogger = structlog.get_logger()

_PAGE: Final = 500
"""Revisions redacted in one request."""


@dataclass(frozen=True, slots=True)
class _Revision:
    """One entry, understood."""

    facts: RevisionFacts
    document: dict[str, Any]
    version: int

    @property
    def is_takedown(self) -> bool:
        return self.facts.status is ArticleStatus.CANCELED


def archive_handler(client: AsyncOpenSearch, *, stream: str, now: Callable[[], datetime]) -> Handler:
    """The handler that archives the entries of `stream` with `client`."""

    async def archive_revisions(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        archived_at = now()
        revisions = [revision_of(delivery, stream=stream, archived_at=archived_at) for delivery in deliveries]
        outcomes = await _write_revisions(client, [revision for revision in revisions if revision is not None], archived_at=archived_at)
        verdicts = iter(outcomes)
        return [Done() if revision is None else next(verdicts) for revision in revisions]

    return archive_revisions


def revision_of(delivery: Delivery, *, stream: str, archived_at: datetime) -> _Revision | None:
    """The revision in this entry. None when it is no article: `enrich` reads the same entry and gives it up with a reason."""
    entry_id = delivery.entry_id.decode()
    try:
        entry = decode(delivery.fields)
        facts = RevisionFacts.model_validate_json(entry.data)
    except (InvalidEntryError, ValidationError) as error:
        log.warning("revision_not_archived", entry_id=entry_id, stream=stream, why=str(error)[:300])
        return None
    document = revision_document(entry, facts, entry_id=entry_id, stream=stream, archived_at=archived_at)
    return _Revision(facts=facts, document=document, version=entry_version(entry_id))


async def _write_revisions(client: AsyncOpenSearch, revisions: Sequence[_Revision], *, archived_at: datetime) -> Sequence[Outcome]:
    if not revisions:
        return []
    own = [_action(revision) for revision in revisions]
    marks = [_mark(revision.facts, archived_at=archived_at) for revision in revisions if revision.is_takedown]
    outcomes = await write(client, REVISIONS, [*own, *marks])
    if not all(isinstance(outcome, Done) for outcome in outcomes[len(own) :]):
        # Without its mark a takedown has no effect: all of it once more.
        return [Retry("a takedown's mark could not be written")] * len(own)
    try:
        await _redact_late_arrivals(client, revisions)
        await _redact_before(client, [revision.facts for revision in revisions if revision.is_takedown])
    except OpenSearchException as error:
        return [Retry(f"takedowns could not be applied to the archive: {error}")] * len(own)
    return outcomes[: len(own)]


def _action(revision: _Revision) -> Action:
    return Action(
        document_id=revision_id(article_id=revision.facts.article_id, revision=revision.facts.revision),
        version=revision.version,
        source=orjson.dumps(revision.document),
    )


def _mark(facts: RevisionFacts, *, archived_at: datetime) -> Action:
    return Action(
        document_id=takedown_id(facts.article_id),
        version=facts.revision,
        source=orjson.dumps(takedown_document(facts, archived_at=archived_at)),
    )


async def _redact_late_arrivals(client: AsyncOpenSearch, revisions: Iterable[_Revision]) -> None:
    """Remove the text of what was just written but had been taken down before."""
    texts = [revision for revision in revisions if not revision.is_takedown]
    if not texts:
        return
    ids = sorted({takedown_id(revision.facts.article_id) for revision in texts})
    answer = await client.mget(body={"ids": ids}, index=REVISIONS, params={"_source_includes": "article_id,revision"})
    taken_down = {hit["_source"]["article_id"]: hit["_source"]["revision"] for hit in answer["docs"] if hit.get("found")}
    late = [revision for revision in texts if revision.facts.revision <= taken_down.get(revision.facts.article_id, -1)]
    await _write_redacted(client, [(_action(revision).document_id, revision.version, revision.document) for revision in late])


async def _redact_before(client: AsyncOpenSearch, takedowns: Iterable[RevisionFacts]) -> None:
    """Remove the text of every revision that these takedowns cover."""
    for takedown in takedowns:
        query = {
            "bool": {
                "filter": [
                    {"term": {"article_id": takedown.article_id}},
                    {"term": {"kind": RevisionKind.REVISION.value}},
                    {"term": {"redacted": False}},
                    {"range": {"revision": {"lte": takedown.revision}}},
                ]
            }
        }
        while True:
            await client.indices.refresh(index=REVISIONS)
            answer = await client.search(
                body={"query": query, "version": True, "size": _PAGE, "_source": {"excludes": ["original", "page"]}}, index=REVISIONS
            )
            hits = answer["hits"]["hits"]
            if not hits:
                break
            await _write_redacted(client, [(hit["_id"], hit["_version"], hit["_source"]) for hit in hits])


async def _write_redacted(client: AsyncOpenSearch, documents: Sequence[tuple[str, int, dict[str, Any]]]) -> None:
    if not documents:
        return
    actions = [
        Action(document_id=document_id, version=version, source=orjson.dumps(redacted(document)))
        for document_id, version, document in documents
    ]
    failed = [outcome for outcome in await write(client, REVISIONS, actions) if not isinstance(outcome, Done)]
    if failed:
        raise OpenSearchException(f"{len(failed)} revisions could not be redacted: {failed[0]}")
