"""Where and when a text came from: what decides how a date in it is to be read."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is known of the publisher and of the arrival of a text. All of it may be missing."""

    language: str | None = None
    """BCP 47, of the text; only its first part counts."""
    country: str | None = None
    """ISO 3166-1 alpha-2, of the publisher."""
    zone: tzinfo | None = None
    """What a time of the publisher's means that names no zone."""
    received_at: datetime | None = None
    """When the text arrived, with its zone: it was published before."""
    address_day: date | None = None
    """The day that stands in its address."""


UNKNOWN: Final = Origin()
