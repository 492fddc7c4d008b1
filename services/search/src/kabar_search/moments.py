"""Moments as people write them in a search: dates, dates with times, spans back from now."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

_SPAN: Final = re.compile(r"-(\d{1,6})([hdw])")
_HOURS: Final = {"h": 1, "d": 24, "w": 168}
# A plus sign in a query string arrives as a space unless the client escaped it; few do.
_LOST_PLUS: Final = re.compile(r"(T\S+) (\d{2}:?\d{2})")
_EARLIEST: Final = datetime(1000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9998, 12, 31, tzinfo=UTC)

WRITTEN: Final = "2026-11-24, 2026-11-24T08:00+07:00 or -7d (h, d, w)"
"""How a moment may be written, for a hint."""


class Edge(StrEnum):
    """Which end of a span of time a moment is."""

    FIRST = "first"
    LAST = "last"


def moment(text: str, *, edge: Edge, now: datetime, zone: tzinfo) -> datetime:
    """The moment in UTC that `text` means. A date is its first or last millisecond in `zone`.

    Raises ValueError, with a message for people, when it is none of the three forms or out of range.
    """
    found = _moment(text.strip(), edge=edge, now=now, zone=zone)
    if not _EARLIEST <= found <= _LATEST:
        message = f"{text!r} is out of range; years run from 1000 to 9998"
        raise ValueError(message)
    return found


def _moment(text: str, *, edge: Edge, now: datetime, zone: tzinfo) -> datetime:
    try:
        if span := _SPAN.fullmatch(text):
            return now.astimezone(UTC) - timedelta(hours=int(span[1]) * _HOURS[span[2]])
        if day := _date(text):
            return _edge_of(day, edge=edge, zone=zone)
        spelled = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
        return (spelled if spelled.tzinfo else spelled.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        message = f"{text!r} is out of range; years run from 1000 to 9998"
        raise ValueError(message) from error
    except ValueError as error:
        message = f"{text!r} is no date or time"
        raise ValueError(message) from error


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _edge_of(day: date, *, edge: Edge, zone: tzinfo) -> datetime:
    if edge is Edge.FIRST:
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    following = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
    return following - timedelta(milliseconds=1)
