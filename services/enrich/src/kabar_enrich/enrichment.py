"""Turns one raw article into an enriched one: an ordered list of pure enrichers and the record of what made it.

To add an enricher, write it as one file in `kabar_enrich.enrichers` and name it once in `ENRICHERS`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Final

from kabar_contracts import identity
from kabar_contracts.disclosure.record import disclosure_of
from kabar_contracts.enriched import EnrichedArticle, Provenance
from kabar_contracts.fields import ArticleStatus, ArticleWarning
from kabar_contracts.raw import ContentForm, RawArticle

from kabar_enrich.anatomy.storable import storable
from kabar_enrich.budget import Budget, OutOfTimeError
from kabar_enrich.decoding import decode_page, decode_utf8
from kabar_enrich.disclosure.enricher import assess_disclosure
from kabar_enrich.draft import Draft, Enricher
from kabar_enrich.enrichers.closing_credit import drop_closing_credit
from kabar_enrich.enrichers.dateline import take_dateline
from kabar_enrich.enrichers.disclosure_notes import drop_disclosure_notes
from kabar_enrich.enrichers.html_article import read_html_article
from kabar_enrich.enrichers.keywords import tag_keywords
from kabar_enrich.enrichers.language import detect_language
from kabar_enrich.enrichers.lead import fill_lead
from kabar_enrich.enrichers.newsroom_notes import take_notes
from kabar_enrich.enrichers.page_dump import read_page_dump
from kabar_enrich.enrichers.page_marks import mark_page
from kabar_enrich.enrichers.producer_fields import prefer_producer_fields
from kabar_enrich.enrichers.producer_text import read_producer_text
from kabar_enrich.enrichers.quotes import find_quotes
from kabar_enrich.enrichers.source import take_source
from kabar_enrich.markup.page import read_page
from kabar_enrich.markup.unread import without_unread

GENERATION: Final = 2
"""Grows by one with each release whose output differs, so that its documents replace those of the release before."""

DETECTOR_MISSING: Final = "none"

ENRICHERS: Final[tuple[Enricher, ...]] = (
    take_source,
    read_page_dump,
    read_html_article,
    mark_page,
    read_producer_text,
    prefer_producer_fields,
    detect_language,
    drop_disclosure_notes,
    take_notes,
    take_dateline,
    drop_closing_credit,
    fill_lead,
    find_quotes,
    tag_keywords,
    assess_disclosure,
)
"""In this order. After what the address tells come the readers, one for each form of content; later ones see what earlier ones found."""


def enrich_article(
    raw: RawArticle,
    *,
    page: bytes | None,
    page_content_type: str | None,
    now: datetime,
    enrichers: Sequence[Enricher] = ENRICHERS,
    budget: Budget | None = None,
) -> EnrichedArticle:
    """The enriched article of `raw`; for a takedown a tombstone without text.

    `page` holds the bytes of a pushed page (`ContentForm.PAGE`). An enricher that raises loses its own findings and
    nothing else: the article goes on with the warning `enricher_failed`, and a record of disclosure that could not be
    made says `not_assessed`. The same of one that takes more memory than there is, or more time than the `budget` has left:
    that warning is `enricher_skipped`. Without a budget each has all the time.
    """
    if raw.status is ArticleStatus.CANCELED:
        return _tombstone(raw, page=page, now=now)
    html = _html_of(raw, page=page, page_content_type=page_content_type)
    draft = Draft(raw=raw, html=html, source_text=_source_text(raw, html=html), now=now, warnings=raw.warnings)
    text_sha256 = identity.sha256_hex(draft.source_text.encode())
    for enricher in enrichers:
        draft = _run(enricher, draft, text_sha256=text_sha256, budget=budget)
    return _finished(_assessed(draft, text_sha256=text_sha256), page=page, text_sha256=text_sha256)


def _run(enricher: Enricher, draft: Draft, *, text_sha256: str, budget: Budget | None) -> Draft:
    name = getattr(enricher, "__name__", type(enricher).__name__)
    try:
        fuller = enricher(draft) if budget is None else budget.run(enricher, draft)
        if fuller.ai_disclosure is not draft.ai_disclosure and fuller.ai_disclosure is not None:
            fuller.ai_disclosure.check_against(draft.source_text, text_sha256=text_sha256)
    except OutOfTimeError:
        return draft.warned("enricher_skipped", f"{name}: it took too long")
    except MemoryError:
        return draft.warned("enricher_skipped", f"{name}: it took too much memory")
    except Exception as error:  # noqa: BLE001  # whatever an enricher trips over, the article is not lost for it
        return draft.warned("enricher_failed", f"{name}: {type(error).__name__}: {error}"[:500])
    return fuller


def _assessed(draft: Draft, *, text_sha256: str) -> Draft:
    """The draft with a record of disclosure: one that says `not_assessed` when no enricher made any."""
    if draft.ai_disclosure is not None:
        return draft
    record = disclosure_of((), channels_assessed=(), detector_version=DETECTOR_MISSING, assessed_at=draft.now, text_sha256=text_sha256)
    return replace(draft, ai_disclosure=record)


def _html_of(raw: RawArticle, *, page: bytes | None, page_content_type: str | None) -> str | None:
    if raw.content_form is ContentForm.PAGE and page is not None:
        return decode_page(without_unread(page), content_type=page_content_type)
    if raw.html is not None and raw.content_form in (ContentForm.HTML, ContentForm.PAGE):
        return decode_utf8(without_unread(storable(raw.html).encode()))
    return None


def _source_text(raw: RawArticle, *, html: str | None) -> str:
    """All visible text as received. Of an article in fields: title, lead and body, with a blank line between."""
    if html is not None:
        return read_page(html).text
    if raw.content_form is not ContentForm.ARTICLE:
        return storable(raw.body or "")
    return storable("\n\n".join(text for text in (raw.title, raw.lead, raw.body) if text))


def _content_sha256(raw: RawArticle, *, page: bytes | None) -> str:
    """What ingest computed of the bytes it got; else of the page; else of title, lead, body and `html`."""
    if raw.content_sha256 is not None:
        return raw.content_sha256
    if page is not None:
        return identity.sha256_hex(page)
    parts = "\x00".join(text or "" for text in (raw.title, raw.lead, raw.body, raw.html))
    return identity.sha256_hex(parts.encode("utf-8", "surrogatepass"))


def _tombstone(raw: RawArticle, *, page: bytes | None, now: datetime) -> EnrichedArticle:
    return EnrichedArticle(
        article_id=raw.article_id,
        revision=raw.revision,
        status=raw.status,
        reason=raw.reason,
        source=raw.source,
        native_id=raw.native_id,
        url=raw.url,
        text_sha256=identity.sha256_hex(b""),
        content_sha256=_content_sha256(raw, page=page),
        received_at=raw.received_at,
        enriched_at=now,
        warnings=raw.warnings,
        provenance=Provenance(enricher_version=_package_version(), generation=GENERATION),
    )


def _finished(draft: Draft, *, page: bytes | None, text_sha256: str) -> EnrichedArticle:
    raw = draft.raw
    source, warnings = _source(draft)
    return EnrichedArticle(
        article_id=raw.article_id,
        revision=raw.revision,
        status=raw.status,
        reason=raw.reason,
        source=source,
        native_id=raw.native_id,
        url=raw.url,
        canonical_url=draft.canonical_url,
        page_kind=draft.page_kind,
        title=draft.title,
        lead=draft.lead,
        body=draft.body,
        blocks=draft.blocks,
        source_text=draft.source_text,
        text_sha256=text_sha256,
        content_sha256=_content_sha256(raw, page=page),
        section=draft.section,
        authors=draft.authors,
        editors=draft.editors,
        dateline=draft.dateline,
        captions=draft.captions,
        quotes=draft.quotes,
        notes=draft.notes,
        language=draft.language,
        country=draft.country,
        published_at=draft.published_at,
        updated_at=draft.updated_at,
        received_at=raw.received_at,
        enriched_at=draft.now,
        tags=draft.tags,
        topics=draft.topics,
        ai_disclosure=draft.ai_disclosure,
        warnings=warnings,
        provenance=Provenance(enricher_version=_package_version(), generation=GENERATION, rules=draft.rules),
        extra=raw.extra,
    )


def _source(draft: Draft) -> tuple[str, tuple[ArticleWarning, ...]]:
    """The producer's source; where it gave none and no URL, the site that the dateline names. The id stays as it was given."""
    named = draft.dateline.source if draft.dateline is not None else None
    if (
        draft.raw.source != identity.UNKNOWN_SOURCE
        or named is None
        or "." not in named
        or not named.isascii()
        or any(map(str.isspace, named))
    ):
        return draft.raw.source, draft.warnings
    warned = draft.warned("source_from_dateline", f"no source was given; {named!r} is from the dateline", pointer="/source")
    return named.lower(), warned.warnings


@cache
def _package_version() -> str:
    return version("kabar-enrich")
