"""What is there after a run: read with plain clients from the index, the archive and the dead letters."""

import base64
from collections.abc import Iterator
from typing import Any, Final

from checker import DocumentSeen, LetterSeen, Observed, RevisionSeen
from opensearchpy import OpenSearch
from public_contract import ARTICLES, DEAD, REVISIONS, sha256
from redis import Redis

PAGE: Final = 500
_TEXTS: Final = ("title", "lead", "body", "source_text", "localized")


def observed(redis_url: str, opensearch_url: str) -> Observed:
    """All of it. Texts are looked at and not kept, so a run of 100,000 articles fits into some hundred MB."""
    with OpenSearch(opensearch_url, timeout=60) as client, Redis.from_url(redis_url) as redis:
        client.indices.refresh(index=f"{ARTICLES},{REVISIONS}")
        revisions: list[RevisionSeen] = []
        marks: dict[str, int] = {}
        for hit in _hits(client, REVISIONS):
            source = hit["_source"]
            if source["kind"] == "takedown":
                marks[source["article_id"]] = source["revision"]
            else:
                revisions.append(_revision(hit["_id"], source))
        return Observed(
            documents=[_document(hit["_id"], hit["_source"]) for hit in _hits(client, ARTICLES)],
            revisions=revisions,
            marks=marks,
            letters=[letter for stream in DEAD for letter in _letters(redis, stream)],
        )


def _hits(client: OpenSearch, index: str) -> Iterator[dict[str, Any]]:
    """Every document of this alias, whatever indices stand behind it."""
    body: dict[str, Any] = {"size": PAGE, "sort": ["_shard_doc"], "query": {"match_all": {}}, "track_total_hits": False}
    moment = client.create_pit(index=index, params={"keep_alive": "5m"})["pit_id"]
    try:
        while True:
            answer = client.search(
                body=body | {"pit": {"id": moment, "keep_alive": "5m"}}, params={"allow_partial_search_results": "false"}
            )
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield from hits
            body["search_after"] = hits[-1]["sort"]
    finally:
        client.delete_pit(body={"pit_id": [moment]})


def _document(document_id: str, source: dict[str, Any]) -> DocumentSeen:
    return DocumentSeen(
        document_id=document_id,
        article_id=source["article_id"],
        revision=source["revision"],
        status=source["status"],
        content_sha256=source.get("content_sha256"),
        has_text=any(source.get(name) for name in _TEXTS),
    )


def _revision(document_id: str, source: dict[str, Any]) -> RevisionSeen:
    original, page = source.get("original"), source.get("page")
    return RevisionSeen(
        document_id=document_id,
        article_id=source["article_id"],
        revision=source["revision"],
        status=source["status"],
        content_sha256=source.get("content_sha256"),
        is_redacted=source["redacted"],
        has_text=original is not None or page is not None,
        is_intact=original is not None
        and sha256(_bytes(original, source["original_encoding"])) == source["original_sha256"]
        and (page is None or sha256(base64.b64decode(page)) == source["page_sha256"] == source["content_sha256"]),
    )


def _bytes(original: str, encoding: str) -> bytes:
    return original.encode() if encoding == "utf-8" else base64.b64decode(original)


def _letters(redis: Redis, stream: str) -> Iterator[LetterSeen]:
    begin = "-"
    while True:
        rows: Any = redis.xrange(stream, min=begin, count=PAGE)
        if not rows:
            return
        for entry_id, fields in rows:
            yield _letter(f"{stream} {entry_id.decode()}", fields)
        begin = f"({rows[-1][0].decode()}"


def _letter(name: str, fields: dict[bytes, bytes]) -> LetterSeen:
    def text(field: bytes) -> str:
        return fields.get(field, b"").decode("utf-8", "replace")

    return LetterSeen(
        letter=name,
        token=text(b"chaos") or None,
        sha256=sha256(fields[b"data"]) if b"data" in fields else None,
        reason=text(b"dead.reason"),
        detail=text(b"dead.detail"),
        origin=text(b"dead.origin"),
    )
