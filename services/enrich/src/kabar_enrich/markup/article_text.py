"""The article in a region of a page: its blocks, its captions and the names around it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kabar_contracts.enriched import Block, BlockKind, Caption

from kabar_enrich.anatomy import byline, promotion
from kabar_enrich.anatomy.article_head import STAMP_WORDS, is_stamp
from kabar_enrich.anatomy.caption import caption_with_credit
from kabar_enrich.anatomy.paragraphs import ends_sentence, is_prose
from kabar_enrich.markup.figures import captions_in
from kabar_enrich.markup.page import Page
from kabar_enrich.markup.region import Region
from kabar_enrich.markup.walk import Segment

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_LISTS: Final = frozenset({"li", "dt", "dd"})
_SPACES: Final = re.compile(r"\W+")
_SUMMARY: Final = re.compile(
    r'class="[^"]*(?:summary|lead|intro|dek\b|standfirst|sub-?_?title|sub-?_?head|sapo|chapeau|entradilla|ingress|excerpt|abstract)',
    re.IGNORECASE,
)
_AUTHOR: Final = re.compile(r'(?:class|itemprop|rel)="[^"]*(?:author|byline|penulis|reporter|writer|wartawan)', re.IGNORECASE)
_CONTACT: Final = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?<!\w)@\w{3,}")

CONFIRMED_CHARACTERS: Final = 48
"""So many characters of a paragraph are looked for in the JSON-LD body."""
MOST_LINKED: Final = 0.6
MOST_LINKED_LIST: Final = 0.4
BYLINE_SEGMENTS: Final = 12
"""How far around the region a visible byline is looked for."""
END_SHARE: Final = 0.25
"""A heading like «Related stories» ends an article when no more than this share of its text comes below."""
STANDFIRST_SEGMENTS: Final = 12
"""How far below the title a standfirst is looked for."""
STANDFIRST_SHORTEST: Final = 60
STANDFIRST_LONGEST: Final = 600
STANDFIRST_PARTS: Final = 8
"""A standfirst is no longer than this part of its text."""
TAIL: Final = 3
"""Paragraphs at the end that may be about the author."""
TAIL_CHARACTERS: Final = 320
REPEATED_LONGEST: Final = 400
REPEATED_MOST: Final = 0.3
LABEL_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What was read of an article."""

    blocks: tuple[Block, ...]
    captions: tuple[Caption, ...]
    names: byline.Byline
    signature: str | None = None
    """A name or a desk alone below the text: its author where nothing else names one."""

    @property
    def characters(self) -> int:
        """Of all its blocks."""
        return sum(len(block.text) for block in self.blocks)


NOTHING: Final = ArticleText((), (), byline.Byline())


def confirmation(body: str) -> Callable[[str], bool]:
    """Whether the page's own `articleBody` has a text, told from its first characters without spaces and marks."""
    if not body:
        return lambda _: False
    known = squeezed(body)
    return lambda text: squeezed(text[: 2 * CONFIRMED_CHARACTERS])[:CONFIRMED_CHARACTERS] in known


def squeezed(text: str) -> str:
    """`text` without case, spaces and marks."""
    return _SPACES.sub("", text).casefold()


