"""What is read from the streams for a receipt, and the one way in which that fails. Writes nothing."""

from datetime import UTC, datetime

import structlog
from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import letters_of
from kabar_chassis.whereabouts import EntryId, Place, is_idle, whereabouts
from kabar_contracts.entry import ARTICLE_ID, REVISION
from kabar_contracts.streams import ENRICHED, ENRICHED_BACKFILL, RAW, RAW_BACKFILL, Group
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kabar_search.receipts import LetterFacts, Receipt, StreamFacts

_log = structlog.get_logger()

RAW_STREAMS = (RAW.name, RAW_BACKFILL.name)


class StreamsUnavailableError(Exception):
    """Redis does not answer, or does not let this service read. The message is what a producer may be told."""


class RedisReader:
    """Reads the streams of the pipeline."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def stream_of(self, receipt: Receipt) -> str | None:
        """The raw stream on which the entry of this receipt still lies, or None. Raises StreamsUnavailableError."""
        entry_id = str(receipt.entry_id)
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for stream in RAW_STREAMS:
                    pipeline.xrange(stream, min=entry_id, max=entry_id, count=1)
                answers = await pipeline.execute()
        except RedisError as error:
            raise _unavailable(error) from error
        for stream, rows in zip(RAW_STREAMS, answers, strict=True):
            if rows and _carries(rows[0][1], receipt):
                return stream
        return None

    async def is_read(self, receipt: Receipt, *, stream: str) -> bool:
        """Whether the enricher is done with the entry. Raises StreamsUnavailableError."""
        try:
            return await self._enrich_place(stream, receipt.entry_id) is Place.DONE
        except RedisError as error:
            raise _unavailable(error) from error

    async def facts(self, receipt: Receipt, *, stream: str | None, is_on_stream: bool) -> StreamFacts:
        """What the streams and the dead letters tell of this receipt, whose entry was added to `stream`.

        In this order, so that an entry that moves meanwhile is not taken for a lost one. Raises StreamsUnavailableError.
        """
        try:
            enrich = Place.NO_GROUP if stream is None else await self._enrich_place(stream, receipt.entry_id)
            # An entry that still waits for the enricher, or is with it, has no letter yet.
            may_be_dead = enrich is Place.DONE or not is_on_stream
            letters = await self._letters_of(receipt) if may_be_dead else ()
            next_is_idle = await self._next_is_idle()
            if may_be_dead and next_is_idle:
                before, letters = letters, await self._letters_of(receipt)
                # What was given up or replayed in between proves nothing of what was idle before.
                next_is_idle = letters == before
        except RedisError as error:
            raise _unavailable(error) from error
        return StreamFacts(is_on_stream=is_on_stream, enrich=enrich, next_is_idle=next_is_idle, letters=letters)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()

    async def _enrich_place(self, stream: str, entry_id: EntryId) -> Place:
        return (await whereabouts(self._redis, stream, Group.ENRICH.value, [entry_id]))[entry_id].place

    async def _letters_of(self, receipt: Receipt) -> tuple[LetterFacts, ...]:
        """Its letters, the newest first, with how far a replay of each has come."""
        revision = str(receipt.revision)
        letters = [letter for letter in await letters_of(self._redis, receipt.article_id) if letter.revision == revision]
        return tuple([_facts(letter, replayed=await self._replay_place(letter)) for letter in letters])

    async def _replay_place(self, letter: Letter) -> Place | None:
        if letter.mark is None:
            return None
        if letter.mark.stream not in RAW_STREAMS:
            return Place.DONE  # it went back behind the enricher
        return await self._enrich_place(letter.mark.stream, EntryId.of(letter.mark.entry_id))

    async def _next_is_idle(self) -> bool:
        for stream in (ENRICHED, ENRICHED_BACKFILL):
            if not await is_idle(self._redis, stream.name, Group.INDEX.value):
                return False
        return True


def _carries(fields: dict[bytes, bytes], receipt: Receipt) -> bool:
    return fields.get(ARTICLE_ID) == receipt.article_id.encode() and fields.get(REVISION) == b"%d" % receipt.revision


def _facts(letter: Letter, *, replayed: Place | None) -> LetterFacts:
    dead_at_ms = letter.letter_id.written_at_ms if letter.last_at_ms is None else letter.last_at_ms
    return LetterFacts(
        letter_id=str(letter.letter_id),
        origin=EntryId.of(letter.origin_id) if letter.origin_id else None,
        stage=letter.stage or "",
        reason=letter.reason or "",
        detail=letter.detail,
        attempts=letter.attempts or 0,
        dead_at=datetime.fromtimestamp(dead_at_ms / 1_000, UTC),
        replayed=replayed,
    )


def _unavailable(error: RedisError) -> StreamsUnavailableError:
    _log.warning("streams_unavailable", reason=str(error))
    return StreamsUnavailableError("The streams cannot be read now.")
