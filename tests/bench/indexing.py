"""The index loop, against `_bulk` with the very same bytes and two requests in flight."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from articles import NOON, enriched_article, enriched_fields
from kabar_chassis import redis_client, subscription
from kabar_chassis.delivery.outcome import Delivery, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, Group
from kabar_embedded import start_opensearch, start_redis
from kabar_index.articles import action_of, article_handler
from kabar_index.migration import migrate
from kabar_index.opensearch_bulk import ANSWER_FILTER, Action, bulk_body
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis

BATCH = 200
IN_FLIGHT = 2
BODY = "Pemerintah kota mengumumkan jadwal baru kereta ringan untuk pekerja malam di pelabuhan. " * 40
FILL = 1_000


async def empty(client: AsyncOpenSearch) -> None:
    """New indices."""
    for row in await client.cat.indices(params={"format": "json"}):
        await client.indices.delete(index=row["index"])
    await migrate(client, replicas=0, say=lambda _: None)


async def raw_loop(client: AsyncOpenSearch, batches: Sequence[bytes]) -> None:
    """Only the requests."""
    waiting = iter(batches)

    async def send() -> None:
        for body in waiting:
            answer = await client.bulk(body=body, index="articles-write", params={"require_alias": "true", "filter_path": ANSWER_FILTER})
            if answer["errors"]:
                raise RuntimeError(str(answer)[:500])

    await asyncio.gather(*(send() for _ in range(IN_FLIGHT)))


async def fill(redis: Redis, entries: Sequence[dict[bytes, bytes]]) -> None:
    """These entries on the enriched stream."""
    await redis.flushall()
    await create_topology(redis)
    for start in range(0, len(entries), FILL):
        async with redis.pipeline(transaction=False) as pipeline:
            for fields in entries[start : start + FILL]:
                pipeline.xadd(ENRICHED.name, fields)  # type: ignore[arg-type]  # the stub wants a wider, invariant dict
            await pipeline.execute()


async def room_loop(redis: Redis, url: str, client: AsyncOpenSearch, entries: int) -> None:
    """From the stream into the index, as the worker does it."""
    done = asyncio.Event()
    seen = 0
    write = article_handler(client, now=lambda: NOON)

    async def handle(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        nonlocal seen
        outcomes = await write(deliveries)
        seen += len(deliveries)
        if seen >= entries:
            done.set()
        return outcomes

    room = Room(redis=redis, stream=ENRICHED, group=Group.INDEX, consumer="room", handle=handle, batch_size=BATCH)
    broker = subscription.broker(url)
    for _ in range(IN_FLIGHT):

        @broker.subscriber(stream=subscription.entries_of(room))
        async def work(deliveries: Sequence[Delivery]) -> None:
            await room.work_through(deliveries)

    await broker.start()
    loops = [asyncio.create_task(room.hold_forever()), asyncio.create_task(room.reclaim_forever())]
    await done.wait()
    room.stopping.set()
    await asyncio.gather(*loops)
    await broker.stop()


async def measure(folder: Path, *, entries: int = 6_000, rounds: int = 3) -> dict[str, Any]:
    """Documents a second of both, in turn; the ratio of the best rounds."""
    fields = [enriched_fields(enriched_article(number, body=BODY)) for number in range(entries)]
    actions = [action_of(Delivery(entry_id=b"1-0", fields=each), indexed_at=NOON) for each in fields]
    documents = [action for action in actions if isinstance(action, Action)]
    batches = [bulk_body(documents[start : start + BATCH]) for start in range(0, entries, BATCH)]
    figures: dict[str, list[tuple[float, float]]] = {"raw": [], "room": []}
    with start_redis(folder / "redis") as server, start_opensearch(folder / "opensearch") as node:
        async with redis_client.connect(server.url) as redis, AsyncOpenSearch(node.url, timeout=60, maxsize=4) as client:
            await empty(client)
            await raw_loop(client, batches)  # warms the node up
            for _ in range(rounds):
                for name, rows in figures.items():
                    await empty(client)
                    await fill(redis, fields)
                    began, cpu_before = time.perf_counter(), time.process_time()
                    await (raw_loop(client, batches) if name == "raw" else room_loop(redis, server.url, client, entries))
                    rows.append((time.perf_counter() - began, time.process_time() - cpu_before))
                    await client.indices.refresh(index="articles")
                    found = (await client.count(index="articles"))["count"]
                    if found != entries:
                        raise RuntimeError(f"{found} of {entries} documents were written")
    wall = {name: min(row[0] for row in rows) for name, rows in figures.items()}
    return {
        "raw_per_s": round(entries / wall["raw"]),
        "room_per_s": round(entries / wall["room"]),
        "ratio_by_time": round(wall["raw"] / wall["room"], 3),
        "room_cpu_s_per_1000": round(min(row[1] for row in figures["room"]) / entries * 1_000, 3),
    }