def text_in(page: Page, region: Region, *, title: str | None, description: str, is_confirmed: Callable[[str], bool]) -> ArticleText:
    """The article in `region`. `description` is the page's own summary: by it the standfirst above the text is known."""
    blocks: list[Block] = []
    heading = next((index for index, segment in enumerate(page.segments[: region.last]) if _is_title(segment, title)), None)
    captions = list(captions_in(page, region, heading=heading))
    skip_title = False
    for index, segment in _own_segments(page, region, is_confirmed=is_confirmed):
        text = segment.text
        if blocks and segment.tag not in ("p", "blockquote", "pre") and promotion.ends_article(text):
            if region.prose_after(index) <= END_SHARE:
                break
            continue
        if _is_promotion(segment):
            skip_title = promotion.promises_a_title(text)
            continue
        if skip_title and segment.link_characters * 2 > len(text):
            continue
        skip_title = False
        caption = caption_with_credit(text) if not segment.tag.startswith("h") else None
        if caption is not None:
            captions.append(caption)
        elif (block := _block(segment, title=title)) is not None:
            blocks.append(block)
    names = _bylines_around(page.segments, region)
    blocks = _without_tail(blocks, authors=names.authors)
    blocks, signature = _without_signature(blocks)
    standfirst = _standfirst(page, region, heading=heading, description=description, blocks=blocks)
    if standfirst is not None:
        blocks.insert(0, Block(kind=BlockKind.PARAGRAPH, text=standfirst))
    return ArticleText(tuple(blocks), tuple(dict.fromkeys(captions)), names, signature)


def _own_segments(page: Page, region: Region, *, is_confirmed: Callable[[str], bool]) -> Iterator[tuple[int, Segment]]:
    """What stands in the region itself and neither in a figure nor in chrome within it."""
    repeated = _repeated(page, region)
    for index in range(region.first, region.last):
        segment = page.segments[index]
        if region.places.in_figure(segment.container):
            continue
        if region.places.chrome_depth(segment.container) > region.depth or segment.text in repeated:
            continue
        elif not region.is_stray(segment.container, page.containers) or is_confirmed(segment.text):
            yield index, segment if "\n" not in segment.text else segment._replace(text=_without_lines_around(segment.text))


def _repeated(page: Page, region: Region) -> frozenset[str]:
    """What stands in an article more than once beside nothing else: offers, labels and players.

    The questions of a series of interviews repeat too, but each has its answer beside it. A page that prints the whole
    article twice has no second copy to tell by.
    """
    segments = page.segments[region.first : region.last]
    counts = Counter(segment.text for segment in segments)
    repeated = {text for text, count in counts.items() if count > 1 and len(text) <= REPEATED_LONGEST}
    if not repeated or sum(map(len, repeated)) > REPEATED_MOST * sum(map(len, counts)):
        return frozenset()
    beside: dict[int, list[int]] = {}
    for segment in segments:
        parent = page.containers[segment.container].parent
        beside.setdefault(parent, [0, 0])[segment.text in repeated] += len(segment.text)
    alone = {parent for parent, (single, double) in beside.items() if double > single}
    return frozenset(
        segment.text for segment in segments if segment.text in repeated and page.containers[segment.container].parent in alone
    )


def _without_lines_around(text: str) -> str:
    """A paragraph of several lines without those at its ends that are bylines or chrome; as it is when nothing else is left."""
    lines = text.split("\n")
    first, last = 0, len(lines)
    while first < last and _is_apart(lines[first]):
        first += 1
    while last > first and _is_apart(lines[last - 1]):
        last -= 1
    return "\n".join(lines[first:last]) or text


def _is_apart(line: str) -> bool:
    return byline.byline_in(line) is not None or promotion.is_promotion(line) or promotion.ends_article(line)


def _is_promotion(segment: Segment) -> bool:
    return promotion.is_promotion(segment.text) or segment.link_characters > MOST_LINKED * len(segment.text)


def _block(segment: Segment, *, title: str | None) -> Block | None:
    text, tag = segment.text, segment.tag
    kind = _kind_of(tag)
    if tag == "h1" or (title is not None and text.casefold() == title.casefold()):
        return None
    if kind is not BlockKind.HEADING and (is_stamp(text) or byline.byline_in(text) is not None):
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


def _without_tail(blocks: Sequence[Block], *, authors: Sequence[str]) -> list[Block]:
    """The blocks without headings that no text follows and without the lines about the author at the end."""
    kept = list(blocks)
    removed = 0
    while kept:
        last = kept[-1]
        is_about_author = (
            len(kept) > TAIL
            and removed < TAIL
            and len(last.text) <= TAIL_CHARACTERS
            and (_CONTACT.search(last.text) is not None or last.text.startswith(tuple(authors) or ("\x00",)))
        )
        if not is_about_author and last.kind is not BlockKind.HEADING:
            break
        removed += is_about_author
        kept.pop()
    return kept


