"""The desk where receipts are asked about: the facts gathered in a safe order, and once more until they are final."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final

from kabar_search.receipt_documents import ReceiptDocuments
from kabar_search.receipts import Receipt, Stage, Standing, standing_of
from kabar_search.redis_reader import RedisReader, StreamsUnavailableError

WAITERS: Final = 64
"""Requests that may wait at a time; whoever comes later is answered at once."""
LOOKUPS: Final = 16
"""Receipts looked up at a time; each is a handful of small reads."""
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 1.0
NO_REDIS: Final = "This service has no address of Redis, so it cannot tell what is on its way."


class NothingKnownError(Exception):
    """Neither index nor archive knows the receipt, and the streams cannot be asked. The message says why."""


@dataclass(slots=True, kw_only=True)
class ReceiptDesk:
    """What answering needs."""

    documents: ReceiptDocuments
    streams: RedisReader | None
    """None where the service has no address of Redis."""
    monotonic: Callable[[], float]
    """Seconds that only go forward."""
    waiters: int = WAITERS
    lookups: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LOOKUPS))
    waiting: int = 0

    async def standing(self, receipt: Receipt, *, wait_s: float, is_gone: Callable[[], Awaitable[bool]]) -> Standing | None:
        """What has become of `receipt`, after at most `wait_s` seconds or as soon as it is final; None when it is unknown.

        Gives up early when `is_gone` says that nobody listens any more. Raises IndexUnavailableError, NothingKnownError.
        """
        deadline = self.monotonic() + wait_s
        found = await self._look_up(receipt)
        if found is None or found.is_final or wait_s <= 0 or self.waiting >= self.waiters:
            return found
        self.waiting += 1
        try:
            return await self._wait(found, deadline=deadline, is_gone=is_gone)
        finally:
            self.waiting -= 1

    async def _wait(self, found: Standing, *, deadline: float, is_gone: Callable[[], Awaitable[bool]]) -> Standing:
        pause_s = FIRST_PAUSE_S
        while not found.is_final and (left_s := deadline - self.monotonic()) > 0 and not await is_gone():
            await asyncio.sleep(min(pause_s, left_s))
            pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)
            if not await self._still_waits(found):
                found = await self._look_up(found.receipt) or found
        return found

    async def _still_waits(self, found: Standing) -> bool:
        """Whether the enricher has not come to the entry yet: then there is nothing new, and OpenSearch is left alone."""
        if self.streams is None or found.stage is not Stage.ACCEPTED or found.stream is None:
            return False
        try:
            async with self.lookups:
                return not await self.streams.is_read(found.receipt, stream=found.stream)
        except StreamsUnavailableError:
            return False

    async def close(self) -> None:
        """Give the connections to Redis back; those to OpenSearch belong to whoever made them."""
        if self.streams is not None:
            await self.streams.close()

    async def _look_up(self, receipt: Receipt) -> Standing | None:
        async with self.lookups:
            if self.streams is None:
                return await self._without_streams(receipt, because=NO_REDIS)
            try:
                return await self._with_streams(receipt, self.streams)
            except StreamsUnavailableError as error:
                return await self._without_streams(receipt, because=str(error))

    async def _with_streams(self, receipt: Receipt, streams: RedisReader) -> Standing | None:
        """What is in the index already needs no stream. Else streams before indices: what moves on meanwhile is seen where it arrives."""
        index = await self.documents.facts(receipt)
        arrived = standing_of(receipt, streams=None, index=index)
        is_archived = index.archived is not None and index.archived.entry_id >= receipt.entry_id
        if arrived is not None and is_archived and arrived.stage is not Stage.ACCEPTED:
            return arrived
        on_stream = await streams.stream_of(receipt)
        stream = on_stream or (index.archived.stream if index.archived else None)
        told = await streams.facts(receipt, stream=stream, is_on_stream=on_stream is not None)
        found = standing_of(receipt, streams=told, index=await self.documents.facts(receipt))
        return replace(found, stream=on_stream) if found is not None and found.letter is None else found

    async def _without_streams(self, receipt: Receipt, *, because: str) -> Standing | None:
        found = standing_of(receipt, streams=None, index=await self.documents.facts(receipt), unknown_because=because)
        if found is None:
            raise NothingKnownError(because)
        return found
