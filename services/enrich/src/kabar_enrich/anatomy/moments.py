"""Dates and times as news sites write them: days, times, zones, and what of them is certain.

A time is only a moment with its zone: one named beside it (`time_zones.py`), or that of the publisher. What cannot be,
or may be several things, is never guessed: it says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from kabar_enrich.anatomy.calendar_words import is_month_of, months_of
from kabar_enrich.anatomy.clock_times import Clock, clocks_in
from kabar_enrich.anatomy.origin import UNKNOWN, Origin
from kabar_enrich.anatomy.time_zones import zone_named, zone_of_country
from kabar_enrich.anatomy.written_dates import AHEAD, Doubt, WrittenDate, dates_in, with_ascii_digits

FIRST_YEAR: Final = 1990
"""A day before is no day of publication: it is one that an article tells of, or what a machine writes for «unknown»."""
LONGEST_FIELD: Final = 500
"""Characters of a field of data among which its date is looked for."""
_CLOCK_SPAN: Final = 32
"""Characters within which a time stands behind or before its date."""
_MONTH: Final = r"(?P<month>[^\W\d_]{3,12})\b\.?"
_YEARLESS_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}", rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)")
)
_YEARLESS_LANGUAGES: Final = ("id", "ms", "en")
_EPOCH: Final = re.compile(r"\d{10}(?:\d{3})?")
_THOUSAND: Final = 1000
_UPDATED: Final = re.compile(
    r"(?:update[ds]?|modified|di ?perb(?:ah)?arui|di ?kemas ?kini|pembaruan|terakhir diubah|aktualisier(?:t|ung)|mise? à jour|"
    r"modifi[ée]e? le|actuali[zs]a(?:d[oa]|ción|t)|atualiza(?:d[oa]|ção)|"
    r"aggiorna(?:t[oa]|mento)|bijgewerkt|uppdatera[dt]|opdateret|oppdatert|päivitetty|"
    r"aktualizován[oa]|aktualizováno|aktualizacja|zaktualizowano|frissítve|güncelle(?:me|ndi)|ažurirano|обновлен\w?|оновлено|"
    r"актуализиран\w?|ενημερώθηκε|تحديث|עודכן|अपडेट|更新|업데이트|수정|cập nhật|แก้ไข|อัปเดต|ปรับปรุง)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One date in a text, with what is certain of it."""

    text: str
    """The date and its time, as they are written."""
    day: date | None = None
    """As it is written, wherever that is; None where it cannot be a day of publication, or may be several."""
    moment: datetime | None = None
    """In UTC; None where there is no time or nobody can say in which zone it is."""
    has_time: bool = False
    is_update: bool = False
    """Whether words before it say that it is of a change."""
    doubt: Doubt | None = None


def stamps_in(text: str, *, origin: Origin = UNKNOWN) -> list[Stamp]:
    """The dates with a year in `text`, in order, each with the time beside it."""
    folded = with_ascii_digits(text)
    dates = dates_in(text, origin=origin)
    found: list[Stamp] = []
    done = 0
    for index, written in enumerate(dates):
        stop = dates[index + 1].start if index + 1 < len(dates) else len(folded)
        clock = _clock_of(folded, written, start=done, stop=stop)
        start, end = _span_of(written, clock)
        is_update = names_an_update(text[done:start])
        found.append(_stamp(text[start:end], written, clock, is_update=is_update, origin=origin))
        done = end
    return found


def date_in(text: str, *, reference: date | None = None) -> date | None:
    """The first date in `text`. One without a year is the latest such day not after the day that follows `reference`."""
    for written in dates_in(text):
        if written.day is not None:
            return written.day
    if reference is None:
        return None
    for match in _yearless_in(text):
        day = _latest(match, not_after=reference + timedelta(days=1))
        if day is not None:
            return day
    return None


def span_of_date(text: str) -> tuple[int, int] | None:
    """Where the first date of `text` stands, with or without a year."""
    for written in dates_in(text):
        return written.start, written.end
    return next((match.span() for match in _yearless_in(text)), None)


def moment_in(text: str, *, origin: Origin = UNKNOWN) -> datetime | None:
    """The moment of the first date in `text` that has a time and a zone, in UTC."""
    return next((stamp.moment for stamp in stamps_in(text, origin=origin) if stamp.moment is not None), None)


def names_an_update(label: str) -> bool:
    """Whether the words before a date say that it is of a change and not of the publication."""
    return _UPDATED.search(label) is not None


def names_a_day(text: str) -> bool:
    """Whether there is a date with its year in `text`, with or without a time."""
    return bool(dates_in(text))


