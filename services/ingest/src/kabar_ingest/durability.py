"""Whether a `202` means "on disk": Redis can be told to be quicker and to lose what it has not synced when its machine dies.

Ingest goes on either way, since that is for the operator to choose; but nobody should have chosen it without knowing.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from kabar_chassis.telemetry import Event, Telemetry
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHECK_EVERY_S: Final = 15.0
_APPENDONLY: Final = "appendonly"
_APPENDFSYNC: Final = "appendfsync"


class Durability:
    """Tells once, and shows in a metric as long as it is so, that Redis may lose what was accepted."""

    def __init__(self, redis: Redis, *, telemetry: Telemetry) -> None:
        self._redis = redis
        self._telemetry = telemetry
        self._why: str | None = None

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(CHECK_EVERY_S)

    async def look(self) -> None:
        """Look once. A Redis that is away or does not say changes nothing: many providers do not let anybody ask."""
        try:
            found = await self._redis.config_get(_APPENDONLY, _APPENDFSYNC)
        except (RedisError, OSError, TimeoutError):
            return
        why = weakness(found)
        if why is not None and why != self._why:
            hint = "with `appendonly yes` and `appendfsync always` nothing that was answered with 202 is lost"
            self._telemetry.tell(Event.ACCEPTED_MAY_BE_LOST, why=why, hint=hint)
        elif why is None and self._why is not None:
            self._telemetry.tell(Event.ACCEPTED_IS_SAFE)
        self._why = why


def weakness(settings: Mapping[str | None, str | None]) -> str | None:
    """Why what Redis answered for may not be on disk, by its own settings; None when it is, or they do not tell."""
    if settings.get(_APPENDONLY) == "no":
        return "Redis keeps no append-only file: all since its last snapshot is lost when it dies"
    fsync = settings.get(_APPENDFSYNC)
    if fsync in (None, "always"):
        return None
    return f"Redis runs with `appendfsync {fsync}`: the last second or more is lost when its machine dies"
