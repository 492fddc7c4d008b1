"""The head of an article in plain lines: names without a role, stamps, and the label above the title."""

import re
from collections.abc import Collection, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from kabar_enrich.anatomy import moments
from kabar_enrich.anatomy.byline import bare_name_in, name_before_outlet
from kabar_enrich.anatomy.paragraphs import ends_sentence

_CLOCK: Final = re.compile(r"(?<!\d)\d{1,2}[:.]\d{2}(?!\d)")
_STAMP_LABELS: Final = """
    issued published updated posted created modified first.published last.updated last.modified diterbitkan diperbarui dipublikasikan
    tayang veröffentlicht aktualisiert stand erstellt publié mis.à.jour publicado actualizado atualizado pubblicato aggiornato
    gepubliceerd bijgewerkt publicerad uppdaterad publisert oppdatert udgivet opdateret julkaistu päivitetty opublikowano aktualizacja
    güncelleme опубликовано обновлено
"""
_STAMPED: Final = re.compile(rf"\W*(?:{'|'.join(_STAMP_LABELS.split())})\b", re.IGNORECASE)
_SLUG: Final = re.compile(r"[^\w]+")

STAMP_WORDS: Final = 14
STAMP_CHARACTERS: Final = 168
DATE_WITHIN: Final = 2
"""A name alone stands no further from the line with the date."""
SHORT_LINE_WORDS: Final = 10


def is_stamp(line: str) -> bool:
    """Whether it is a line like «Jumat, 15 November 2024 09:15 WIB» or «Published Nov 15, 2024»."""
    return _is_short(line) and not ends_sentence(line) and moments.names_a_day(line)


def is_stamp_of_time(line: str) -> bool:
    """Whether it is a stamp beyond doubt: with a time of day or the word for it. A day alone may head a part of a chronicle."""
    return is_stamp(line) and (_CLOCK.search(line) is not None or _STAMPED.match(line) is not None)


def names_in_head(lines: Sequence[str], *, elsewhere: Collection[str]) -> tuple[str, ...]:
    """The author among the lines between title and text where no line names a role: «Name - Outlet», or a name next to the date.

    `elsewhere` are the other lines of the page, folded: what stands there too is a label, or the name of the outlet.
    """
    for line in lines:
        name = name_before_outlet(line, known=elsewhere)
        if name is not None:
            return (name,)
    dates = [index for index, line in enumerate(lines) if len(line.split()) <= SHORT_LINE_WORDS and moments.names_a_day(line)]
    for index, line in enumerate(lines):
        is_near = any(abs(index - date) <= DATE_WITHIN for date in dates)
        name = bare_name_in(line) if is_near and line.casefold() not in elsewhere else None
        if name is not None:
            return (name,)
    return ()


def is_section_of(label: str, url: str | None) -> bool:
    """Whether a part of the article's address is this label («Jawa Timur», /jawa-timur/d-1/…)."""
    if url is None:
        return False
    slug = _SLUG.sub("-", label.casefold()).strip("-")
    return slug in unquote(urlsplit(url).path).casefold().split("/")[:-1]


def _is_short(line: str) -> bool:
    return len(line) <= STAMP_CHARACTERS and len(line.split()) <= STAMP_WORDS
