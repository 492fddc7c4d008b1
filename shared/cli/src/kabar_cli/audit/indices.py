"""What an audit reads from OpenSearch: both indices in order of article, page after page, and single documents as they are now."""

import base64
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from opensearchpy import AsyncOpenSearch

from kabar_cli.audit.accounts import ArchivedArticle, DocumentRow, RevisionRow

ARTICLES: Final = "articles"
REVISIONS: Final = "revisions"
PAGE: Final = 5_000
"""Rows in one answer: 2 MB, and some 10 MB in this process."""
KEEP_ALIVE: Final = "10m"
LOOKUPS: Final = 200
ORIGINALS: Final = 20
"""Originals read at a time; each may be megabytes."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PointInTime:
    """Both indices as they were at one moment."""

    client: AsyncOpenSearch
    revisions: str
    articles: str
    page: int

    async def archived_articles(self) -> AsyncIterator[ArchivedArticle]:
        """What the archive has, in the order of article ids. Holds the revisions of one article."""
        article_id, rows, mark = "", list[RevisionRow](), None
        fields = ("article_id", "revision", "status", "entry_id", "stream", "content_sha256", "redacted", "kind")
        async for found in _rows(self.client, self.revisions, fields, order=("article_id", "revision", "kind"), page=self.page):
            if found["article_id"] != article_id:
                if article_id:
                    yield ArchivedArticle(article_id=article_id, revisions=rows, mark=mark)
                article_id, rows, mark = found["article_id"], [], None
            if found["kind"] == "takedown":
                mark = int(found["revision"])
            else:
                rows.append(revision_row(found))
        if article_id:
            yield ArchivedArticle(article_id=article_id, revisions=rows, mark=mark)

    async def documents(self) -> AsyncIterator[list[DocumentRow]]:
        """What the index has, in the same order: the documents of one article, of which there should be one."""
        group: list[DocumentRow] = []
        fields = ("article_id", "revision", "status", "content_sha256")
        async for found in _rows(self.client, self.articles, fields, order=("article_id", "revision"), page=self.page):
            row = document_row(found)
            if group and group[0].article_id != row.article_id:
                yield group
                group = []
            group.append(row)
        if group:
            yield group


@asynccontextmanager
async def point_in_time(client: AsyncOpenSearch, *, page: int = PAGE) -> AsyncIterator[PointInTime]:
    """Both indices at this moment, the archive first. Raises OpenSearchException."""
    pits: list[str] = []
    try:
        for index in (REVISIONS, ARTICLES):
            answer = await client.create_pit(index=index, params={"keep_alive": KEEP_ALIVE})
            pits.append(answer["pit_id"])
        yield PointInTime(client, pits[0], pits[1], page)
    finally:
        if pits:
            await client.delete_pit(body={"pit_id": pits})


async def _rows(client: AsyncOpenSearch, pit: str, fields: Sequence[str], *, order: Sequence[str], page: int) -> AsyncIterator[Row]:
    """Columns instead of stored documents: the texts stay where they are."""
    body: dict[str, Any] = {
        "size": page,
        "pit": {"id": pit, "keep_alive": KEEP_ALIVE},
        "sort": [{name: "asc"} for name in order],
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": list(fields),
        "track_total_hits": False,
    }
    while True:
        answer = await client.search(body=body, params={"filter_path": "hits.hits.fields,hits.hits.sort"})
        hits = answer.get("hits", {}).get("hits", [])
        for hit in hits:
            columns = hit.get("fields", {})
            yield {name: columns[name][0] if name in columns else None for name in fields}
        if len(hits) < page:
            return
        body["search_after"] = hits[-1]["sort"]


def revision_row(found: Row) -> RevisionRow:
    """The row of one document of the archive."""
    return RevisionRow(
        article_id=found["article_id"],
        revision=int(found["revision"]),
        status=found["status"],
        entry_id=found["entry_id"],
        stream=found["stream"],
        content_sha256=found.get("content_sha256"),
        redacted=bool(found.get("redacted")),
    )


def document_row(found: Row) -> DocumentRow:
    """The row of one document of the index."""
    return DocumentRow(
        article_id=found["article_id"],
        revision=int(found["revision"]),
        status=found["status"],
        content_sha256=found.get("content_sha256"),
    )


async def sources(
    client: AsyncOpenSearch, index: str, ids: Sequence[str], fields: Sequence[str], *, at_a_time: int = LOOKUPS
) -> dict[str, Row]:
    """Document id -> these fields of it, as they are now; what does not exist is left out. Raises OpenSearchException."""
    found: dict[str, Row] = {}
    for start in range(0, len(ids), at_a_time):
        chunk = list(ids[start : start + at_a_time])
        answer = await client.mget(index=index, body={"ids": chunk}, params={"_source_includes": ",".join(fields)})
        found |= {document["_id"]: document["_source"] for document in answer["docs"] if document.get("found")}
    return found


async def documents_now(client: AsyncOpenSearch, article_ids: Sequence[str]) -> dict[str, DocumentRow]:
    """The documents of these articles as they are now. Raises OpenSearchException."""
    fields = ("article_id", "revision", "status", "content_sha256")
    found = await sources(client, ARTICLES, list(dict.fromkeys(article_ids)), fields)
    return {article_id: document_row(source) for article_id, source in found.items()}


async def revisions_now(client: AsyncOpenSearch, ids: Sequence[str]) -> dict[str, RevisionRow]:
    """These documents of the archive as they are now. Raises OpenSearchException."""
    fields = ("article_id", "revision", "status", "entry_id", "stream", "content_sha256", "redacted")
    return {document_id: revision_row(source) for document_id, source in (await sources(client, REVISIONS, ids, fields)).items()}


async def marks_now(client: AsyncOpenSearch, article_ids: Sequence[str]) -> dict[str, int]:
    """Article -> the revision of its takedown as the archive marks it now. Raises OpenSearchException."""
    found = await sources(client, REVISIONS, [f"{article_id}.takedown" for article_id in article_ids], ("article_id", "revision"))
    return {source["article_id"]: int(source["revision"]) for source in found.values()}


async def with_text(client: AsyncOpenSearch, ids: Sequence[str]) -> set[str]:
    """Those of these documents of the archive that have a text now. Raises OpenSearchException."""
    found = await sources(client, REVISIONS, ids, ("original", "page"), at_a_time=ORIGINALS)
    return {document_id for document_id, source in found.items() if source}


async def broken_originals(client: AsyncOpenSearch, ids: Sequence[str]) -> dict[str, str]:
    """Document id -> what differs, for those whose original or page has not the hash that it had. Raises OpenSearchException."""
    fields = ("original", "original_encoding", "original_sha256", "page", "page_sha256")
    broken: dict[str, str] = {}
    for start in range(0, len(ids), ORIGINALS):
        found = await sources(client, REVISIONS, ids[start : start + ORIGINALS], fields, at_a_time=ORIGINALS)
        broken |= {document_id: told for document_id, source in found.items() if (told := original_fault(source))}
    return broken


def original_fault(source: Row) -> str:
    """What of this document of the archive does not have its hash; empty when all does, or a takedown removed it."""
    original, page = source.get("original"), source.get("page")
    if original is not None and _sha256(_bytes(original, source.get("original_encoding"))) != source.get("original_sha256"):
        return "original_sha256"
    if page is not None and _sha256(_bytes(page, "base64")) != source.get("page_sha256"):
        return "page_sha256"
    return ""


def _bytes(text: str, encoding: str | None) -> bytes:
    try:
        return base64.b64decode(text, validate=True) if encoding == "base64" else text.encode()
    except ValueError:
        return b""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
