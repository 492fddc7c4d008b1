"""The role `archive`: every accepted revision is kept as it was received, and a takedown removes its text.

Independent of enrichment. A takedown and an old revision can arrive at two workers at once, so each writes first and
looks afterwards: the one who writes a text then reads the takedown's mark, the one who writes the mark then searches
for texts. Whoever comes second sees the other. A look that did not see everything is no look: the entry is tried again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import orjson
import structlog
from kabar_chassis.delivery.faults import message_faults
from kabar_chassis.delivery.outcome import Blocked, Dead, Delivery, Done, Handler, Outcome, Retry
from kabar_chassis.delivery.quarantine import Quarantine, each_in_safety
from kabar_contracts.entry import InvalidEntryError, decode
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.identity import revision_id
from opensearchpy import AsyncOpenSearch
from pydantic import ValidationError

from kabar_index.documents import RevisionFacts, entry_version, redacted, revision_document, takedown_document, takedown_id
from kabar_index.mapping_check import blame_documents_or_index
from kabar_index.mappings import REVISIONS
from kabar_index.opensearch_bulk import Action, write
from kabar_index.takedown_looks import LOOKED_AT_TOGETHER, Kept, texts_before, when_taken_down

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """One entry, understood."""

    facts: RevisionFacts
    document: dict[str, Any]
    version: int

    @property
    def document_id(self) -> str:
        """Where it lies in the archive."""
        return revision_id(article_id=self.facts.article_id, revision=self.facts.revision)

    @property
    def is_takedown(self) -> bool:
        """Whether it removes an article."""
        return self.facts.status is ArticleStatus.CANCELED


@dataclass(frozen=True, slots=True)
class NoArticle:
    """An entry that the archive has nothing to keep of."""

    why: str


def archive_handler(client: AsyncOpenSearch, *, stream: str, now: Callable[[], datetime], quarantine: Quarantine | None = None) -> Handler:
    """The handler that archives the entries of `stream` with `client`. It works suspects out in `quarantine`, by default one of its own."""
    apart = quarantine or Quarantine()

    async def archive_revisions(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        archived_at = now()
        read = await each_in_safety(partial(revision_of, stream=stream, archived_at=archived_at), deliveries, quarantine=apart)
        for delivery, revision in zip(deliveries, read, strict=True):
            if isinstance(revision, NoArticle):
                log.warning("revision_not_archived", entry_id=delivery.entry_id.decode(), stream=stream, why=revision.why[:300])
        revisions = [revision for revision in read if isinstance(revision, RevisionEntry)]
        written = iter(await _archive(client, revisions, archived_at=archived_at))
        return [next(written) if isinstance(revision, RevisionEntry) else _without_writing(revision) for revision in read]

    return archive_revisions


def revision_of(delivery: Delivery, *, stream: str, archived_at: datetime) -> RevisionEntry | NoArticle:
    """The revision in this entry, or why there is none: `enrich` reads the same entry and gives it up."""
    entry_id = delivery.entry_id.decode()
    try:
        entry = decode(delivery.fields)
        facts = RevisionFacts.model_validate_json(entry.data)
    except (InvalidEntryError, ValidationError) as error:
        return NoArticle(message_faults(error) if isinstance(error, ValidationError) else str(error))
    if (entry.article_id, entry.revision) != (facts.article_id, facts.revision):
        # `enrich` gives it up under the ids of the entry: kept under those of the message, nobody would find its letter,
        # and a takedown would remove the texts of an article that it does not name.
        return NoArticle(f"the entry says {entry.article_id}.{entry.revision}, its message {facts.article_id}.{facts.revision}")
    document = revision_document(entry, facts, entry_id=entry_id, stream=stream, archived_at=archived_at)
    return RevisionEntry(facts=facts, document=document, version=entry_version(entry_id))


def _without_writing(read: NoArticle | Dead | Retry) -> Outcome:
    """`enrich` gives the one dead letter of an entry that is no article. What ends our own process is ours to say."""
    return Done() if isinstance(read, NoArticle) else read


async def _archive(client: AsyncOpenSearch, revisions: Sequence[RevisionEntry], *, archived_at: datetime) -> list[Outcome]:
    """One outcome a revision. Done is only what was written and, if it was taken down, has no text any more."""
    if not revisions:
        return []
    own = [_action(revision) for revision in revisions]
    marks = [_mark(revision.facts, archived_at=archived_at) for revision in revisions if revision.is_takedown]
    written = await blame_documents_or_index(client, REVISIONS, await write(client, REVISIONS, [*own, *marks]))
    marked = iter(written[len(own) :])
    outcomes = [
        _both(outcome, next(marked)) if revision.is_takedown else outcome
        for revision, outcome in zip(revisions, written[: len(own)], strict=True)
    ]
    outcomes = await _redact_late_arrivals(client, revisions, outcomes)
    covering = [at for at, revision in enumerate(revisions) if revision.is_takedown and isinstance(outcomes[at], Done)]
    redacted_of = await _redact_before(client, [revisions[at].facts for at in covering])
    for at in covering:
        outcomes[at] = redacted_of[revisions[at].facts.article_id]
    return outcomes


def _both(first: Outcome, second: Outcome) -> Outcome:
    """What is true of two documents that belong together: done when both are; whoever waits, both wait."""
    for kind in (Blocked, Retry, Dead):
        for outcome in (first, second):
            if isinstance(outcome, kind):
                return outcome
    return first


def _action(revision: RevisionEntry) -> Action:
    return Action(
        document_id=revision.document_id,
        version=revision.version,
        source=orjson.dumps(revision.document),
    )


def _mark(facts: RevisionFacts, *, archived_at: datetime) -> Action:
    return Action(
        document_id=takedown_id(facts.article_id),
        version=facts.revision,
        source=orjson.dumps(takedown_document(facts, archived_at=archived_at)),
    )


async def _redact_late_arrivals(client: AsyncOpenSearch, revisions: Sequence[RevisionEntry], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Remove the text of what was just written but had been taken down before."""
    fresh = [at for at, revision in enumerate(revisions) if not revision.is_takedown and isinstance(outcomes[at], Done)]
    result = list(outcomes)
    if not fresh:
        return result
    taken_down = await when_taken_down(client, sorted({revisions[at].facts.article_id for at in fresh}))
    if isinstance(taken_down, Retry | Blocked):
        for at in fresh:
            result[at] = taken_down
        return result
    late = [at for at in fresh if revisions[at].facts.revision <= taken_down.get(revisions[at].facts.article_id, -1)]
    kept = [_kept(revisions[at]) for at in late]
    for at, outcome in zip(late, await _write_redacted(client, kept), strict=True):
        result[at] = outcome
    return result


