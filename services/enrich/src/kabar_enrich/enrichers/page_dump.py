"""Reads a page dump: all the visible text of a page, of which the article is the best contiguous region of prose.

Sources: the slice with the greatest sum of weights is the way of Pasternack and Roth (2009), here with whole lines, whose weights
are measured on dumps of real pages.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kabar_contracts.enriched import Block, BlockKind, Caption, PageKind
from kabar_contracts.raw import ContentForm

from kabar_enrich.anatomy import byline, moments, promotion
from kabar_enrich.anatomy.article_head import is_section_of, names_in_head
from kabar_enrich.anatomy.caption import caption_of, caption_with_credit
from kabar_enrich.anatomy.dateline import dateline_in
from kabar_enrich.anatomy.paragraphs import ends_sentence
from kabar_enrich.draft import Draft, origin_of
from kabar_enrich.dumps.lines import Line, LineKind, lines_of
from kabar_enrich.dumps.region import region_of
from kabar_enrich.markup.publication_times import Times, times_in_sight

LINES_OF_A_HEAD: Final = 12
"""How many lines above the text may name its time, where no title tells where it begins."""
_WORD: Final = re.compile(r"\w{3,}")
_BREADCRUMB: Final = re.compile(r"\s*[>\u203a»/|]\s*")
_SITE_SUFFIX: Final = re.compile(r"\s+[-–—|]\s+[^-–—|]{2,40}$")  # noqa: RUF001  # dashes between title and site
_SECTION_WORDS: Final = """
    bisnis budaya dunia daerah edukasi ekonomi gaya-hidup hiburan hukum internasional kesehatan kriminal lingkungan megapolitan
    metro nasional olahraga opini otomotif pendidikan peristiwa politik regional sains seleb sepakbola teknologi travel
    business climate culture economy education entertainment environment health lifestyle local national opinion politics science society
    sport sports technology tech travel world