def _without_signature(blocks: list[Block]) -> tuple[list[Block], str | None]:
    """The blocks without the name that signs the text, and that name. What follows the signature of a desk is no text either."""
    for index in range(len(blocks) - 1, max(0, len(blocks) - 1 - TAIL), -1):
        block = blocks[index]
        if block.kind is not BlockKind.PARAGRAPH:
            continue
        is_last = index == len(blocks) - 1
        if byline.is_desk(block.text) or (is_last and byline.signature_in(block.text) is not None):
            return blocks[:index], block.text
    return blocks, None


def _standfirst(page: Page, region: Region, *, heading: int | None, description: str, blocks: Sequence[Block]) -> str | None:
    """The summary that stands between title and text, where it is not in the text anyway."""
    if heading is None or not blocks:
        return None
    summary = squeezed(description)[:CONFIRMED_CHARACTERS]
    known = {squeezed(block.text[: 2 * CONFIRMED_CHARACTERS])[:CONFIRMED_CHARACTERS] for block in blocks}
    for segment in page.segments[heading + 1 : heading + 1 + STANDFIRST_SEGMENTS]:
        text = segment.text
        if not STANDFIRST_SHORTEST <= len(text) <= STANDFIRST_LONGEST or segment.link_characters * 2 > len(text):
            continue
        opening = squeezed(text[: 2 * CONFIRMED_CHARACTERS])[:CONFIRMED_CHARACTERS]
        if opening in known:
            return None
        if region.places.in_figure(segment.container):
            continue
        if (summary and opening == summary) or _is_summary(segment, page):
            # One that is long beside its text is the text's own beginning, told twice.
            return text if len(text) * STANDFIRST_PARTS <= sum(len(block.text) for block in blocks) else None
    return None


def _is_summary(segment: Segment, page: Page) -> bool:
    return _SUMMARY.search(page.containers[segment.container].attributes) is not None and ends_sentence(segment.text)


def _is_title(segment: Segment, title: str | None) -> bool:
    return segment.tag == "h1" or (title is not None and segment.text.casefold() == title.casefold())


def _bylines_around(segments: Sequence[Segment], region: Region) -> byline.Byline:
    found = byline.Byline()
    first, last = max(0, region.first - BYLINE_SEGMENTS), min(len(segments), region.last + BYLINE_SEGMENTS)
    for segment in segments[first:last]:
        for line in segment.text.split("\n"):
            read = byline.byline_in(line)
            if read is not None:
                found = found.with_names_of(read)
    return found


def around_top(page: Page, region: Region | None) -> Iterator[Segment]:
    """The short pieces of text above and at the beginning of the article, where dates and names stand."""
    if region is None:
        return
    for segment in page.segments[max(0, region.first - BYLINE_SEGMENTS) : region.first + BYLINE_SEGMENTS]:
        if len(segment.text.split()) <= STAMP_WORDS:
            yield segment


def names_in_sight(page: Page, region: Region) -> tuple[str, ...]:
    """The names in the first element near the article whose class says that it holds the author."""
    first, last = max(0, region.first - BYLINE_SEGMENTS), min(len(page.segments), region.last + BYLINE_SEGMENTS)
    for segment in page.segments[first:last]:
        if len(segment.text) > byline.NAME_CHARACTERS or segment.container < 0:
            continue
        container = page.containers[segment.container]
        around = page.containers[container.parent].attributes if container.parent >= 0 else ""
        if container.tag == "address" or _AUTHOR.search(container.attributes) or _AUTHOR.search(around):
            names = byline.names_in_list(segment.text)
            if names:
                return names
    return ()
