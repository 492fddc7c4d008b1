"""Times of the day as news sites write them: «15.48», «3:25 PM», «15h30», «3.25 petang», «下午3点25分», «15 Uhr»."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final

from kabar_enrich.anatomy import time_zones
from kabar_enrich.anatomy.calendar_words import Half, half_of

NOON: Final = 12
AFTERNOON: Final = 5
"""Before this hour «siang» is after noon and «malam» after midnight."""

_CLOCK: Final = re.compile(
    r"(?P<before>[^\s\d,.:;|()/-]{1,9})?\s?(?<![\d:./,-])(?P<hour>\d{1,2})"
    r"(?:\s?(?:[:.]|h(?=\d))\s?(?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:[.,]\d{1,9})?(?!\d)"
    r"|\s?[時时點点시](?:\s?(?P<minutes>\d{1,2})\s?[分분])?"
    r"|(?=\s?[ap]\.?\s?m\b)|\s?(?:Uhr\b|h\b))"
    r"(?:\s?(?P<latin>[ap])\.?\s?m\b\.?|\s?(?:Uhr|uur|h|น)\b\.?)?"
    r"(?:\s?(?P<after>(?:dini|tengah) hari|[^\s\d,:;|()/+-]{1,9}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day, the zone behind it as it is written, and where both stand."""

    time: time
    zone: str | None
    start: int
    end: int


def clocks_in(text: str, start: int, end: int) -> Iterator[Clock]:
    """The times of the day in `text[start:end]`, whose digits must be ASCII."""
    for match in _CLOCK.finditer(text, start, end):
        after = match["after"] or ""
        half = half_of(after)
        stop = match.end() if half or not after else len(text[: match.start("after")].rstrip())
        before = half_of(match["before"]) if match["before"] else None
        found = _time_of(match, half=half or before or _half_in_latin(match["latin"]))
        if found is None:
            continue
        zone = time_zones.ZONE.match(text, stop, end)
        named = zone is not None and time_zones.is_zone(zone["zone"])
        start = match.start() if before else match.start("hour")
        yield Clock(found, zone["zone"] if zone and named else None, start, zone.end() if zone and named else stop)


def _half_in_latin(letter: str | None) -> Half | None:
    return None if letter is None else "am" if letter.lower() == "a" else "pm"


def _time_of(match: re.Match[str], *, half: Half | None) -> time | None:
    hour = _hour(int(match["hour"]), half=half)
    try:
        return time(hour, int(match["minute"] or match["minutes"] or 0), int(match["second"] or 0))
    except ValueError:
        return None


def _hour(hour: int, *, half: Half | None) -> int:
    """The hour of 24. One above twelve says by itself which half it is in."""
    if half is None or hour > NOON:
        return hour
    if half == "noon":
        return hour + NOON if hour < AFTERNOON else hour
    if half == "am" or (half == "night" and (hour == NOON or hour < AFTERNOON)):
        return hour % NOON
    return hour % NOON + NOON
