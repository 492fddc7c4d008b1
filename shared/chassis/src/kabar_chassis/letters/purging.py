"""Deleting letters for good, with all that is kept beside them."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from redis.asyncio import Redis

from kabar_chassis.delivery.dead_letters import lookup_key, lookup_member, marks_key
from kabar_chassis.letters.letter import Letter

BATCH: Final = 200
"""Letters that one call should delete: Redis frees their memory before it does anything else."""
_TOUCH: Final = "purge"


async def purge(redis: Redis, letters: Sequence[Letter]) -> int:
    """Delete these letters, their marks and what the lookup holds of them. Returns how many were there.

    Safe to run twice. Raises redis.exceptions.RedisError.
    """
    purged = 0
    for stream, group in groupby(
        sorted(letters, key=lambda letter: letter.letter_id.stream.name), key=lambda letter: letter.letter_id.stream
    ):
        chosen = list(group)
        ids = [letter.letter_id.entry_id for letter in chosen]
        members = [lookup_member((letter.article_id or "").encode(), letter.letter_id.entry_id.encode()) for letter in chosen]
        async with redis.pipeline(transaction=True) as transaction:
            transaction.xdel(stream.name, *ids)
            transaction.zrem(lookup_key(stream.name), *members)
            # Touches the marks even where there are none: a replay that has read one of these letters watches them.
            transaction.hset(marks_key(stream.name), _TOUCH, "")
            transaction.hdel(marks_key(stream.name), _TOUCH, *ids)
            deleted, *_ = await transaction.execute()
        purged += deleted
    return purged
