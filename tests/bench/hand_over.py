"""The enrich loop with the enrichers off, against the same work in bare redis-py: read a batch, hand it over, acknowledge."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from articles import raw_article, raw_fields
from kabar_chassis import redis_client, subscription
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, HandOver, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.delivery.upkeep import hold_forever, reclaim_forever
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, RAW, Group
from kabar_embedded import start_redis
from redis.asyncio import Redis

BATCH = 64
BODY = "Pemerintah kota mengumumkan jadwal baru kereta ringan untuk pekerja malam. " * 50
FILL = 1_000

Upkeep = Sequence[Callable[[Room], Awaitable[None]]]
UPKEEP: Upkeep = (hold_forever, reclaim_forever)
"""What a worker does beside its batches."""


async def fill(redis: Redis, entries: int) -> None:
    """An empty topology, and so many raw entries of about 4 KB."""
    await redis.flushall()
    await create_topology(redis)
    for start in range(0, entries, FILL):
        async with redis.pipeline(transaction=False) as pipeline:
            for number in range(start, min(start + FILL, entries)):
                fields: Any = raw_fields(raw_article(number, body=BODY))
                pipeline.xadd(RAW.name, fields)
            await pipeline.execute()


async def raw_loop(redis: Redis, entries: int) -> float:
    """What cannot be left out: XREADGROUP, then MULTI with the XADDs and one XACK. Returns when the last was done."""
    done = 0
    while done < entries:
        answer: Any = await redis.xreadgroup(Group.ENRICH, "raw", {RAW.name: ">"}, count=BATCH, block=1_000)
        for batches in answer.values():
            for batch in batches:
                async with redis.pipeline(transaction=True) as transaction:
                    for _, fields in batch:
                        transaction.xadd(ENRICHED.name, fields)
                    transaction.xack(RAW.name, Group.ENRICH, *[entry_id for entry_id, _ in batch])
                    await transaction.execute()
                done += len(batch)
    return time.perf_counter()


async def room_loop(redis: Redis, url: str, entries: int, *, upkeep: Upkeep = UPKEEP) -> float:
    """The same through FastStream and the delivery room, holding and reclaiming included unless `upkeep` has less.

    Returns when the last entry was settled: to stop the loops afterwards takes seconds.
    """
    done = asyncio.Event()
    seen = 0

    async def hand_on(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        nonlocal seen
        seen += len(deliveries)
        if seen >= entries:
            done.set()
        return [HandOver(delivery.fields) for delivery in deliveries]

    room = Room(redis=redis, stream=RAW, next_stream=ENRICHED, group=Group.ENRICH, consumer="room", handle=hand_on, batch_size=BATCH)
    intake = Intake(room=room)
    broker = subscription.IntakeBroker(url, intake)

    @broker.subscriber(stream=subscription.entries_of(room))
    async def work(deliveries: Sequence[Delivery]) -> None:
        await intake.take_up(deliveries)

    await broker.start()
    loops = [asyncio.ensure_future(keep(room)) for keep in upkeep]
    await done.wait()
    while room.in_hand:  # noqa: ASYNC110  # the last of them is being settled, and nothing tells when
        await asyncio.sleep(0.002)
    ended = time.perf_counter()
    room.stopping.set()
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    await broker.stop()
    return ended


async def measure(folder: Path, *, entries: int = 6_000, rounds: int = 3) -> dict[str, Any]:
    """Entries a second and CPU of both, in turn; ratios of the best rounds, above 1 where ours is cheaper."""
    with start_redis(folder / "redis") as server:
        async with redis_client.connect(server.url) as redis:
            figures: dict[str, list[tuple[float, float]]] = {"raw": [], "room": []}
            for _ in range(rounds):
                for name, rows in figures.items():
                    await fill(redis, entries)
                    began, cpu_before = time.perf_counter(), time.process_time()
                    ended = await (raw_loop(redis, entries) if name == "raw" else room_loop(redis, server.url, entries))
                    rows.append((ended - began, time.process_time() - cpu_before))
                    handed_over = await redis.xlen(ENRICHED.name)
                    if handed_over != entries:
                        raise RuntimeError(f"{handed_over} of {entries} entries were handed over")
    wall = {name: min(row[0] for row in rows) for name, rows in figures.items()}
    cpu = {name: min(row[1] for row in rows) for name, rows in figures.items()}
    return {
        "raw_per_s": round(entries / wall["raw"]),
        "room_per_s": round(entries / wall["room"]),
        "ratio_by_time": round(wall["raw"] / wall["room"], 3),
        "ratio_by_cpu": round(cpu["raw"] / cpu["room"], 3),
    }
