"""Dates and times as news sites write them, in Indonesian, Malay and English.

A time is only a moment with its zone: an offset, UTC/GMT, or one of Indonesia's WIB, WITA and WIT (+07, +08, +09).
Without one nobody can say when it was, and nothing is returned.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

_MONTH_NAMES: Final = (
    "januari january jan",
    "februari february pebruari feb",
    "maret march mac mar",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july julai jul",
    "agustus august ogos agu ags agt aug",
    "september sept sep",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december disember des dec dis",
)
_MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_MONTH: Final = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY: Final = r"(?<!\d)(?P<day>\d{1,2})"

_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})",
        rf"{_DAY}(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<year>\d{{4}})(?!\d)",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)",
    )
)
_YEARLESS_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (rf"{_DAY}(?:st|nd|rd|th)?\s+{_MONTH}", rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)")
)
_NUMERIC_DATE: Final = re.compile(r"(?<!\d)(?P<day>\d{1,2})[/.-](?P<number>\d{1,2})[/.-](?P<year>\d{4})(?!\d)")
_TIME: Final = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?!\d)\s*(?P<half>[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_ZONE: Final = re.compile(r"\s*\(?(?P<zone>WIB|WITA|WIT|GMT|UTC|Z|[+-]\d{2}:?\d{2})(?![A-Za-z0-9])")
_INDONESIAN_HOURS: Final = {"WIB": 7, "WITA": 8, "WIT": 9}
_CLOCK_SPAN: Final = 24
"""Characters within which a time follows its date."""
NOON: Final = 12


def date_in(text: str, *, reference: date | None = None) -> date | None:
    """The first date in `text`. One without a year is the latest such day not after the day that follows `reference`."""
    found = _dated(text)
    if found is not None:
        return found[0]
    if reference is None:
        return None
    for pattern in _YEARLESS_DATES:
        for match in pattern.finditer(text):
            day = _latest(match, not_after=reference + timedelta(days=1))
            if day is not None:
                return day
    return None


def span_of_date(text: str) -> tuple[int, int] | None:
    """Where the first date of `text` stands, with or without a year."""
    for pattern in (*_DATES, _NUMERIC_DATE, *_YEARLESS_DATES):
        match = pattern.search(text)
        if match is not None:
            return match.span()
    return None


def moment_in(text: str) -> datetime | None:
    """The first moment in `text`, in UTC: a date, a time and its zone. None when one of the three is missing."""
    found = _dated(text) or _numerically_dated(text)
    if found is None:
        return None
    day, end = found
    clock = _TIME.search(text, end, min(len(text), end + _CLOCK_SPAN))
    if clock is None:
        return None
    zone = _ZONE.match(text, clock.end())
    hour = _time_of(clock)
    return None if zone is None or hour is None else _in_utc(datetime.combine(day, hour, _zone_of(zone["zone"])))


def iso_moment(text: str) -> datetime | None:
    """The moment that an ISO 8601 or RFC 3339 string names, in UTC. None without a zone or when it is something else."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return moment_in(text)
    return None if moment.tzinfo is None else _in_utc(moment)


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def names_a_day(text: str) -> bool:
    """Whether there is a date in `text`, with or without a time."""
    return _dated(text) is not None or _NUMERIC_DATE.search(text) is not None


def _dated(text: str) -> tuple[date, int] | None:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = int(parts["number"]) if parts.get("number") else _MONTHS[parts["month"].lower()]
            day = _day(int(parts["year"]), month, int(parts["day"]))
            if day is not None:
                return day, match.end()
    return None


def _numerically_dated(text: str) -> tuple[date, int] | None:
    """Day before month, as everywhere but in the United States: only where a zone of Indonesia stands beside it."""
    match = _NUMERIC_DATE.search(text)
    if match is None or re.search(r"\bWI(?:B|TA|T)\b", text) is None:
        return None
    day = _day(int(match["year"]), int(match["number"]), int(match["day"]))
    return None if day is None else (day, match.end())


def _latest(match: re.Match[str], *, not_after: date) -> date | None:
    month, day = _MONTHS[match["month"].lower()], int(match["day"])
    candidates = (_day(year, month, day) for year in range(not_after.year, not_after.year - 5, -1))
    return next((candidate for candidate in candidates if candidate is not None and candidate <= not_after), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time_of(match: re.Match[str]) -> time | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = (match["half"] or "").lower()
    if half:
        hour = hour % NOON + (NOON if half.startswith("p") else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _zone_of(word: str) -> timezone:
    hours = _INDONESIAN_HOURS.get(word)
    if hours is not None:
        return timezone(timedelta(hours=hours))
    if word in ("GMT", "UTC", "Z"):
        return UTC
    digits = word[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]) % 24, minutes=int(digits[2:]) % 60)
    return timezone(offset if word[0] == "+" else -offset)