def _kept(revision: RevisionEntry) -> Kept:
    return Kept(revision.document_id, revision.version, revision.facts.article_id, revision.document)


async def _redact_before(client: AsyncOpenSearch, takedowns: Sequence[RevisionFacts]) -> dict[str, Outcome]:
    """Remove the text of every revision that these takedowns cover. Returns an outcome an article."""
    newest: dict[str, int] = {}
    for takedown in takedowns:
        newest[takedown.article_id] = max(takedown.revision, newest.get(takedown.article_id, 0))
    covering, outcomes = list(newest.items()), dict[str, Outcome]()
    for start in range(0, len(covering), LOOKED_AT_TOGETHER):
        outcomes |= await _redact_these(client, dict(covering[start : start + LOOKED_AT_TOGETHER]))
    return outcomes


async def _redact_these(client: AsyncOpenSearch, waiting: dict[str, int]) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    seen: set[tuple[str, int]] = set()
    while waiting:
        texts = await texts_before(client, waiting)
        if isinstance(texts, Retry | Blocked):
            return outcomes | dict.fromkeys(waiting, texts)
        here = {(kept.document_id, kept.version) for kept in texts}
        if here <= seen:  # nothing is left, or what is there cannot be removed
            stuck = Retry("texts that were taken down are still there after they were overwritten")
            return outcomes | dict.fromkeys(waiting, Done()) | dict.fromkeys((kept.article_id for kept in texts), stuck)
        seen |= here
        for kept, outcome in zip(texts, await _write_redacted(client, texts), strict=True):
            if not isinstance(outcome, Done):
                outcomes[kept.article_id] = outcome
                waiting.pop(kept.article_id, None)
    return outcomes


async def _write_redacted(client: AsyncOpenSearch, texts: Sequence[Kept]) -> list[Outcome]:
    actions = [Action(document_id=kept.document_id, version=kept.version, source=orjson.dumps(redacted(kept.document))) for kept in texts]
    return await write(client, REVISIONS, actions) if actions else []
