"""Reads the text of an article as a producer pushes it: paragraphs, without the chrome that scrapers leave inside.

Sources: bodies as scrapers of Indonesian sites push them; `anatomy.promotion` holds the words of what is left out.
"""

from dataclasses import replace
from typing import Final

from kabar_contracts.enriched import Block, BlockKind, Caption, PageKind
from kabar_contracts.raw import ContentForm

from kabar_enrich.anatomy import byline, promotion
from kabar_enrich.anatomy.caption import caption_with_credit
from kabar_enrich.anatomy.heading import looks_like_heading
from kabar_enrich.anatomy.mail import without_mail_marks
from kabar_enrich.anatomy.paragraphs import ends_sentence, is_prose, paragraphs_of
from kabar_enrich.anatomy.storable import without_controls
from kabar_enrich.draft import Draft

_BULLETS: Final = ("- ", "• ", "* ")


def read_producer_text(draft: Draft) -> Draft:
    """Blocks, bylines and captions of an article whose `body` is its text; any other article as it is."""
    if draft.raw.content_form is not ContentForm.ARTICLE:
        return draft
    blocks: list[Block] = []
    captions: list[Caption] = []
    names = byline.Byline()
    paragraphs = paragraphs_of(without_mail_marks(without_controls(draft.raw.body or "")))
    skip_title = False
    for index, received in enumerate(paragraphs):
        paragraph = promotion.without_inner_chrome(received)
        if not paragraph:
            continue
        if promotion.is_promotion(paragraph):
            skip_title = promotion.promises_a_title(paragraph)
            continue
        short = not is_prose(paragraph)
        if skip_title and short and not ends_sentence(paragraph):
            skip_title = False
            continue
        skip_title = False
        found = byline.byline_in(paragraph)
        if found is not None:
            names = names.with_names_of(found)
            continue
        caption = caption_with_credit(paragraph)
        if caption is not None:
            captions.append(caption)
            continue
        followed = index + 1 < len(paragraphs) and is_prose(paragraphs[index + 1])
        blocks.append(Block(kind=_kind_of(paragraph, followed_by_prose=followed), text=paragraph))
    if not blocks and paragraphs:
        # Whatever this is, the producer says that it is the article.
        blocks = [Block(kind=BlockKind.PARAGRAPH, text=paragraph) for paragraph in paragraphs]
        captions, names = [], byline.Byline()
    return replace(
        draft, blocks=tuple(blocks), captions=tuple(captions), authors=names.authors, editors=names.editors, page_kind=PageKind.ARTICLE
    )


def _kind_of(paragraph: str, *, followed_by_prose: bool) -> BlockKind:
    if paragraph.startswith(_BULLETS):
        return BlockKind.LIST
    if followed_by_prose and not is_prose(paragraph) and looks_like_heading(paragraph) and not ends_sentence(paragraph):
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH
