"""Putting the entry of a letter back on the stream it came from.

The entry and the mark of its letter are written in one transaction, and only when nobody marked or purged the letter
meanwhile: whoever repeats a replay that was cut off, or runs two at once, doubles nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, Final, cast

from kabar_contracts.streams import Stream
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import WatchError

from kabar_chassis.delivery.dead_letters import marks_key, original_fields
from kabar_chassis.letters.letter import Letter, LetterId, Mark

NOTE_CHARACTERS: Final = 500
_TRIES: Final = 100

# KEYS stream, marks | ARGV letter, times, ms, note. Runs right after the XADD, in the same transaction, so the newest
# entry is the one just added.
_MARK: Final = """
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. KEYS[1] .. ' ' .. newest .. ' ' .. ARGV[4])
return newest
"""


class Again(Enum):
    """What to do with a letter that was replayed before."""

    SKIP = auto()
    REPLAY = auto()


@dataclass(frozen=True, slots=True)
class Edit:
    """Other fields for the entry, and what was changed, for the mark."""

    fields: Mapping[bytes, bytes]
    note: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """The entry is on its stream, and the letter is marked."""

    stream: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class ReplayedBefore:
    """Nothing was written: the letter has this mark."""

    mark: Mark | None
    """None when the mark cannot be read."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing was written: there is no such letter, or not any more."""


@dataclass(frozen=True, slots=True)
class Unreplayable:
    """Nothing was written, and why."""

    why: str


Outcome = Replayed | ReplayedBefore | Gone | Unreplayable


def why_not(letter: Letter) -> str | None:
    """Why this letter cannot go back; None when it can."""
    if letter.origin is None:
        return "it does not say which stream it came from; was it written by another program?"
    return None


async def replay(redis: Redis, letter: Letter, *, now: datetime, again: Again = Again.SKIP, edit: Edit | None = None) -> Outcome:
    """Put the original fields, or edited ones, back on the stream the letter came from, and mark the letter.

    Raises redis.exceptions.RedisError; then the letter's mark says whether it was replayed.
    """
    refused = why_not(letter)
    if letter.origin is None or refused is not None:
        return Unreplayable(refused or "")
    for _ in range(_TRIES):
        async with redis.pipeline(transaction=True) as transaction:
            try:
                return await _replay_once(transaction, letter.letter_id, origin=letter.origin, now=now, again=again, edit=edit)
            except WatchError:
                continue
    return Unreplayable("other commands change these letters all the time; try again")


async def _replay_once(
    transaction: Pipeline, letter_id: LetterId, *, origin: Stream, now: datetime, again: Again, edit: Edit | None
) -> Outcome:
    stream, marks = letter_id.stream.name, marks_key(letter_id.stream.name)
    await transaction.watch(marks)  # every replay and every purge changes them
    mark = cast("bytes | None", await transaction.hget(marks, letter_id.entry_id))
    if mark is not None and again is Again.SKIP:
        return ReplayedBefore(Mark.parse(mark.decode("utf-8", "replace")))
    entries = cast("list[Any]", await transaction.xrange(stream, letter_id.entry_id, letter_id.entry_id))
    if not entries:
        return Gone()
    fields = dict(edit.fields) if edit else original_fields(entries[0][1])
    if not fields:
        return Unreplayable("it has no original fields")
    transaction.multi()  # type: ignore[no-untyped-call]  # redis-py has it without types
    transaction.xadd(origin.name, fields)  # type: ignore[arg-type]  # the stub wants a wider, invariant dict
    note = " ".join((edit.note if edit else "").split())[:NOTE_CHARACTERS]
    milliseconds = str(int(now.timestamp() * 1000))
    transaction.eval(_MARK, 2, origin.name, marks, letter_id.entry_id, str(_times(mark) + 1), milliseconds, note)
    entry_id, _ = await transaction.execute()
    return Replayed(origin.name, entry_id.decode())


def _times(mark: bytes | None) -> int:
    found = re.match(rb"[0-9]{1,9}", mark or b"")
    return int(found[0]) if found else 0
