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
from kabar_enrich.anatomy.cjk_dateline import dateline_in_unspaced
from kabar_enrich.anatomy.outlet_names import DOMAIN, is_outlet
from kabar_enrich.anatomy.places_id import PLACES

_DASH: Final = r"(?:\s*(?:--+|[—–])\s*|\s+-\s+|(?<=[)A-Z])\s*\.?-\s+)"  # noqa: RUF001  # dashes of all kinds
_OPENING: Final = re.compile(rf"(?P<opening>[^\n:;!?\"“”«]{{2,120}}?)(?:{_DASH}|(?<=\))[.:]\s+|\.?\s(?=/[^/\s]{{2,20}}/[.\s]))(?=\S)")
_IN_SLASHES: Final = re.compile(r"/(?P<source>[^/\s]{2,20})/\.?\s*(?:[—–-]\s*)?")  # noqa: RUF001  # dashes of all kinds
# «JAKARTA. …» and «ROMA, 15 NOV - …» after a source and its dash.
_PLACE_BEHIND: Final = re.compile(rf"(?P<opening>[^\n:;!?\"“”«.]{{2,60}}?)(?:{_DASH}|\.\s+)(?=\S)")
_BEFORE_COLON: Final = re.compile(r"(?P<opening>[^\W\d_][\w ]{2,30}):\s+(?=[^\W\d_a-z])")
_CITIES_WORDS: Final = """
    abidjan abuja accra addis.ababa algiers alger alor.setar amman ambon amsterdam ankara antwerpen athens athen atlanta auckland
    baghdad baku bali balikpapan baltimore banda.aceh bandar.lampung bandar.seri.begawan bandung bangkok banjarmasin barcelona basel batam
    beijing beirut bekasi belfast belgrade bengaluru bengkulu berlin bern bilbao bogor bogotá bogota bonn boston brasília brasilia
    bratislava bremen brisbane brussels bruxelles brüssel brussel bucharest budapest buenos.aires cairo canberra caracas cardiff casablanca
    chennai chicago cirebon copenhagen dakar dallas damascus damaskus davos delhi den.haag denpasar depok detroit dhaka dili doha dresden
    dubai dublin düsseldorf edinburgh erfurt firenze frankfurt gaza geneva genf genève georgetown glasgow gorontalo göteborg graz hamburg
    hannover hanoi hà.nội harare havana helsinki ho.chi.minh.city hong.kong honolulu houston ipoh islamabad istanbul izmir jakarta jambi
    jayapura jerusalem johannesburg johor.bahru kabul kairo kampala karachi kathmandu kendari khartoum kiel kiev kigali kinshasa klang
    köln kolkata kopenhagen kota.bharu kota.kinabalu kraków kuala.lumpur kuala.terengganu kuching kupang kuwait.city kyiv kyoto la.paz
    lagos lahore leipzig lille lima lisboa lisbon liverpool ljubljana lomé london londres los.angeles luxembourg lyon madrid mainz makassar
    malang malé mamuju manado manama manchester manila manokwari marseille mataram medan melaka melbourne mexico.city miami milan milano
    minneapolis minsk mogadishu montevideo montréal moscow moskau moskow mumbai münchen muscat nairobi nantes naypyitaw napoli new.delhi
    new.york nicosia oslo ottawa padang palangkaraya palembang palermo palu paris pekanbaru perth philadelphia phnom.penh pontianak
    port.moresby porto potsdam praha prague pretoria putrajaya pyongyang quito rabat ramallah reykjavik riga riyadh rio.de.janeiro rom
    roma rome rotterdam saarbrücken samarinda san.francisco sanaa santiago são.paulo sarajevo seattle semarang seoul seremban serang
    shah.alam shanghai singapore singapura sofia solo stockholm strasbourg stuttgart surabaya surakarta sydney taipei tallinn tangerang
    tanjungpinang tashkent tbilisi teheran tehran tel.aviv ternate tirana tokyo torino toronto toulouse tripoli tunis ulaanbaatar utrecht
    valencia vancouver venezia vienna vientiane vilnius warsaw warszawa washington wellington wien yangon yerevan yogyakarta zagreb zürich
    москва санкт-петербург киев київ минск
"""
_CITIES: Final = frozenset(_CITIES_WORDS.split())
_NOT_PLACES_WORDS: Final = """
    breaking eksklusif exclusive foto photo galeri infografis infographic live opini opinion update video watch
"""
_NOT_PLACES: Final = frozenset(_NOT_PLACES_WORDS.split())
_BETWEEN_PARTS: Final = re.compile(r"[,|]")
_DAY_AND_MONTH: Final = re.compile(r"\d{1,2}/\d{1,2}")
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
    found = dateline_in_unspaced(head, reference=reference)
    if found is not None:
        dateline, length = found
    elif (match := _OPENING.match(head)) is not None and (first := _read(match["opening"].strip(), reference=reference)) is not None:
        dateline, length = _with_rest(first, head, match.end(), reference=reference)
    elif (match := _BEFORE_COLON.match(head)) is not None and _is_city(match["opening"]):
        dateline, length = Dateline(place=_in_title_case(match["opening"])), match.end()
    else:
        return None
    return Opening(dateline, length) if len(paragraph) - length >= REST_CHARACTERS else None


