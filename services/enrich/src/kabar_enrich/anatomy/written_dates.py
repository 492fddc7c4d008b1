"""Days as news sites write them, in the languages of `calendar_table.json`, digits of any script and orders of any country.

What cannot be a day, or may be two, is found too and says so: whoever asks decides whether that is worth a warning.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

from kabar_enrich.anatomy import time_zones
from kabar_enrich.anatomy.calendar_words import base_of, months_of, weekdays_of
from kabar_enrich.anatomy.date_order import order_of
from kabar_enrich.anatomy.origin import UNKNOWN, Origin

AHEAD: Final = timedelta(days=2)
"""How far a day may lie ahead of the arrival: clocks and zones of publishers are wrong by up to a day."""
MONTHS: Final = 12
LONGEST_MONTH: Final = 31
BUDDHIST_ERA: Final = 543
FIRST_BUDDHIST_YEAR: Final = 2400
BUDDHIST_CENTURY: Final = 2500
_ERAS: Final = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}

_WORD: Final = r"(?P<word>(?:(?:كانون|تشرين)\s)?[^\s\d,;:/()|\[\]<>«»\"–—-]{2,24})"  # noqa: RUF001  # dashes of all kinds
_OTHER_WORD: Final = r"(?:\s?/\s?(?:(?:كانون|تشرين)\s)?[^\s\d,/]{2,24})?"
"""«نوفمبر/تشرين الثاني»: the press of several Arab countries names a month twice."""
_DAY: Final = r"(?<![\d:.,/-])(?P<day>\d{1,2})"
_YEAR: Final = r"(?P<year>\d{4})(?!\d)"
_LINKS: Final = r"(?:,?\s?(?:del?|di|năm|m\.|พ\.ศ\.|gada)\s|\s?[,./-]\s?|\s|\.\s)\s?"

_SHAPES: Final = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        r"(?<!\d)(?P<year>\d{4})(?P<mark>[-/.])\s?(?P<month>\d{1,2})(?P=mark)\s?(?P<day>\d{1,2})(?!\d)",
        r"(?:(?P<era>令和|平成|民國|民国)\s?)?(?<!\d)(?P<year>\d{1,4}|元)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일號号]?",
        rf"{_DAY}\s?,?\s(?:tháng|thg)\s(?P<month>\d{{1,2}}){_LINKS}{_YEAR}",
        rf"{_DAY}(?:st|nd|rd|th|er|º|ª|\.|-?го)?(?:\s(?:of|de|di|ta’|ng)\s|[\s./-]\s?){_WORD}{_OTHER_WORD}{_LINKS}{_YEAR}",  # noqa: RUF001
        rf"(?<![^\s\d(\[,;:/|·•–—-]){_WORD}[\s./-]\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?,\s?|\s|[./-]){_YEAR}",  # noqa: RUF001
        rf"(?<!\d)(?P<year>\d{{4}})(?:\.|ko)?\s(?:m\.\s|gada\s)?{_WORD}\.?\s(?P<day>\d{{1,2}})(?!\d)",
        rf"(?<!\d)(?P<year>\d{{4}})\.?\sgada\s(?P<day>\d{{1,2}})\.\s{_WORD}",
        r"(?<![\d:./-])(?P<first>\d{1,2})\s?(?P<mark>[/.-])\s?(?P<second>\d{1,2})(?P=mark)\s?(?P<year>\d{4})(?!\d)",
        # Java and `date` print the year last: «Fri Nov 15 09:15:00 WIB 2024».
        rf"\b{_WORD}\s(?P<day>\d{{1,2}})\s(?=(?P<clock>\d{{2}}:\d{{2}}:\d{{2}}\s[A-Z]{{2,5}})\s)(?P=clock)\s{_YEAR}",
        r"(?<![\d:./-])(?P<day>\d{1,2})\s?(?P<word>[\u0e01-\u0e4e.]{4,12})\s?(?P<year>\d{4}|\d{2})(?![\d:.])",
    )
)
_YEAR_FIRST: Final = re.compile(r"(?:19|20)\d\d")
_HAS_YEAR: Final = re.compile(r"\d{4}|\d\s?[年년]|[\u0e01-\u0e4e.]\s?\d{2}\b")
_LAST_WORDS: Final = re.compile(r"([^\s\d,.;:()|/]+(?:\s\d)?)[\s,.()|/–—-]*$")  # noqa: RUF001  # dashes of all kinds
_THAI: Final = re.compile("[\u0e01-\u0e59]")


class Doubt(StrEnum):
    """Why a date that stands there is not taken; the values are codes of warnings."""

    IMPOSSIBLE_DATE = "impossible_date"
    AMBIGUOUS_DATE = "ambiguous_date"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in a text: its day, or why it has none, and where it stands."""

    day: date | None
    doubt: Doubt | None
    start: int
    end: int
    clock: str | None = None
    """The time inside it, where it has one."""


