"""Reads an HTML page: the region with the article, and what the page says of it in JSON-LD and meta tags.

Sources: schema.org (`NewsArticle` and its kin), Open Graph, the HTML standard; scoring paragraphs and crediting what is around them
is the way of Readability (Arc90, 2009), the limits are measured on pages of publishers of many countries.
"""

from dataclasses import replace
from typing import Final

from kabar_contracts.enriched import Block, BlockKind, PageKind, Tag

from kabar_enrich.anatomy import promotion
from kabar_enrich.anatomy.paragraphs import is_prose, paragraphs_of
from kabar_enrich.draft import Draft, origin_of
from kabar_enrich.markup import json_ld, metadata
from kabar_enrich.markup.article_text import NOTHING, ArticleText, around_top, confirmation, names_in_sight, text_in
from kabar_enrich.markup.bounds import bounded
from kabar_enrich.markup.page import Page, read_page
from kabar_enrich.markup.page_kind import page_kind_of
from kabar_enrich.markup.publication_times import Times, times_of
from kabar_enrich.markup.region import Region, best_region

SEGMENTS_FOR_A_SECOND_OPINION: Final = 5_000
"""resiliparse takes seconds for pages that no news site makes."""
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
    in_sight = [segment.text for segment in around_top(page, region)]
    times = times_of(page, node, in_sight=in_sight, url=draft.raw.url, origin=origin_of(draft, language=page.language))
    kind = page_kind_of(page, node, url=draft.raw.url, characters=reading.characters)
    read = replace(
        draft,
        title=title,
        blocks=reading.blocks,
        captions=reading.captions,
        authors=_authors(page, node, region, reading=reading),
        editors=reading.names.editors or metadata.editors_of(node),
        section=metadata.section_of(page, node) or draft.section,
        lead=None,
        published_at=times.published_at,
        updated_at=times.updated_at,
        page_kind=kind,
        tags=draft.tags.model_copy(update={"keywords": tuple(Tag(name=word) for word in metadata.keywords_of(page, node))}),
    )
    return _warned(read, times)


def _warned(draft: Draft, times: Times) -> Draft:
    draft = replace(draft, warnings=(*draft.warnings, *times.warnings))
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


def _authors(page: Page, node: json_ld.Node, region: Region | None, *, reading: ArticleText) -> tuple[str, ...]:
    """The author that the page's data name, else the one in sight or who signed, else the publisher where it is named as the author.

    On Indonesian and Malay sites the name in sight comes first: the data there often name who posted the article.
    """
    visible = reading.names.authors
    declared = metadata.authors_of(page, node)
    is_local = (page.language or "").lower().startswith(("id", "ms", "in"))
    if declared and not is_local:
        return visible if _says_more(visible, declared) else declared
    seen = visible or (names_in_sight(page, region) if region is not None else ())
    signed = () if reading.signature is None else (reading.signature,)
    return seen or declared or signed or metadata.publisher_as_author(page, node)


def _says_more(visible: tuple[str, ...], declared: tuple[str, ...]) -> bool:
    """Whether the names in sight are those of the data and more, or stand for the handle of an account («jdoe»)."""
    if not visible:
        return False
    known = {name.casefold() for name in declared}
    is_handle = len(declared) == 1 and " " not in declared[0] and declared[0].islower()
    return is_handle or known < {name.casefold() for name in visible}