def _with_rest(dateline: Dateline, head: str, start: int, *, reference: date | None) -> tuple[Dateline, int]:
    """A dateline in two parts: the source in slashes behind it, or the place behind the source."""
    slashed = _IN_SLASHES.match(head, start) if dateline.source is None else None
    if slashed is not None:
        return Dateline(place=dateline.place, date=dateline.date, source=slashed["source"]), slashed.end()
    behind = _PLACE_BEHIND.match(head, start) if dateline.place is None else None
    if behind is not None:
        second = _read(behind["opening"].strip(), reference=reference)
        is_certain = not behind[0].rstrip().endswith(".") or _is_city(behind["opening"])
        if is_certain and second is not None and second.place is not None and second.source is None:
            return Dateline(place=second.place, date=second.date or dateline.date, source=dateline.source), behind.end()
    return dateline, start


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
    parts = [part for part in (part.strip(" ./") for part in _BETWEEN_PARTS.split(rest)) if part and not _DAY_AND_MONTH.fullmatch(part)]
    if not all(map(_is_title, parts)):
        return None
    if source is None:
        source = next(filter(is_outlet, parts), None)
        parts = [part for part in parts if part is not source]
    if source is None and len(parts) > 1 and _is_all_capitals(parts[0]) and not _is_all_capitals(parts[1]):
        # «TRIBUN MEDAN, Binjai -»: a name in capitals before a place that is not.
        source = parts.pop(0)
    place = ", ".join(parts) or None
    if place is not None and place.casefold().split()[0] in _NOT_PLACES:
        return None
    if not (day or (source and _is_no_abbreviation(source, of=place)) or (place and _is_known_place(place))):
        return None
    return Dateline(place=_in_title_case(place), date=day, source=source)


def _is_no_abbreviation(source: str, *, of: str | None) -> bool:
    """Whether what stands in parentheses behind a place is an outlet: «Badan Pangan (BP)» and «Joko Hadi (Joko)» only say a name twice."""
    if of is None or is_outlet(source):
        return True
    initials = "".join(word[0] for part in of.split() for word in part.split("-") if word)
    return source.isupper() and source.casefold() != initials.casefold()


def _is_title(part: str) -> bool:
    words = part.split()
    return len(words) <= PART_WORDS and all(word[0].isupper() or DOMAIN.fullmatch(word) or not word[0].isalpha() for word in words)


def _is_all_capitals(part: str) -> bool:
    return part.isupper() and sum(character.isalpha() for character in part) >= CAPITALS


def _is_known_place(place: str) -> bool:
    return _is_all_capitals(place) or _is_city(place)


def _is_city(place: str) -> bool:
    words = place.casefold().split()
    return ".".join(words) in _CITIES or PLACES.issuperset(words)


def _in_title_case(place: str | None) -> str | None:
    """«NEW YORK» is a way to print New York; a place in mixed case stays as it is."""
    if place is None or not place.isupper() or len(place) < CAPITALS:
        return place
    return " ".join(word.capitalize() for word in place.split())
