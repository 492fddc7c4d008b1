"""Direct speech with its speaker, where a verb of saying stands beside the quotation: Indonesian, Malay and English."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from kabar_contracts.enriched import BlockKind, Quote

from kabar_enrich.draft import Draft

QUOTES: Final = 50
SHORTEST_WORDS: Final = 4
"""Fewer words in quotation marks are a title or a term and not speech."""

_QUOTED: Final = re.compile(r"[\"“„«](?P<text>[^\"“”„«»]{10,1500})[\"”»]")
_SAYING: Final = (
    r"kata|ujar|ucap|tutur|ungkap|sebut|jelas|tegas|papar|terang|imbuh|tambah|lanjut|beber|cetus|tukas|pungkas|tulis|bunyi|demikian|"
    r"said|says|told|added|adds|wrote|explained|warned|argued|noted"
)
_NAME: Final = (
    r"(?P<speaker>[A-Z][\w.'\u2019-]*"
    r"(?:\s+(?:(?:al|bin|binti|de|van|der|von)\s+)?[A-Z][\w.'\u2019-]*){0,3})"
)
_AFTER: Final = re.compile(rf"^\s*,?\s*(?:(?:{_SAYING})(?:nya)?)\s+{_NAME}")
_STATEMENT: Final = re.compile(
    r"^\s*,?\s*(?:bunyi|demikian(?: bunyi)?|tulis|said|read)\s+"
    r"(?P<speaker>(?:pernyataan|keterangan|siaran pers|the statement|a statement)[\w ]{0,30})"
)
_NAME_FIRST: Final = re.compile(rf"^\s*,?\s*{_NAME}\s+(?:{_SAYING})\b")
_BEFORE: Final = re.compile(
    rf"{_NAME}\s+(?:mengatakan|menyatakan|menuturkan|menegaskan|menyebut|berkata|said|says|told reporters|added)\s*[,:]\s*$"
)


def find_quotes(draft: Draft) -> Draft:
    """The draft with the speech in its paragraphs, in order, each with its speaker as written or none."""
    quotes: list[Quote] = []
    for block in draft.blocks:
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.QUOTE):
            quotes.extend(quotes_in(block.text))
    return replace(draft, quotes=tuple(quotes[:QUOTES])) if quotes else draft


def quotes_in(paragraph: str) -> Iterator[Quote]:
    """The speech in one paragraph."""
    for match in _QUOTED.finditer(paragraph):
        text = match["text"].strip().rstrip(",").rstrip()
        if len(text.split()) >= SHORTEST_WORDS:
            yield Quote(text=text, speaker=_speaker(paragraph[: match.start()], paragraph[match.end() :]))


def _speaker(before: str, after: str) -> str | None:
    nearby = after[:120]
    match = _AFTER.match(nearby) or _STATEMENT.match(nearby) or _NAME_FIRST.match(nearby) or _BEFORE.search(before[-120:])
    return None if match is None else match["speaker"].rstrip(".'\u2019").strip()
