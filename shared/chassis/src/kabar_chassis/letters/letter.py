"""What is known of a dead letter without its texts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from kabar_contracts.streams import ALL, ENRICHED_DEAD, RAW_DEAD, Stream, dead_letters

DEAD_STREAMS: Final[Mapping[str, Stream]] = {"raw": RAW_DEAD, "enriched": ENRICHED_DEAD}
"""The dead-letter streams by the short name that letter ids begin with."""
_SHORT: Final = {stream: short for short, stream in DEAD_STREAMS.items()}
_ID: Final = re.compile(r"(raw|enriched):([0-9]{1,20})-([0-9]{1,20})")
_MARK: Final = re.compile(r"([0-9]{1,9}) ([0-9]{1,16}) (\S+) ([0-9]+-[0-9]+) ?(.*)", re.DOTALL)
_ORIGIN: Final = re.compile(r"(\S+) ([0-9]+-[0-9]+)")
_LARGEST: Final = 2**64 - 1


@dataclass(frozen=True, slots=True)
class LetterId:
    """Where a letter lies; written `raw:1777888999000-0`."""

    stream: Stream
    entry_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The id in this text. Raises ValueError with a message for a person."""
        found = _ID.fullmatch(text.strip())
        if found is None or max(int(found[2]), int(found[3])) > _LARGEST:
            message = f"{text[:80]!r} is no letter: those are written raw:1777888999000-0 or enriched:1777888999000-0"
            raise ValueError(message)
        return cls(DEAD_STREAMS[found[1]], f"{int(found[2])}-{int(found[3])}")

    def __str__(self) -> str:
        return f"{_SHORT[self.stream]}:{self.entry_id}"

    @property
    def age_order(self) -> tuple[int, int, str]:
        """Grows with the time at which letters were written, over both streams."""
        ms, _, number = self.entry_id.partition("-")
        return int(ms), int(number), self.stream.name

    @property
    def written_at_ms(self) -> int:
        """When the entry was given up, by the clock of Redis."""
        return self.age_order[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was done about a letter: the last of its replays."""

    times: int
    at_ms: int
    stream: str
    entry_id: str
    """The entry it became, in `stream`."""
    note: str = ""
    """What was changed on the way; empty for a plain replay."""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The mark in this value; None when it is none of ours."""
        found = _MARK.fullmatch(text)
        if found is None:
            return None
        return cls(times=int(found[1]), at_ms=int(found[2]), stream=found[3], entry_id=found[4], note=found[5])


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Why and when an entry was given up. Texts of the article are not in it; a fact that cannot be read is None."""

    letter_id: LetterId
    reason: str | None
    """One of `Reason`, or what another release or another writer put there."""
    detail: str
    """May quote the article."""
    stage: str | None
    attempts: int | None
    first_at_ms: int | None
    last_at_ms: int | None
    origin: Stream | None
    """The stream it came from, when that is one whose letters belong here."""
    origin_id: str | None
    article_id: str | None
    """The field as it is, valid or not, with what is no UTF-8 replaced."""
    revision: str | None
    source: str | None
    size_bytes: int
    field_count: int
    mark: Mark | None = None


def letter_of(row: Sequence[bytes | int], *, stream: Stream) -> Letter:
    """The letter in one row of `letter_streams`: entry id, mark or empty, bytes, fields, then names and values by turns."""
    entry_id, mark, size, count = row[:4]
    facts = dict(zip(map(_text, row[4::2]), map(_text, row[5::2]), strict=True))
    origin, origin_id = _origin(facts.get("dead.origin", ""), stream=stream)
    return Letter(
        letter_id=LetterId(stream, _text(entry_id)),
        reason=facts.get("dead.reason"),
        detail=facts.get("dead.detail", ""),
        stage=facts.get("dead.stage"),
        attempts=_number(facts.get("dead.attempts")),
        first_at_ms=_number(facts.get("dead.first_at")),
        last_at_ms=_number(facts.get("dead.last_at")),
        origin=origin,
        origin_id=origin_id,
        article_id=facts.get("article_id"),
        revision=facts.get("revision"),
        source=facts.get("dead.source"),
        size_bytes=int(size),
        field_count=int(count),
        mark=Mark.parse(_text(mark)),
    )


def _origin(value: str, *, stream: Stream) -> tuple[Stream | None, str | None]:
    found = _ORIGIN.fullmatch(value)
    if found is None:
        return None, None
    known = [each for each in ALL if each.name == found[1] and each not in _SHORT and dead_letters(each) is stream]
    return (known[0] if known else None), found[2]


def _text(value: bytes | int) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,16}", value) else None
