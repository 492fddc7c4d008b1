"""Builders of messages and entries."""

from datetime import UTC, datetime
from typing import Any

from kabar_contracts import identity
from kabar_contracts.enriched import EnrichedArticle, Provenance
from kabar_contracts.entry import Entry, encode
from kabar_contracts.raw import ContentForm, RawArticle

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def raw_article(number: int = 1, **changes: Any) -> RawArticle:
    """A raw article; equal numbers are the same article."""
    values: dict[str, Any] = {
        "revision": 1_000,
        "content_form": ContentForm.ARTICLE,
        "source": "warta.example",
        "native_id": f"a-{number}",
        "url": f"https://warta.example/{number}",
        "title": f"Judul {number}",
        "body": f"Paragraf pertama artikel {number}.\n\nParagraf kedua artikel {number}.",
        "received_at": NOON,
    } | changes
    values["article_id"] = identity.article_id(source=values["source"], native_id=values["native_id"], url=values["url"], text="")
    if values.get("status") == "canceled":
        values |= {"content_form": ContentForm.NONE, "body": None, "title": None}
    return RawArticle(**values)


def raw_fields(article: RawArticle, *, page: bytes | None = None) -> dict[bytes, bytes]:
    """The entry of a raw article."""
    data = article.model_dump_json().encode()
    return encode(Entry(data=data, article_id=article.article_id, revision=article.revision, page=page))


def enriched_article(number: int = 1, *, generation: int = 1, **changes: Any) -> EnrichedArticle:
    """An enriched article of the raw one with the same number."""
    raw = raw_article(number, **{name: changes.pop(name) for name in ("revision", "status") if name in changes})
    text = "" if raw.title is None else f"{raw.title}\n\n{raw.body}"
    values: dict[str, Any] = {
        "article_id": raw.article_id,
        "revision": raw.revision,
        "status": raw.status,
        "source": raw.source,
        "native_id": raw.native_id,
        "url": raw.url,
        "title": raw.title,
        "body": raw.body or "",
        "source_text": text,
        "text_sha256": identity.sha256_hex(text.encode()),
        "content_sha256": identity.sha256_hex(f"{number}.{raw.revision}".encode()),
        "language": "id",
        "received_at": raw.received_at,
        "enriched_at": NOON,
        "provenance": Provenance(enricher_version="test", generation=generation),
    } | changes
    return EnrichedArticle(**values)


def enriched_fields(article: EnrichedArticle) -> dict[bytes, bytes]:
    """The entry of an enriched article."""
    data = article.model_dump_json().encode()
    return encode(Entry(data=data, article_id=article.article_id, revision=article.revision))
