"""What the name of a time zone after a time means, and what zone a country keeps. Facts: the IANA database, through zoneinfo."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kabar_enrich.anatomy.calendar_table import shipped
from kabar_enrich.anatomy.origin import Origin

# Names that the database does not have, or has for one zone while the press of another uses them too.
_OTHER_NAMES_WORDS: Final = """
    MYT:Asia/Kuala_Lumpur SGT:Asia/Singapore PHT:Asia/Manila PHST:Asia/Manila ICT:Asia/Bangkok BNT:Asia/Brunei MMT:Asia/Yangon
    NPT:Asia/Kathmandu AFT:Asia/Kabul TRT:Europe/Istanbul ART:America/Argentina/Buenos_Aires BRT:America/Sao_Paulo
    CLT:America/Santiago COT:America/Bogota PET:America/Lima VET:America/Caracas UYT:America/Montevideo SLST:Asia/Colombo
    HKT:Asia/Hong_Kong MEZ:Europe/Berlin MESZ:Europe/Berlin ET:America/New_York CT:America/Chicago MT:America/Denver
    PT:America/Los_Angeles МСК:Europe/Moscow GST:Asia/Dubai
    BST:Europe/London,Asia/Dhaka AST:America/Halifax,Asia/Riyadh SST:Pacific/Pago_Pago,Asia/Singapore WST:Pacific/Apia,Australia/Perth
"""  # noqa: RUF001  # Moscow's in its own letters
_OTHER_NAMES: Final = {name: tuple(zones.split(",")) for name, _, zones in (word.partition(":") for word in _OTHER_NAMES_WORDS.split())}
_COUNTRIES: Final = {"WIB": "ID", "WITA": "ID", "WIT": "ID", "MYT": "MY", "SGT": "SG", "HKT": "HK", "ICT": "TH"}
_UTC_NAMES: Final = frozenset({"GMT", "UTC", "UT", "Z"})
_OFFSET: Final = re.compile(r"(?:GMT|UTC)?\s?(?P<sign>[+−-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")  # noqa: RUF001  # a minus too
_WIDEST: Final = timedelta(hours=15)

ZONE: Final = re.compile(
    r"\s*[(\[]?(?P<zone>(?:GMT|UTC)\s?[+−-]\d{1,2}(?::?\d{2})?|[+−-]\d{2}:?\d{2}|(?<=\d)[+−-]\d{2}|\+\d{2}|[A-Z][a-z]+/[A-Z][A-Za-z_]+|"  # noqa: RUF001
    r"[A-Z]{1,5}|(?i:wib|wita|wit)|(?i:мск))(?![\w/:])"
)
"""What may be a zone behind a time; `is_zone` tells whether it is."""


def is_zone(word: str) -> bool:
    """Whether this names a zone or an offset, if perhaps one of several."""
    name = word.upper()
    return name in _UTC_NAMES or bool(_OFFSET.fullmatch(name)) or bool(_zones_named(word))


def country_of_zone(word: str) -> str | None:
    """The country whose press writes this name, where it is the only one that does."""
    return _COUNTRIES.get(word.upper())


def zone_named(word: str, *, at: datetime, origin: Origin) -> tzinfo | None:
    """The zone that `word` names at the naive time `at`; None where it may be several and the origin does not tell which."""
    name = word.upper()
    if name in _UTC_NAMES:
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        return _fixed(offset)
    zones = _zones_named(word)
    if "/" in word:
        return next(iter(zones), None)
    near = [zone for zone in _near(origin) if zone in zones or _offset_as(name, zone, at=at) is not None]
    offsets = {_offset_as(name, zone, at=at) for zone in near or zones} - {None}
    if name in _OTHER_NAMES:
        offsets |= {zone.utcoffset(at) for zone in near or zones if _offset_as(name, zone, at=at) is None}
    found = offsets.pop() if len(offsets) == 1 else None
    return None if found is None else timezone(found)


def zone_of_country(country: str | None, *, at: datetime) -> tzinfo | None:
    """The zone of all of a country at the naive time `at`; None where it has several, or is not known."""
    zones = _zones_of_country(country) if country else ()
    offsets = {zone.utcoffset(at) for zone in zones}
    return zones[0] if len(offsets) == 1 else None


def _near(origin: Origin) -> list[ZoneInfo]:
    own = [origin.zone] if isinstance(origin.zone, ZoneInfo) else []
    return own or list(_zones_of_country(origin.country) if origin.country else ())


def _offset_as(name: str, zone: ZoneInfo, *, at: datetime) -> timedelta | None:
    """The offset that `zone` has under this name: at `at`, else at another time of that year («EST» in July)."""
    for moment in (at, at.replace(month=1, day=1), at.replace(month=7, day=1)):
        local = moment.replace(tzinfo=zone)
        if local.tzname() == name:
            return local.utcoffset()
    return None


@lru_cache(256)
def _zones_named(word: str) -> tuple[ZoneInfo, ...]:
    name = word.upper()
    names: Iterable[str] = (word,) if "/" in word else _OTHER_NAMES.get(name) or shipped()["abbreviations"].get(name, ())
    return _existing(names)


@lru_cache(256)
def _zones_of_country(country: str) -> tuple[ZoneInfo, ...]:
    return _existing(shipped()["zones"].get(country, ()))


def _existing(names: Iterable[str]) -> tuple[ZoneInfo, ...]:
    found = []
    for name in names:
        try:
            found.append(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return tuple(found)


def _fixed(offset: re.Match[str]) -> tzinfo | None:
    length = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
    return None if length > _WIDEST else timezone(length if offset["sign"] == "+" else -length)
