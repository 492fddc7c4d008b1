"""A small newsroom in a real OpenSearch node, and the search service in front of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from articles import enriched_article
from kabar_contracts import identity
from kabar_contracts.disclosure.assertion import Assertion, Evidence
from kabar_contracts.disclosure.record import AiDisclosure, disclosure_of
from kabar_contracts.enriched import Block, BlockKind, EnrichedArticle
from kabar_contracts.fields import ArticleStatus
from kabar_embedded import RunningServer
from kabar_index.documents import article_document
from kabar_index.mappings import ARTICLES, ARTICLES_WRITE
from kabar_index.migration import migrate
from kabar_search.app import build_app
from kabar_search.settings import Settings
from opensearchpy import AsyncOpenSearch

NOW = datetime(2026, 5, 6, 5, 0, tzinfo=UTC)
LONG_TEXT_WORDS = 160_000


def _assertion(text: str, sentence: str, *, number: int = 1, **changes: Any) -> Assertion:
    start = text.index(sentence)
    values: dict[str, Any] = {
        "id": f"a{number}",
        "channel": "body_text",
        "polarity": "affirmed",
        "modality": "certain",
        "activity": "edited_improved",
        "degree": "unspecified",
        "object": "article_text",
        "scope_level": "article",
        "asserted_by": "publisher",
        "trust": "unsigned_self_declared",
        "method": "test",
        "evidence": [
            Evidence(
                source="source_text",
                exact=sentence,
                prefix=text[max(0, start - 32) : start],
                suffix=text[start + len(sentence) :][:32],
                start=start,
                end=start + len(sentence),
                position_class="closing",
                in_cleaned_body=False,
            )
        ],
    }
    return Assertion(**(values | changes))


def _record(text: str, *assertions: Assertion) -> AiDisclosure:
    return disclosure_of(
        assertions,
        channels_assessed=["body_text"],
        detector_version="test",
        assessed_at=NOW,
        text_sha256=identity.sha256_hex(text.encode()),
    )


def _article(
    number: int, title: str, body: str, *, note: str = "", assertions: list[dict[str, Any]] | None = None, **changes: Any
) -> EnrichedArticle:
    """An article whose source text ends with `note`; no assertions at all mean that it was not assessed."""
    text = f"{title}\n\n{body}\n\n{note}"
    values: dict[str, Any] = {
        "title": title,
        "body": body,
        "blocks": [Block(kind=BlockKind.PARAGRAPH, text=part) for part in body.split("\n\n")],
        "source_text": text,
        "text_sha256": identity.sha256_hex(text.encode()),
        "ai_disclosure": None
        if assertions is None
        else _record(text, *(_assertion(text, number=index, **one) for index, one in enumerate(assertions, start=1))),
    }
    return enriched_article(number, **(values | changes))


def _newsroom() -> dict[str, EnrichedArticle]:
    edited = "Artikel ini disempurnakan dengan kecerdasan buatan."
    denied = "No artificial intelligence was used in this report."
    hedged = "Parts of this text may have been written by a machine."
    return {
        "mangrove": _article(
            1,
            "Nelayan Pantai Utara Menanam Mangrove",
            "Sebanyak 40 nelayan menanam bibit mangrove di pesisir Losari.\n\nPenanaman berlangsung dua hari.",
            note=edited,
            assertions=[{"sentence": edited}],
            published_at=datetime(2026, 5, 4, 1, 0, tzinfo=UTC),
            authors=("Sekar Wulandari",),
        ),
        "mangroves": _article(
            2,
            "Fishermen plant mangroves on the north coast",
            "Forty fishermen planted seedlings along the shore at Losari.",
            assertions=[],
            language="en",
            source="coast-post.example",
            published_at=datetime(2026, 5, 3, 18, 30, tzinfo=UTC),
        ),
        "undated": _article(
            3, "Warga Losari Gelar Pesta Laut", "Pesta laut diadakan setiap tahun.", received_at=datetime(2026, 5, 5, 3, 0, tzinfo=UTC)
        ),
        "denied": _article(
            4,
            "Council votes on harbour fees",
            "The council voted nine to two on Tuesday.",
            note=denied,
            assertions=[{"sentence": denied, "polarity": "affirmed", "activity": "none", "object": "whole_article"}],
            language="en-GB",
            source="coast-post.example",
            published_at=datetime(2026, 5, 1, 8, 0, tzinfo=UTC),
        ),
        "ambiguous": _article(
            5,
            "Harbour museum reopens",
            "The museum reopened after repairs.",
            note=hedged,
            assertions=[{"sentence": hedged, "modality": "hedged", "activity": "generated"}],
            language="en",
            source="coast-post.example",
            published_at=datetime(2026, 4, 2, 8, 0, tzinfo=UTC),
        ),
        "japanese": _article(
            6,
            "港の博物館が再開",
            "修理を終えた博物館が火曜日に再開した。",
            assertions=[],
            language="ja",
            source="minato.example",
            published_at=datetime(2026, 4, 1, 0, 0, tzinfo=UTC),
        ),
        "hostile": _article(
            7,
            '<script>alert("kopi")</script> & <mark>kopi</mark>',
            "Harga <img src=x onerror=alert(1)> kopi naik.",
            assertions=[],
            source='x"><b>.example',
            published_at=datetime(2026, 3, 1, 0, 0, tzinfo=UTC),
        ),
        "long": _article(
            8,
            "Risalah rapat",
            "rapat " * LONG_TEXT_WORDS + "ketuk palu",
            assertions=[],
            published_at=datetime(2026, 2, 1, 0, 0, tzinfo=UTC),
        ),
        "withheld": _article(9, "Nelayan ditahan dulu", "Naskah mangrove ini ditahan.", status=ArticleStatus.WITHHELD),
        "canceled": enriched_article(10, status=ArticleStatus.CANCELED, received_at=datetime(2026, 5, 5, 2, 0, tzinfo=UTC)),
    }


@pytest.fixture(scope="module")
def newsroom() -> dict[str, EnrichedArticle]:
    """The articles that are in the index, by a short name."""
    return _newsroom()


@pytest.fixture(scope="module")
async def index_url(opensearch_node: RunningServer, newsroom: dict[str, EnrichedArticle]) -> str:
    """Address of a node whose alias `articles` holds the newsroom, made and filled as the index service does it."""
    async with AsyncOpenSearch(opensearch_node.url, timeout=60) as client:
        for row in await client.cat.indices(params={"format": "json", "expand_wildcards": "all"}):
            await client.indices.delete(index=row["index"])
        await migrate(client, replicas=0, say=lambda _: None)
        # Not through the client: aiohttp warns of bodies as large as the longest article's.
        headers = {"content-type": "application/json"}
        async with httpx.AsyncClient(base_url=opensearch_node.url, headers=headers, timeout=60) as sender:
            for article in newsroom.values():
                document = article_document(article, indexed_at=NOW)
                answer = await sender.put(f"/{ARTICLES_WRITE}/_doc/{article.article_id}", content=document)
                assert answer.is_success, answer.text
        await client.indices.refresh(index=ARTICLES)
    return opensearch_node.url


@asynccontextmanager
async def _served(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole service, started and stopped as a server does it; the clock stands at 12:00 of 6 May 2026 in Jakarta."""
    app = build_app(settings, clock=lambda: NOW)
    to_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    life = asyncio.ensure_future(app({"type": "lifespan"}, to_app.get, from_app.put))
    await to_app.put({"type": "lifespan.startup"})
    assert (await from_app.get())["type"] == "lifespan.startup.complete"
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://kabar.example") as client:
        yield client
    await to_app.put({"type": "lifespan.shutdown"})
    assert (await from_app.get())["type"] == "lifespan.shutdown.complete"
    await life


@pytest.fixture(scope="module")
def served() -> Callable[[Settings], AbstractAsyncContextManager[httpx.AsyncClient]]:
    """Starts a service of its own for a test with other settings."""
    return _served


@pytest.fixture(scope="module")
async def search_service(index_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole service in front of the newsroom."""
    async with _served(Settings(opensearch_url=index_url)) as client:
        yield client
