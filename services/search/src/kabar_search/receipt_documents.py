"""What is read from OpenSearch for a receipt: the archive's document, the article's by its id, and the same by a search."""

from collections.abc import Mapping
from typing import Any, Final

from kabar_chassis.whereabouts import EntryId
from kabar_contracts.fields import ArticleStatus
from kabar_contracts.identity import revision_id
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import OpenSearchException, TransportError

from kabar_search.opensearch_reader import IndexUnavailableError
from kabar_search.receipts import ArchiveFacts, DocumentFacts, IndexFacts, Receipt

_DOCUMENT_FIELDS: Final = ["revision", "status", "enriched_at", "indexed_at"]
_ARCHIVE_FIELDS: Final = ["entry_id", "stream", "archived_at"]


class ReceiptDocuments:
    """Reads the aliases of the articles and of the archive. Sends each request once."""

    def __init__(self, client: AsyncOpenSearch, *, articles_alias: str, revisions_alias: str, timeout_s: float) -> None:
        self._client = client
        self._articles = articles_alias
        self._revisions = revisions_alias
        self._timeout_s = timeout_s

    async def facts(self, receipt: Receipt) -> IndexFacts:
        """What the indices tell of this receipt; the search runs last, and only for what has arrived. Raises IndexUnavailableError."""
        revision = revision_id(article_id=receipt.article_id, revision=receipt.revision)
        archived, stored = await self._by_ids(
            [
                {"_index": self._revisions, "_id": revision, "_source": _ARCHIVE_FIELDS},
                {"_index": self._articles, "_id": receipt.article_id, "_source": _DOCUMENT_FIELDS},
            ]
        )
        document = _document(stored.get("_source"))
        # A search shows what a get shows, a moment later: it cannot find what is not there yet.
        has_arrived = document is not None and document.revision >= receipt.revision
        found = await self._search(receipt.article_id) if has_arrived else None
        return IndexFacts(
            archived=_archived(archived.get("_source")),
            stored=document,
            found=_document(found["_source"] if found else None),
        )

    async def _by_ids(self, lookups: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
        try:
            answer = await self._client.mget(body={"docs": lookups}, params={"request_timeout": self._timeout_s})
        except OpenSearchException as error:
            raise _unavailable(error) from error
        documents = answer.get("docs") if isinstance(answer, Mapping) else None
        if not isinstance(documents, list) or len(documents) != len(lookups):
            message = "an answer without the documents asked for; is this address that of OpenSearch?"
            raise IndexUnavailableError(message)
        for document in documents:
            if "error" in document:
                raise IndexUnavailableError(str(document["error"].get("reason")))
        return documents

    async def _search(self, article_id: str) -> Mapping[str, Any] | None:
        body = {"size": 1, "query": {"term": {"article_id": article_id}}, "_source": _DOCUMENT_FIELDS, "track_total_hits": False}
        try:
            answer = await self._client.search(
                index=self._articles,
                body=body,
                params={"request_timeout": self._timeout_s, "allow_partial_search_results": "false"},
            )
            hits: list[Mapping[str, Any]] = answer["hits"]["hits"]
        except OpenSearchException as error:
            raise _unavailable(error) from error
        except (KeyError, TypeError) as error:
            message = "an answer without hits; is this address that of OpenSearch?"
            raise IndexUnavailableError(message) from error
        return hits[0] if hits else None


def _archived(source: Mapping[str, Any] | None) -> ArchiveFacts | None:
    if source is None:
        return None
    return ArchiveFacts(entry_id=EntryId.of(source["entry_id"]), stream=source["stream"], archived_at=source.get("archived_at"))


def _document(source: Mapping[str, Any] | None) -> DocumentFacts | None:
    if source is None:
        return None
    return DocumentFacts(
        revision=source["revision"],
        status=ArticleStatus(source["status"]),
        enriched_at=source.get("enriched_at"),
        indexed_at=source.get("indexed_at"),
    )


def _unavailable(error: OpenSearchException) -> IndexUnavailableError:
    if isinstance(error, TransportError):
        return IndexUnavailableError(f"{error.status_code}: {error.error}")
    return IndexUnavailableError(str(error))
