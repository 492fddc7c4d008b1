"""Redis's memory: articles are refused while there is still room for the workers to finish what they have."""

import asyncio
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log: Final = structlog.get_logger(__name__)

CHECK_EVERY_S: Final = 1.0


class MemoryGuard:
    """Knows whether Redis has used more than `share` of its `maxmemory`, as of a second ago."""

    def __init__(self, redis: Redis, *, share: float) -> None:
        self._redis = redis
        self._share = share
        self._is_full = False

    @property
    def is_full(self) -> bool:
        """Whether to take no more. False when Redis has no `maxmemory`, and as long as nothing is known."""
        return self._is_full

    async def watch(self) -> None:
        """Ask again and again, until cancelled."""
        while True:
            try:
                self._note(await self._redis.info("memory"))
            except (RedisError, OSError):
                # Writing will find out, and say it to whom it concerns.
                log.debug("redis_memory_unknown", exc_info=True)
            await asyncio.sleep(CHECK_EVERY_S)

    def _note(self, memory: dict[str, int]) -> None:
        is_full = passes(memory, share=self._share)
        if is_full != self._is_full:
            used, most = memory["used_memory"], memory["maxmemory"]
            log.warning("redis_filled" if is_full else "redis_emptied", used_bytes=used, maxmemory_bytes=most, share=self._share)
        self._is_full = is_full


def passes(memory: dict[str, int], *, share: float) -> bool:
    """Whether `INFO memory` says that more than `share` of the allowed memory is used."""
    most = memory.get("maxmemory", 0)
    return most > 0 and memory.get("used_memory", 0) > most * share