def dates_in(text: str, *, origin: Origin = UNKNOWN) -> list[WrittenDate]:
    """All dates with a year in `text`, in order and without overlaps. Offsets are those of `text`."""
    folded = with_ascii_digits(text)
    if not _HAS_YEAR.search(folded):
        return []
    is_thai = base_of(origin.language) == "th" or origin.country == "TH" or _THAI.search(text) is not None
    found = sorted(_candidates(folded, origin=origin, is_thai=is_thai), key=lambda written: (written.start, -written.end))
    apart: list[WrittenDate] = []
    for written in found:
        if not apart or written.start >= apart[-1].end:
            apart.append(written)
    return apart


def with_ascii_digits(text: str) -> str:
    """`text` with digits of all scripts, and wide marks, as ASCII; of the same length."""
    if text.isascii():
        return text
    return text.translate(_ascii_digits())


@cache
def _ascii_digits() -> dict[int, str]:
    digits = {code: str(unicodedata.decimal(chr(code))) for code in range(0x80, 0x1FBFA) if chr(code).isdecimal()}
    marks = {ord(wide): mark for wide, mark in zip("：／．－，（）\u00a0\u202f\u2009\u3000\u060c", ":/.-,()    ,", strict=True)}  # noqa: RUF001
    return digits | marks


def _candidates(text: str, *, origin: Origin, is_thai: bool) -> Iterator[WrittenDate]:
    for shape in _SHAPES:
        for match in shape.finditer(text):
            parts = match.groupdict()
            reading = (
                _numeric(match, origin=origin, is_thai=is_thai) if parts.get("first") else _named(parts, origin=origin, is_thai=is_thai)
            )
            if reading is not None:
                day, doubt = reading
                yield WrittenDate(day, doubt, match.start(), match.end(), parts.get("clock"))


Reading = tuple[date | None, Doubt | None]


def _named(parts: dict[str, str | None], *, origin: Origin, is_thai: bool) -> Reading | None:
    """The day of a date whose parts are told apart by words or by a year in front. None: it is no date."""
    word, number, day = parts.get("word"), parts.get("month"), int(parts["day"] or 0)
    months = months_of(word or "", language=origin.language) if number is None else frozenset({int(number)})
    year = _year(str(parts["year"]), era=parts.get("era"), is_thai=is_thai)
    if not months or year is None:
        return None
    if word is None and (day > LONGEST_MONTH or max(months) > MONTHS):
        return (None, Doubt.IMPOSSIBLE_DATE) if _YEAR_FIRST.fullmatch(str(parts["year"])) else None
    days = {day_of for month in months if (day_of := _day(year, month, day)) is not None}
    if len(days) > 1:
        return None, Doubt.AMBIGUOUS_DATE
    return (days.pop(), None) if days else (None, Doubt.IMPOSSIBLE_DATE)


def _numeric(match: re.Match[str], *, origin: Origin, is_thai: bool) -> Reading | None:
    """The day of «03/04/2026»: the reading that is a day, has passed and falls on the weekday named; else that of the country.

    With dots the day comes first wherever dots are written.
    """
    first, second = int(match["first"]), int(match["second"])
    if max(first, second) > LONGEST_MONTH:
        return None
    year = _year(match["year"], era=None, is_thai=is_thai)
    if year is None:
        return None
    readings = {"dmy": _day(year, second, first), "mdy": _day(year, first, second)}
    days = {order: day for order, day in readings.items() if day is not None}
    if not days:
        return None, Doubt.IMPOSSIBLE_DATE
    weekdays = _weekdays_before(match)
    days = {order: day for order, day in days.items() if _has_passed(day, origin=origin)} or days
    days = {order: day for order, day in days.items() if day.weekday() in weekdays} or days
    if len(set(days.values())) == 1:
        return next(iter(days.values())), None
    if origin.address_day in days.values():
        return origin.address_day, None
    order = "dmy" if match["mark"] == "." else _order(match, origin=origin)
    return (days[order], None) if order else (None, Doubt.AMBIGUOUS_DATE)


def _order(match: re.Match[str], *, origin: Origin) -> str | None:
    """By the country of the zone that stands beside the date, where it is one country's; else by the origin."""
    near = re.findall(r"\b[A-Z]{3,4}\b", match.string[match.end() : match.end() + 40])
    country = next(filter(None, map(time_zones.country_of_zone, near)), None)
    if country is not None:
        return order_of(language=None, country=country)
    return order_of(language=origin.language, country=origin.country)


def _has_passed(day: date, *, origin: Origin) -> bool:
    return origin.received_at is None or day <= origin.received_at.date() + AHEAD


def _weekdays_before(match: re.Match[str]) -> frozenset[int]:
    words = _LAST_WORDS.search(match.string[max(0, match.start() - 24) : match.start()])
    return frozenset() if words is None else weekdays_of(words[1])


def _year(digits: str, *, era: str | None, is_thai: bool) -> int | None:
    """The year of the common era; None where two digits, or years of an era, do not tell it."""
    if era is not None:
        return _ERAS[era] + (1 if digits == "元" else int(digits))
    if digits == "元":
        return None
    year = int(digits)
    if is_thai and len(digits) == 2:  # noqa: PLR2004  # the last two digits
        return BUDDHIST_CENTURY + year - BUDDHIST_ERA
    if is_thai and year >= FIRST_BUDDHIST_YEAR:
        return year - BUDDHIST_ERA
    return year if len(digits) == 4 else None  # noqa: PLR2004  # a whole year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
