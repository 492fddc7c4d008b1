"""How soon the work of a dead worker is done by a living one: 10,000 entries that it had read and not acknowledged."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from hand_over import fill
from kabar_chassis import redis_client
from kabar_chassis.delivery.outcome import Delivery, HandOver, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.delivery.upkeep import hold_forever, reclaim_forever
from kabar_contracts.streams import ENRICHED, RAW, Group
from kabar_embedded import start_redis
from redis.asyncio import Redis
from waiting import wait_until

ENTRIES: Final = 10_000
BATCH: Final = 64
DEADLINE_S: Final = 60.0


async def measure(folder: Path, *, entries: int = ENTRIES) -> dict[str, Any]:
    """Seconds until all of them were handed over and acknowledged.

    `after_death_s` counts from the last read of the worker that died, `after_start_s` from the start of the living
    one, which starts at once, and `after_idle_limit_s` from the moment at which the entries may be claimed.
    """
    with start_redis(folder / "redis") as server:
        async with redis_client.connect(server.url) as redis:
            await fill(redis, entries)
            await redis.xreadgroup(Group.ENRICH, "dead", {RAW.name: ">"}, count=entries)
            died = time.perf_counter()
            room = Room(
                redis=redis, stream=RAW, next_stream=ENRICHED, group=Group.ENRICH, consumer="living", handle=_hand_on, batch_size=BATCH
            )
            started = time.perf_counter()
            loops = [asyncio.create_task(hold_forever(room)), asyncio.create_task(reclaim_forever(room))]
            await wait_until(lambda: _is_done(redis), within_s=DEADLINE_S, what="every entry acknowledged")
            ended = time.perf_counter()
            room.stopping.set()
            await asyncio.gather(*loops)
            handed_over = await redis.xlen(ENRICHED.name)
    if handed_over != entries:
        raise RuntimeError(f"{handed_over} of {entries} entries were handed over")
    idle_limit_s = room.reclaim_after_ms / 1_000
    return {
        "entries": entries,
        "idle_limit_s": idle_limit_s,
        "after_death_s": round(ended - died, 1),
        "after_start_s": round(ended - started, 1),
        "after_idle_limit_s": round(ended - died - idle_limit_s, 1),
    }


async def _hand_on(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
    return [HandOver(delivery.fields) for delivery in deliveries]


async def _is_done(redis: Redis) -> bool:
    return not (await redis.xpending(RAW.name, Group.ENRICH))["pending"]