"""
_SECTIONS: Final = frozenset(word.replace("-", " ") for word in _SECTION_WORDS.split())
_HOME: Final = frozenset({"home", "beranda", "utama"})

OPENING_LINES: Final = 8
"""Lines of the region among which the dateline is looked for."""
PARAGRAPHS_ABOVE: Final = 2
"""More than this before a dateline is text and no caption."""
LINES_AFTER: Final = 8
"""Lines after the region in which bylines are believed."""
TITLE_CHARACTERS: Final = 300
TITLE_WORDS: Final = 3
LABEL_WORDS: Final = 6
MENU_LINES: Final = 3
LIST_OF_TEASERS: Final = 2


def read_page_dump(draft: Draft) -> Draft:
    """Title, section, bylines, captions, times and body of a page dump; any other article as it is."""
    if draft.raw.content_form is not ContentForm.PAGE_DUMP:
        return draft
    lines = lines_of(draft.source_text)
    start, end = region_of(lines)
    if start == end:
        return draft.warned("no_body", "no running text was found in this page dump")
    start, captions = _opening(lines, start=start, end=end)
    blocks, inner_captions = _blocks(lines[start:end])
    title_at = _title_at(lines, start)
    found = _bylines(lines, start=start, end=end, title_at=title_at)
    times = _times(lines[max(0, start - LINES_OF_A_HEAD) if title_at is None else title_at : start], draft)
    return replace(
        draft,
        title=None if title_at is None else _without_site(lines[title_at].text, lines),
        section=None if title_at is None else _section(lines, title_at=title_at, start=start, end=end, url=draft.raw.url),
        authors=found.authors,
        editors=found.editors,
        captions=(*captions, *inner_captions),
        blocks=blocks,
        page_kind=PageKind.ARTICLE,
        published_at=times.published_at,
        updated_at=times.updated_at,
        warnings=(*draft.warnings, *times.warnings),
    )


def _opening(lines: Sequence[Line], *, start: int, end: int) -> tuple[int, tuple[Caption, ...]]:
    """Where the body starts, and the caption above it: what reads as prose between chrome and dateline is one."""
    before: list[str] = []
    for index in range(start, min(end, start + OPENING_LINES)):
        line = lines[index]
        if line.kind is LineKind.PROSE and dateline_in(line.text) is not None:
            return index, (caption_of(before[-1]),) if before else _caption_above(lines, index)
        if line.kind in (LineKind.PROSE, LineKind.SENTENCE):
            before.append(line.text)
        if len(before) > PARAGRAPHS_ABOVE:
            break
    return start, _caption_above(lines, start)


def _caption_above(lines: Sequence[Line], start: int) -> tuple[Caption, ...]:
    """A line with a credit right above the body, which did not read as prose."""
    found = caption_with_credit(lines[start - 1].text) if start > 0 else None
    return () if found is None else (found,)


def _blocks(lines: Sequence[Line]) -> tuple[tuple[Block, ...], tuple[Caption, ...]]:
    blocks: list[Block] = []
    captions: list[Caption] = []
    for index, line in enumerate(lines):
        if line.kind in (LineKind.PROSE, LineKind.SENTENCE):
            caption = caption_with_credit(line.text)
            if caption is None:
                blocks.append(Block(kind=BlockKind.PARAGRAPH, text=line.text))
            else:
                captions.append(caption)
        elif line.kind is LineKind.BULLET:
            blocks.append(Block(kind=BlockKind.LIST, text=line.text))
        elif line.kind is LineKind.HEADING and _is_cross_head(lines, index):
            blocks.append(Block(kind=BlockKind.HEADING, text=line.text))
    return tuple(blocks), tuple(captions)


def _is_cross_head(lines: Sequence[Line], index: int) -> bool:
    """A heading names the text below it. Titles in a row, or below «Read also», are teasers of other articles."""
    if index + 1 >= len(lines) or lines[index + 1].kind not in (LineKind.PROSE, LineKind.SENTENCE, LineKind.BULLET):
        return False
    if index == 0:
        return True
    above = lines[index - 1]
    if above.kind is LineKind.PROMOTION:
        return not promotion.promises_a_title(above.text)
    return above.kind is not LineKind.HEADING


def _title_at(lines: Sequence[Line], start: int) -> int | None:
    """The line above the body whose words the body repeats most; of equals the lowest one."""
    body_words = {word.casefold() for line in lines[start:] if line.kind is LineKind.PROSE for word in _WORD.findall(line.text)}
    best, found = 0.0, None
    for index, line in enumerate(lines[:start]):
        words = [word.casefold() for word in _WORD.findall(line.text)]
        if len(words) < TITLE_WORDS or len(line.text) > TITLE_CHARACTERS or not _can_be_title(line):
            continue
        # Two words of credit keep a two-word chance hit from beating a headline that paraphrases.
        score = sum(word in body_words for word in words) ** 2 / (len(words) + 2)
        if score >= best and score > 0:
            best, found = score, index
    return found


def _can_be_title(line: Line) -> bool:
    if line.kind in (LineKind.HEADING, LineKind.SENTENCE):
        return caption_with_credit(line.text) is None and not moments.names_a_day(line.text)
    # Headlines with a colon or many capitals look like chrome when seen alone; running text is none.
    return line.kind is LineKind.CHROME and not promotion.is_chrome(line.text) and not moments.names_a_day(line.text)


def _without_site(title: str, lines: Sequence[Line]) -> str:
    """The title without « - Site», when the page says elsewhere what the title is or that the rest is its name."""
    cut = _SITE_SUFFIX.sub("", title)
    if cut == title:
        return title
    return cut if any(line.text == cut for line in lines) else title


def _section(lines: Sequence[Line], *, title_at: int, start: int, end: int, url: str | None) -> str | None:
    """The label right above the title, when it is more than the last word of a menu."""
    if title_at == 0:
        return None
    text = lines[title_at - 1].text
    if promotion.is_chrome(text) or moments.names_a_day(text) or lines[title_at - 1].kind is LineKind.BYLINE:
        return None
    crumbs = [crumb for crumb in _BREADCRUMB.split(text) if crumb]
    if len(crumbs) > 1:
        return next((crumb for crumb in reversed(crumbs) if crumb.casefold() not in _HOME and len(crumb.split()) <= LABEL_WORDS), None)
    if len(text.split()) > LABEL_WORDS or ends_sentence(text):
        return None
    return text if is_section_of(text, url) or _is_more_than_menu(text, lines, title_at=title_at, start=start, end=end) else None


def _is_more_than_menu(text: str, lines: Sequence[Line], *, title_at: int, start: int, end: int) -> bool:
    """Whether a label stands on the page twice, shares its words with the article, or names a section and is in no menu."""
    menu = 0
    while menu < title_at and lines[title_at - 1 - menu].kind in (LineKind.HEADING, LineKind.CHROME):
        menu += 1
    if menu < MENU_LINES and text.casefold() in _SECTIONS:
        return True
    if sum(line.text.casefold() == text.casefold() for line in lines) > 1:
        return True
    about = {word.casefold() for line in (lines[title_at], *lines[start:end]) for word in _WORD.findall(line.text)}
    words = [word.casefold() for word in _WORD.findall(text)]
    return len(words) > 1 and sum(word in about for word in words) * 2 >= len(words)


def _bylines(lines: Sequence[Line], *, start: int, end: int, title_at: int | None) -> byline.Byline:
    found = byline.Byline()
    for index, line in enumerate(lines[: end + LINES_AFTER]):
        read = byline.byline_in(line.text) if line.kind is LineKind.BYLINE else _byline_over_two_lines(lines, index)
        if read is not None and not (start < index < end - 1 and line.kind is not LineKind.BYLINE):
            found = found.with_names_of(read)
    if not found.authors and title_at is not None:
        head = [line.text for line in lines[title_at + 1 : start]]
        others = {line.text.casefold() for line in (*lines[: title_at + 1], *lines[end:])}
        return byline.Byline(names_in_head(head, elsewhere=others), found.editors)
    return found


def _byline_over_two_lines(lines: Sequence[Line], index: int) -> byline.Byline | None:
    role = byline.role_alone_in(lines[index].text)
    if role is None or index + 1 >= len(lines) or not byline.is_name(lines[index + 1].text):
        return None
    names = (lines[index + 1].text,)
    return byline.Byline(authors=names) if role == "author" else byline.Byline(editors=names)


def _times(head: Sequence[Line], draft: Draft) -> Times:
    return times_in_sight([line.text for line in head if line.kind is not LineKind.PROSE], origin=origin_of(draft, language=None))
