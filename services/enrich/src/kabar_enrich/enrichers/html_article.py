"""Reads an HTML page: the region with the article, and what the page says of it in JSON-LD and meta tags."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kabar_contracts.enriched import Block, BlockKind, Caption, PageKind, Tag

from kabar_enrich.anatomy import byline, moments, promotion
from kabar_enrich.anatomy.caption import caption_of, caption_with_credit
from kabar_enrich.anatomy.paragraphs import ends_sentence, is_prose, paragraphs_of
from kabar_enrich.draft import Draft
from kabar_enrich.markup import metadata
from kabar_enrich.markup.bounds import bounded
from kabar_enrich.markup.page import Page, read_page
from kabar_enrich.markup.page_kind import page_kind_of
from kabar_enrich.markup.region import Region, best_region
from kabar_enrich.markup.walk import Segment

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_CAPTIONS: Final = frozenset({"figcaption"})
_LISTS: Final = frozenset({"li", "dt", "dd"})
_SPACES: Final = re.compile(r"\W+")

CONFIRMED_CHARACTERS: Final = 48
"""So many characters of a paragraph are looked for in the JSON-LD body."""
MOST_LINKED: Final = 0.6
MOST_LINKED_LIST: Final = 0.4
STAMP_WORDS: Final = 14
BYLINE_SEGMENTS: Final = 12
"""How far around the region a visible byline is looked for."""
SEGMENTS_FOR_A_SECOND_OPINION: Final = 5_000
"""resiliparse takes seconds for pages that no news site makes."""
BETTER: Final = 1.4
"""How much longer a second opinion must be to be taken."""


@dataclass(frozen=True, slots=True)
class _Reading:
    blocks: tuple[Block, ...]
    captions: tuple[Caption, ...]
    names: byline.Byline

    @property
    def characters(self) -> int:
        return sum(len(block.text) for block in self.blocks)


def read_html_article(draft: Draft) -> Draft:
    """Title, names, times, section, body and kind of an article that came as HTML; any other article as it is."""
    if draft.html is None:
        return draft
    page = read_page(draft.html)
    node = metadata.article_node(page)
    title = metadata.title_of(page, node, headings=[segment.text for segment in page.segments if segment.tag == "h1"])
    region = best_region(page, is_confirmed=_confirmation(metadata.article_body(node)))
    reading = _Reading((), (), byline.Byline()) if region is None else _read_region(page, region, title=title)
    reading = _with_second_opinion(reading, draft.html, region=region, body=metadata.article_body(node), segments=len(page.segments))
    times = metadata.moments_of(page, node)
    published_at = times.published_at or _visible_moment(page, region)
    url = draft.raw.url
    kind = page_kind_of(page, node, url=url, characters=reading.characters)
    read = replace(
        draft,
        title=title,
        blocks=reading.blocks,
        captions=reading.captions,
        authors=_authors(page, node_authors=metadata.authors_of(page, node), visible=reading.names.authors),
        editors=reading.names.editors,
        section=metadata.section_of(page, node) or draft.section,
        lead=None,
        published_at=published_at,
        updated_at=times.updated_at,
        page_kind=kind,
        tags=draft.tags.model_copy(update={"keywords": tuple(Tag(name=word) for word in metadata.keywords_of(page, node))}),
    )
    return _warned(read, published_missing=published_at is None, without_zone=times.without_zone)


def _warned(draft: Draft, *, published_missing: bool, without_zone: str | None) -> Draft:
    if published_missing and without_zone is not None:
        draft = draft.warned("no_time_zone", f"the time {without_zone[:80]!r} names no zone and was left out", pointer="/published_at")
    if not draft.blocks and draft.page_kind is not PageKind.ERROR:
        draft = draft.warned("no_body", "no running text was found in this page")
    return draft


def _confirmation(body: str) -> Callable[[str], bool]:
    """Whether the page's own `articleBody` has a text, told from its first characters without spaces and marks."""
    if not body:
        return lambda _: False
    known = _SPACES.sub("", body).casefold()
    return lambda text: _SPACES.sub("", text[: 2 * CONFIRMED_CHARACTERS])[:CONFIRMED_CHARACTERS].casefold() in known


