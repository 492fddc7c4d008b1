"""Reads an HTML page: the region with the article, and what the page says of it in JSON-LD and meta tags."""

from dataclasses import replace
from datetime import UTC, datetime, time, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from kabar_contracts.enriched import Block, BlockKind, PageKind, Tag

from kabar_enrich.anatomy import moments, promotion
from kabar_enrich.anatomy.paragraphs import is_prose, paragraphs_of
from kabar_enrich.draft import Draft
from kabar_enrich.markup import json_ld, metadata
from kabar_enrich.markup.article_text import NOTHING, ArticleText, around_top, confirmation, names_in_sight, text_in
from kabar_enrich.markup.bounds import bounded
from kabar_enrich.markup.page import Page, read_page
from kabar_enrich.markup.page_kind import page_kind_of
from kabar_enrich.markup.region import Region, best_region

SEGMENTS_FOR_A_SECOND_OPINION: Final = 5_000
"""resiliparse takes seconds for pages that no news site makes."""
FIRST_YEAR: Final = 1990
"""A day before that is something that the article tells of."""
BETTER: Final = 1.4
"""How much longer a second opinion must be to be taken."""


def read_html_article(draft: Draft) -> Draft:
    """Title, names, times, section, body and kind of an article that came as HTML; any other article as it is."""
    if draft.html is None:
        return draft
    page = read_page(draft.html)
    node = metadata.article_node(page)
    title = metadata.title_of(page, node, headings=[segment.text for segment in page.segments if segment.tag == "h1"])
    is_confirmed = confirmation(metadata.article_body(node))
    region = best_region(page, is_confirmed=is_confirmed)
    description = metadata.description_of(page, node)
    reading = NOTHING
    if region is not None:
        reading = text_in(page, region, title=title, description=description, is_confirmed=is_confirmed)
    reading = _with_second_opinion(reading, draft.html, region=region, body=metadata.article_body(node), segments=len(page.segments))
    times = _moments(page, node, region, zone=_zone_of(draft))
    kind = page_kind_of(page, node, url=draft.raw.url, characters=reading.characters)
    read = replace(
        draft,
        title=title,
        blocks=reading.blocks,
        captions=reading.captions,
        authors=_authors(page, node, region, visible=reading.names.authors),
        editors=reading.names.editors,
        section=metadata.section_of(page, node) or draft.section,
        lead=None,
        published_at=times.published_at or times.updated_at,
        updated_at=times.updated_at,
        page_kind=kind,
        tags=draft.tags.model_copy(update={"keywords": tuple(Tag(name=word) for word in metadata.keywords_of(page, node))}),
    )
    return _warned(read, times)


def _warned(draft: Draft, times: metadata.Moments) -> Draft:
    pointer = "/published_at"
    if times.day_alone is not None:
        draft = draft.warned("day_without_time", f"{times.day_alone[:80]!r} names a day and no time", pointer=pointer)
    elif times.published_at is None and times.without_zone is not None:
        draft = draft.warned("no_time_zone", f"the time {times.without_zone[:80]!r} names no zone and was left out", pointer=pointer)
    if times.published_at is None and times.updated_at is not None:
        draft = draft.warned("published_from_change", "only the time of the last change is given", pointer=pointer)
    if not draft.blocks and draft.page_kind is not PageKind.ERROR:
        draft = draft.warned("no_body", "no running text was found in this page")
    return draft


def _with_second_opinion(reading: ArticleText, html: str, *, region: Region | None, body: str, segments: int) -> ArticleText:
    """The reading, or where it is not sure one that has clearly more text: of resiliparse, else the page's own JSON-LD."""
    if region is not None and region.is_sure:
        return reading
    second = "" if segments > SEGMENTS_FOR_A_SECOND_OPINION else _by_resiliparse(html)
    for opinion in (second, body):
        blocks = tuple(
            Block(kind=BlockKind.PARAGRAPH, text=text)
            for text in paragraphs_of(opinion)
            if is_prose(text) and not promotion.is_promotion(text)
        )
        if sum(len(block.text) for block in blocks) > max(BETTER * reading.characters, 1):
            return replace(reading, blocks=blocks)
    return reading


def _by_resiliparse(html: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415  # only for pages of which the scorer is unsure

    return extract_plain_text(
        bounded(html.encode()).decode(), main_content=True, alt_texts=False, links=False, comments=False, list_bullets=False
    )


def _authors(page: Page, node: json_ld.Node, region: Region | None, *, visible: tuple[str, ...]) -> tuple[str, ...]:
    """The author that the page's data name, else the one in sight, else the publisher where it is named as the author.

    On Indonesian and Malay sites the name in sight comes first: the data there often name who posted the article.
    """
    declared = metadata.authors_of(page, node)
    is_local = (page.language or "").lower().startswith(("id", "ms", "in"))
    if declared and not is_local:
        return declared
    seen = visible or ((names_in_sight(page, region)[:1]) if region is not None else ())
    return seen or declared or metadata.publisher_as_author(page, node)


def _moments(page: Page, node: json_ld.Node, region: Region | None, *, zone: tzinfo | None) -> metadata.Moments:
    """The times that the page's data name, else those in sight above the text: a moment, or the day alone."""
    declared = metadata.moments_of(page, node, zone=zone)
    if declared.published_at is not None and declared.day_alone is None:
        return declared
    stamps = [segment.text for segment in around_top(page, region)]
    seen = next(filter(None, map(moments.moment_in, stamps)), None)
    if seen is not None:
        return replace(declared, published_at=seen, day_alone=None, without_zone=None)
    if declared.published_at is not None or declared.without_zone is not None:
        return declared
    for stamp in stamps:
        day = moments.date_in(stamp)
        if day is not None and day.year > FIRST_YEAR:
            return replace(declared, published_at=datetime.combine(day, time(), UTC), day_alone=stamp)
    return declared


def _zone_of(draft: Draft) -> tzinfo | None:
    """The time zone of the outlet, where it is known."""
    name = draft.outlet.time_zone if draft.outlet is not None else None
    return None if name is None else ZoneInfo(name)
