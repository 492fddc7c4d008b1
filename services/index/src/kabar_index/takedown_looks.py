"""The two looks into the archive that takedowns need. Each sees everything, or says that it did not."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kabar_chassis.delivery.outcome import Blocked, Retry
from opensearchpy import AsyncOpenSearch

from kabar_index.documents import RevisionKind, takedown_id
from kabar_index.mappings import REVISIONS
from kabar_index.opensearch_answers import failure_outcome

PAGE: Final = 500
"""Revisions in one answer."""
LOOKED_AT_TOGETHER: Final = 200
"""Takedowns in one search: OpenSearch takes some 1,000 clauses."""

_PRIMARY: Final = "_primary"
"""A replica may be behind what was just written."""

_PARTIAL: Final = Retry("OpenSearch's answer did not see the whole archive")


@dataclass(frozen=True, slots=True)
class Kept:
    """A document of the archive, without its text."""

    document_id: str
    version: int
    article_id: str
    document: Mapping[str, Any]


async def when_taken_down(client: AsyncOpenSearch, article_ids: Sequence[str]) -> dict[str, int] | Retry | Blocked:
    """The revision of the newest takedown of those of these articles that have one."""
    ids = [takedown_id(article_id) for article_id in article_ids]
    answer = await _answer(client.mget(body={"ids": ids}, index=REVISIONS, params={"_source_includes": "revision", "preference": _PRIMARY}))
    return answer if isinstance(answer, Retry | Blocked) else marks_in(answer, article_ids)


def marks_in(answer: Any, article_ids: Sequence[str]) -> dict[str, int] | Retry:
    """What an answer to `_mget` says. One that has no clear yes or no for every mark says nothing."""
    rows = _at(answer, "docs")
    if not isinstance(rows, list) or len(rows) != len(article_ids):
        return _PARTIAL
    marks = {}
    for row, article_id in zip(rows, article_ids, strict=True):
        found, revision = _at(row, "found"), _at(row, "_source", "revision")
        if _at(row, "_id") != takedown_id(article_id) or not isinstance(found, bool) or (found and not isinstance(revision, int)):
            return _PARTIAL
        if found:
            marks[article_id] = revision
    return marks


async def texts_before(client: AsyncOpenSearch, takedowns: Mapping[str, int]) -> list[Kept] | Retry | Blocked:
    """A page of the revisions that these takedowns (the revision by article) cover and that still have their text.

    Empty when there are none. One refresh and one search for all of them, at most `LOOKED_AT_TOGETHER`.
    """
    refreshed = await _answer(client.indices.refresh(index=REVISIONS))
    if isinstance(refreshed, Retry | Blocked):
        return refreshed
    if not _is_whole(refreshed):
        return _PARTIAL
    covered = [
        {"bool": {"filter": [{"term": {"article_id": article_id}}, {"range": {"revision": {"lte": revision}}}]}}
        for article_id, revision in takedowns.items()
    ]
    query = {
        "bool": {
            "filter": [{"term": {"kind": RevisionKind.REVISION.value}}, {"term": {"redacted": False}}],
            "should": covered,
            "minimum_should_match": 1,
        }
    }
    answer = await _answer(
        client.search(
            body={"query": query, "version": True, "size": PAGE, "_source": {"excludes": ["original", "page"]}},
            index=REVISIONS,
            params={"preference": _PRIMARY, "allow_partial_search_results": "false"},
        )
    )
    return answer if isinstance(answer, Retry | Blocked) else texts_in(answer)


def texts_in(answer: Any) -> list[Kept] | Retry:
    """The documents in an answer to `_search`. One that is not of every shard, or that was cut, says nothing."""
    hits = _at(answer, "hits", "hits")
    if not _is_whole(answer) or _at(answer, "timed_out") is not False or not isinstance(hits, list):
        return _PARTIAL
    texts = []
    for hit in hits:
        document_id, version, document = _at(hit, "_id"), _at(hit, "_version"), _at(hit, "_source")
        article_id = _at(document, "article_id")
        if not isinstance(document_id, str) or not isinstance(version, int) or not isinstance(article_id, str):
            return _PARTIAL
        texts.append(Kept(document_id, version, article_id, document))
    return texts


def _is_whole(answer: Any) -> bool:
    """Whether every shard that was asked has answered, and there was one."""
    successful = _at(answer, "_shards", "successful")
    return _at(answer, "_shards", "failed") == 0 and isinstance(successful, int) and successful > 0


def _at(value: Any, *names: str) -> Any:
    """The value under these names, one in the other; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


async def _answer(request: Awaitable[Any]) -> Any:
    try:
        return await request
    except Exception as error:  # noqa: BLE001  # the client raises more than its own types for answers it cannot read
        return failure_outcome(error)
