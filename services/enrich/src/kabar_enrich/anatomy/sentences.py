"""Where sentences end: one splitter for every enricher, with the abbreviations of Indonesian and English news."""

import re
from collections.abc import Iterator
from typing import Final

_MARKS: Final = ".!?\u2026"
_CLOSE_WRITTEN_MARKS: Final = "\u3002\uff01\uff1f\u0964\u061f"
"""Those that no space follows: of Chinese and Japanese, of Hindi, of Arabic."""
# One class of signs at the beginning is what a text is searched for fastest.
_END: Final = re.compile(
    rf"[{_MARKS}{_CLOSE_WRITTEN_MARKS}]"
    rf"(?:(?<=[{_MARKS}])[{_MARKS}]*[\"'\u201d\u2019\u00bb)\]]*(?=\s|$)"
    rf"|(?<=[{_CLOSE_WRITTEN_MARKS}])[{_CLOSE_WRITTEN_MARKS}]*[\u300d\u300f\u201d\uff09]*)"
)
_ABBREVIATIONS_WORDS: Final = """
    a.n adm adv akp alm almh approx apt art assoc bd bp brig brigjen bld bros capt cf co col com comdr corp cst cv dept dkk dll dr dra
    drh drs dsb dst
    d.a e.g etc ext fig gen gov h hal hj hlm hon i.e inc insp ir irjen jend jl jln jr jt kab kec kel kep kh kol kombes kompol kota kpt
    lt ltd letjen
    letkol maj mar mayjen messrs mgr mr mrs ms mt nn no nos nr ny op p.m a.m pj plh plt pjs pp prof pt rep rev rp s.d sdr sdri sen
    sgt sr st ste supt
    tgl tn
    u.p u.s u.k vol vs yth z.b bzw ca str usw d.h u.a m.e mme mlle sra av jan feb apr jun jul aug agu sep sept oct okt nov des dec
"""
_ABBREVIATIONS: Final = frozenset(_ABBREVIATIONS_WORDS.split())
_LONGEST_ABBREVIATION: Final = 10


def sentences_of(text: str) -> list[str]:
    """The sentences of `text` in order, without white space around them."""
    found: list[str] = []
    start = 0
    for end in sentence_ends(text):
        piece = text[start:end].strip()
        if piece:
            found.append(piece)
        start = end
    return found


def sentence_ends(text: str) -> Iterator[int]:
    """The offset after each sentence of `text`, closing marks included; the last is its length."""
    for match in _END.finditer(text):
        end = match.end()
        if end < len(text) and _goes_on(text, stop=match.start(), end=end):
            continue
        if end < len(text):
            yield end
    if text:
        yield len(text)


def first_sentence_end(text: str) -> int:
    """The offset after the first sentence of `text`."""
    return next(sentence_ends(text), 0)


def _goes_on(text: str, *, stop: int, end: int) -> bool:
    """Whether the sentence goes on behind a mark: after an abbreviation or an initial, or where a small letter follows."""
    following = text[end : end + 2].lstrip()
    if following[:1].islower():
        return True
    if text[stop] != "." or end - stop > 1:
        return False
    start = (
        max(text.rfind(" ", max(0, stop - _LONGEST_ABBREVIATION), stop), text.rfind("(", max(0, stop - _LONGEST_ABBREVIATION), stop)) + 1
    )
    word = text[start:stop]
    return word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isupper())