def _read_region(page: Page, region: Region, *, title: str | None) -> _Reading:
    blocks: list[Block] = []
    captions: list[Caption] = []
    names = _bylines_around(page.segments, region)
    skip_title = False
    for segment in page.segments[region.first : region.last]:
        if segment.chrome_depth > region.depth and segment.tag not in _CAPTIONS:
            continue
        text = segment.text
        if blocks and segment.tag not in ("p", "blockquote", "pre") and promotion.ends_article(text):
            break
        if _is_promotion(segment):
            skip_title = promotion.promises_a_title(text)
            continue
        if skip_title and segment.link_characters * 2 > len(text):
            continue
        skip_title = False
        caption = _caption(segment)
        if caption is not None:
            captions.append(caption)
        elif (block := _block(segment, title=title)) is not None:
            blocks.append(block)
    return _Reading(_without_loose_headings(blocks), tuple(dict.fromkeys(captions)), names)


def _is_promotion(segment: Segment) -> bool:
    return promotion.is_promotion(segment.text) or segment.link_characters > MOST_LINKED * len(segment.text)


def _caption(segment: Segment) -> Caption | None:
    if segment.tag in _CAPTIONS:
        return caption_of(segment.text)
    return caption_with_credit(segment.text) if not segment.tag.startswith("h") else None


def _block(segment: Segment, *, title: str | None) -> Block | None:
    text, tag = segment.text, segment.tag
    kind = _kind_of(tag)
    if tag == "h1" or (title is not None and text.casefold() == title.casefold()):
        return None
    if kind is not BlockKind.HEADING and (_is_stamp(text) or byline.byline_in(text) is not None):
        return None
    if kind is BlockKind.LIST and segment.link_characters > MOST_LINKED_LIST * len(text):
        return None
    # Bare text and cells of tables count when they read as prose; a paragraph is one because the page says so.
    if kind is BlockKind.PARAGRAPH and tag not in ("p", "pre") and not is_prose(text):
        return None
    return Block(kind=kind, text=text)


def _kind_of(tag: str) -> BlockKind:
    if tag in _HEADINGS:
        return BlockKind.HEADING
    if tag in _LISTS:
        return BlockKind.LIST
    return BlockKind.QUOTE if tag == "blockquote" else BlockKind.PARAGRAPH


def _is_stamp(text: str) -> bool:
    """Whether it is a line like «Jumat, 15 November 2024 09:15 WIB» or «Published Nov 15, 2024»."""
    return len(text.split()) <= STAMP_WORDS and not ends_sentence(text) and moments.names_a_day(text)


def _without_loose_headings(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks without headings that no text follows, at the end or before another heading of a list of teasers."""
    kept: list[Block] = []
    for block in reversed(blocks):
        if block.kind is BlockKind.HEADING and not kept:
            continue
        kept.append(block)
    return tuple(reversed(kept))


def _bylines_around(segments: Sequence[Segment], region: Region) -> byline.Byline:
    found = byline.Byline()
    first, last = max(0, region.first - BYLINE_SEGMENTS), min(len(segments), region.last + BYLINE_SEGMENTS)
    for segment in segments[first:last]:
        read = byline.byline_in(segment.text)
        if read is not None:
            found = byline.Byline(byline.merged(found.authors, read.authors), byline.merged(found.editors, read.editors))
    return found


def _with_second_opinion(reading: _Reading, html: str, *, region: Region | None, body: str, segments: int) -> _Reading:
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


def _authors(page: Page, *, node_authors: tuple[str, ...], visible: tuple[str, ...]) -> tuple[str, ...]:
    """On Indonesian and Malay sites the name in the text: the JSON-LD there often names who posted it."""
    local = (page.language or "").lower().startswith(("id", "ms", "in"))
    return visible if visible and (local or not node_authors) else node_authors


def _visible_moment(page: Page, region: Region | None) -> datetime | None:
    return next(filter(None, (moments.moment_in(segment.text) for segment in _around_top(page, region))), None)


def _around_top(page: Page, region: Region | None) -> Iterator[Segment]:
    if region is None:
        return
    for segment in page.segments[max(0, region.first - BYLINE_SEGMENTS) : region.first + BYLINE_SEGMENTS]:
        if len(segment.text.split()) <= STAMP_WORDS:
            yield segment
