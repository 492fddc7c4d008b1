"""Builders for tests of the enricher, as fixtures: each is a function that makes something."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_enrich.draft import Draft
from kabar_enrich.enrichment import enrich_article

NOW = dt.datetime(2025, 9, 10, 12, tzinfo=dt.UTC)

Raws = Callable[..., RawArticle]
Enriched = Callable[..., EnrichedArticle]


@pytest.fixture(scope="session")
def raw_article() -> Raws:
    """A raw article that was accepted on 10 September 2025; its form and whatever else by keyword."""

    def build(**fields: Any) -> RawArticle:
        values = {
            "article_id": "a" * 32,
            "revision": 1,
            "source": "harian.example",
            "received_at": NOW,
            "content_form": ContentForm.ARTICLE,
        }
        return RawArticle.model_validate({**values, **fields})

    return build


@pytest.fixture(scope="session")
def draft_of(raw_article: Raws) -> Callable[..., Draft]:
    """A draft before any enricher ran, of a text; the fields of its raw article by keyword."""

    def build(source_text: str = "", **fields: Any) -> Draft:
        return Draft(raw=raw_article(**fields), html=None, source_text=source_text, now=NOW)

    return build


@pytest.fixture(scope="session")
def enriched(raw_article: Raws) -> Enriched:
    """What becomes of a raw article with these fields, and of a page's bytes if there are some."""

    def build(page: bytes | None = None, page_content_type: str | None = None, **fields: Any) -> EnrichedArticle:
        return enrich_article(raw_article(**fields), page=page, page_content_type=page_content_type, now=NOW)

    return build


@pytest.fixture(scope="session")
def enriched_dump(enriched: Enriched) -> Enriched:
    """What becomes of a page dump."""

    def build(text: str, **fields: Any) -> EnrichedArticle:
        return enriched(content_form=ContentForm.PAGE_DUMP, body=text, **fields)

    return build


@pytest.fixture(scope="session")
def enriched_html(enriched: Enriched) -> Enriched:
    """What becomes of a page that was decoded before."""

    def build(html: str, **fields: Any) -> EnrichedArticle:
        return enriched(content_form=ContentForm.HTML, html=html, **fields)

    return build