def machine_stamp(text: str, *, origin: Origin) -> Stamp | None:
    """What a field of data names: an ISO 8601 or RFC 3339 string, seconds since 1970, or else the first date in it."""
    text = text.strip()[:LONGEST_FIELD]
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1 if len(text) == 10 else _THOUSAND)  # noqa: PLR2004  # seconds have ten digits until 2286
        return _of_moment(text, datetime.fromtimestamp(seconds, UTC), origin=origin)
    try:
        moment = datetime.fromisoformat(with_ascii_digits(text))
    except ValueError:
        return next(iter(stamps_in(text, origin=origin)), None)
    if moment.tzinfo is not None:
        return _of_moment(text, moment, origin=origin)
    if len(text) <= len("2026-01-01"):
        return _of_day(text, moment.date(), origin=origin)
    if origin.zone is not None:
        return _of_moment(text, moment.replace(tzinfo=origin.zone), origin=origin)
    day = _of_day(text, moment.date(), origin=origin)
    return Stamp(text=text, day=day.day, has_time=True, doubt=day.doubt)


def iso_moment(text: str) -> datetime | None:
    """The moment that a field of data names, in UTC. None without a zone or when it is something else."""
    stamp = machine_stamp(text, origin=UNKNOWN)
    return None if stamp is None else stamp.moment


def is_plausible(day: date, *, origin: Origin) -> bool:
    """Whether something that arrived then can have been published on that day."""
    return day.year >= FIRST_YEAR and (origin.received_at is None or day <= origin.received_at.date() + AHEAD)


def _of_moment(text: str, moment: datetime, *, origin: Origin) -> Stamp:
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:
        return Stamp(text=text, has_time=True, doubt=Doubt.IMPOSSIBLE_DATE)
    if not is_plausible(in_utc.date(), origin=origin):
        return Stamp(text=text, has_time=True, doubt=Doubt.IMPOSSIBLE_DATE)
    return Stamp(text=text, day=moment.date(), moment=in_utc, has_time=True)


def _of_day(text: str, day: date, *, origin: Origin) -> Stamp:
    if not is_plausible(day, origin=origin):
        return Stamp(text=text, doubt=Doubt.IMPOSSIBLE_DATE)
    return Stamp(text=text, day=day)


def _stamp(text: str, written: WrittenDate, clock: Clock | None, *, is_update: bool, origin: Origin) -> Stamp:
    if written.day is None or not is_plausible(written.day, origin=origin):
        return Stamp(text=text, is_update=is_update, doubt=written.doubt or Doubt.IMPOSSIBLE_DATE)
    naive = None if clock is None else datetime.combine(written.day, clock.time)
    moment = None if naive is None or clock is None else _in_utc(naive, clock.zone, origin=origin)
    return Stamp(text=text, day=written.day, moment=moment, has_time=clock is not None, is_update=is_update)


def _in_utc(naive: datetime, zone: str | None, *, origin: Origin) -> datetime | None:
    """The moment of a time in sight. Without a zone beside it, it is meant for readers where the publisher is."""
    named = zone_named(zone, at=naive, origin=origin) if zone else origin.zone or zone_of_country(origin.country, at=naive)
    try:
        return None if named is None else naive.replace(tzinfo=named).astimezone(UTC)
    except OverflowError:
        return None


def _clock_of(text: str, written: WrittenDate, *, start: int, stop: int) -> Clock | None:
    """The time beside a date: inside it, else the next one behind it, else the last one before it; no other number between."""
    if written.clock is not None:
        return next(clocks_in(text, text.index(written.clock, written.start), written.end), None)
    behind = next(clocks_in(text, written.end, min(stop, written.end + _CLOCK_SPAN)), None)
    if behind is not None and not _has_digit(text[written.end : behind.start]):
        return behind
    before = list(clocks_in(text, max(start, written.start - _CLOCK_SPAN), written.start))
    return before[-1] if before and not _has_digit(text[before[-1].end : written.start]) else None


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _span_of(written: WrittenDate, clock: Clock | None) -> tuple[int, int]:
    if clock is None:
        return written.start, written.end
    return min(written.start, clock.start), max(written.end, clock.end)


def _yearless_in(text: str) -> Iterator[re.Match[str]]:
    for pattern in _YEARLESS_DATES:
        yield from (match for match in pattern.finditer(text) if is_month_of(match["month"], _YEARLESS_LANGUAGES))


def _latest(match: re.Match[str], *, not_after: date) -> date | None:
    months = months_of(match["month"], language="id") or months_of(match["month"])
    month, day = min(months), int(match["day"])
    candidates = (_day(year, month, day) for year in range(not_after.year, not_after.year - 5, -1))
    return next((candidate for candidate in candidates if candidate is not None and candidate <= not_after), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
