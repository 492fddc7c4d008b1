"""Datelines: the opening «SOURCE, Place, Date -» of a news text.

Forms that are read: «TRIBUNNEWS.COM, Lima, 15 November 2024 - …», «JAKARTA, KOMPAS.com - …», «Jakarta (ANTARA) - …»,
«LONDON, Nov 24 (Reuters) - …», «NEW YORK — …», «Jakarta - …». Something in the opening must tell it from a sentence
with a dash: a web address, an agency, a date, capitals, or a city that datelines name every day.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from kabar_contracts.enriched import Dateline

from kabar_enrich.anatomy import moments
from kabar_enrich.anatomy.outlet_names import DOMAIN, is_outlet
from kabar_enrich.anatomy.places_id import PLACES

_OPENING: Final = re.compile(
    r"(?P<opening>[^\n:;!?\"“”«]{2,120}?)(?:\s*(?:--+|[—–])\s*|\s+-\s+|(?<=[)A-Z])\s*-\s+)(?=\S)",  # noqa: RUF001  # dashes of all kinds
)
_CITIES_WORDS: Final = """
    ambon amsterdam ankara baghdad balikpapan banda.aceh bandar.lampung bandung bangkok banjarmasin batam bekasi beijing
    beirut bekasi bengkulu berlin bogor brussels cairo canberra cirebon damascus denpasar depok doha dubai gaza geneva
    gorontalo hanoi hong.kong islamabad istanbul jakarta jambi jayapura jerusalem kabul kairo kendari kiev kuala.lumpur
    kupang kyiv lima london madrid makassar malang mamuju manado manila manokwari mataram medan melbourne moscow moskow
    mumbai new.delhi new.york padang palangkaraya palembang palu paris pekanbaru pontianak rome roma samarinda semarang
    seoul serang shanghai singapore singapura solo surabaya surakarta sydney tangerang tanjungpinang tehran teheran tel.aviv
    ternate tokyo vienna washington yogyakarta
"""
_CITIES: Final = frozenset(_CITIES_WORDS.split())
_NOT_PLACES_WORDS: Final = """
    breaking eksklusif exclusive foto photo galeri infografis infographic live opini opinion update video watch
"""
_NOT_PLACES: Final = frozenset(_NOT_PLACES_WORDS.split())
_PARENTHESISED: Final = re.compile(r"\s*\((?P<inside>[^()]{2,40})\)\s*$")

PART_WORDS: Final = 4
CAPITALS: Final = 4
REST_CHARACTERS: Final = 20
OPENING_CHARACTERS: Final = 140


@dataclass(frozen=True, slots=True)
class Opening:
    """A dateline and where the text after it starts."""

    dateline: Dateline
    length: int
    """Characters of the paragraph that belong to the dateline, its dash and the space after it."""


def dateline_in(paragraph: str, *, reference: date | None = None) -> Opening | None:
    """The dateline with which `paragraph` opens, else None.

    `reference` is a day shortly after the article was written, from which a date without a year is told.
    """
    head = paragraph[:OPENING_CHARACTERS]
    match = _OPENING.match(head)
    if match is None or len(paragraph) - match.end() < REST_CHARACTERS:
        return None
    dateline = _read(match["opening"].strip(), reference=reference)
    return None if dateline is None else Opening(dateline, match.end())


def _read(opening: str, *, reference: date | None) -> Dateline | None:
    source: str | None = None
    rest = opening
    inside = _PARENTHESISED.search(rest)
    if inside is not None:
        rest = rest[: inside.start()]
        if moments.span_of_date(inside["inside"]) is None:
            source = inside["inside"].strip()
    day = moments.date_in(opening, reference=reference)
    span = moments.span_of_date(rest)
    if span is not None:
        rest = rest[: span[0]] + "," + rest[span[1] :]
    parts = [part.strip(" ./") for part in rest.split(",")]
    place_parts: list[str] = []
    for part in filter(None, parts):
        if not _is_title(part):
            return None
        if source is None and is_outlet(part):
            source = part
        else:
            place_parts.append(part)
    if source is None and len(place_parts) > 1 and _is_all_capitals(place_parts[0]) and not _is_all_capitals(place_parts[1]):
        # «TRIBUN MEDAN, Binjai -»: a name in capitals before a place that is not.
        source = place_parts.pop(0)
    place = ", ".join(place_parts) or None
    if place is not None and place.casefold().split()[0] in _NOT_PLACES:
        return None
    if not (source or day or (place and _is_known_place(place))):
        return None
    return Dateline(place=_in_title_case(place), date=day, source=source)


def _is_title(part: str) -> bool:
    words = part.split()
    return len(words) <= PART_WORDS and all(word[0].isupper() or DOMAIN.fullmatch(word) or not word[0].isalpha() for word in words)


def _is_all_capitals(part: str) -> bool:
    return part.isupper() and sum(character.isalpha() for character in part) >= CAPITALS


def _is_known_place(place: str) -> bool:
    words = place.casefold().split()
    return _is_all_capitals(place) or ".".join(words) in _CITIES or PLACES.issuperset(words)


def _in_title_case(place: str | None) -> str | None:
    """«NEW YORK» is a way to print New York; a place in mixed case stays as it is."""
    if place is None or not place.isupper() or len(place) < CAPITALS:
        return place
    return " ".join(word.capitalize() for word in place.split())
