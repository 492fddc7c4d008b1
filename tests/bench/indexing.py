"""The index loop, against `_bulk` with the very same bytes and two requests in flight, at its best.

The rival gets what the loop has: the same client, node, documents and number of requests in flight. First it is tried with
requests of several sizes, among them those that the loop makes; with the best of them it then runs in turn with the loop, and
each run of the loop is compared with the run of the rival beside it: a machine's speed changes more from minute to minute
than the two differ.

Once with the node on a core of its own, as in production it has a machine of its own, and once with both on the same
cores: there a raw request costs this process almost nothing, and what the loop does for each document is taken from the node.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from articles import NOON, enriched_article, enriched_fields
from kabar_chassis import redis_client, subscription
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, Outcome
from kabar_chassis.delivery.room import Room
from kabar_chassis.delivery.upkeep import hold_forever, reclaim_forever
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, Group
from kabar_embedded import RunningServer, start_opensearch, start_redis
from kabar_index.articles import action_of, article_handler
from kabar_index.migration import migrate
from kabar_index.opensearch_bulk import ANSWER_FILTER, Action, bulk_body, requests_of
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis

BATCH = 500
"""Of the loop, as of the worker."""
RIVAL_SIZES = (200, BATCH, 1_000)
"""Documents in one request of the rival."""
IN_FLIGHT = 2
"""Requests of the rival."""
TRIALS = 2
"""Runs of the rival with each size, twice, before the sizes are compared."""
READERS = 3
"""Batches that the loop has in hand, as the worker has by default: two at the node, while a third is read or settled."""
BODY = "Pemerintah kota mengumumkan jadwal baru kereta ringan untuk pekerja malam di pelabuhan. " * 40
FILL = 1_000


async def empty(client: AsyncOpenSearch) -> None:
    """New indices."""
    for row in await client.cat.indices(params={"format": "json"}):
        await client.indices.delete(index=row["index"])
    await migrate(client, replicas=0, say=lambda _: None)


async def raw_loop(client: AsyncOpenSearch, batches: Sequence[bytes]) -> float:
    """Only the requests. Returns when the last was answered."""
    waiting = iter(batches)

    async def send() -> None:
        for body in waiting:
            answer = await client.bulk(body=body, index="articles-write", params={"require_alias": "true", "filter_path": ANSWER_FILTER})
            if answer["errors"]:
                raise RuntimeError(str(answer)[:500])

    await asyncio.gather(*(send() for _ in range(IN_FLIGHT)))
    return time.perf_counter()


async def fill(redis: Redis, entries: Sequence[dict[bytes, bytes]]) -> None:
    """These entries on the enriched stream."""
    await redis.flushall()
    await create_topology(redis)
    for start in range(0, len(entries), FILL):
        async with redis.pipeline(transaction=False) as pipeline:
            for fields in entries[start : start + FILL]:
                pipeline.xadd(ENRICHED.name, fields)  # type: ignore[arg-type]  # the stub wants a wider, invariant dict
            await pipeline.execute()


async def room_loop(redis: Redis, url: str, client: AsyncOpenSearch, entries: int) -> float:
    """From the stream into the index, as the worker does it. Returns when the last entry was settled; to stop takes seconds."""
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
    intake = Intake(room=room)
    broker = subscription.IntakeBroker(url, intake)
    for _ in range(READERS):

        @broker.subscriber(stream=subscription.entries_of(room))
        async def work(deliveries: Sequence[Delivery]) -> None:
            await intake.take_up(deliveries)

    await broker.start()
    loops = [asyncio.create_task(hold_forever(room)), asyncio.create_task(reclaim_forever(room))]
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


async def measure(folder: Path, *, entries: int = 8_000, rounds: int = 8) -> dict[str, Any]:
    """Documents a second of both, in turn, and the ratio of the two in each pair of runs."""
    cores = sorted(os.sched_getaffinity(0))
    shared = await _measure(folder / "shared", cores, cores, entries=entries, rounds=rounds)
    if len(cores) == 1:
        return shared
    apart = await _measure(folder / "apart", cores[:1], cores[1:], entries=entries, rounds=rounds)
    return {f"node_apart_{name}": value for name, value in apart.items()} | {f"same_cores_{name}": value for name, value in shared.items()}


@contextmanager
def _node(folder: Path, cores: Sequence[int]) -> Iterator[RunningServer]:
    """A node that runs on these cores; children inherit them."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    with start_opensearch(folder) as node:
        os.sched_setaffinity(0, own)
        yield node


async def _measure(folder: Path, node_cores: Sequence[int], cores: Sequence[int], *, entries: int, rounds: int) -> dict[str, Any]:
    fields = [enriched_fields(enriched_article(number, body=BODY)) for number in range(entries)]
    actions = [action_of(Delivery(entry_id=b"1-0", fields=each), indexed_at=NOON) for each in fields]
    documents = [action for action in actions if isinstance(action, Action)]
    rivals = {size: _requests(documents, size) for size in RIVAL_SIZES}
    pairs: list[tuple[float, float]] = []
    cpu_s: list[float] = []
    before = os.sched_getaffinity(0)
    with _node(folder / "opensearch", node_cores) as node:
        os.sched_setaffinity(0, cores)
        try:
            with start_redis(folder / "redis") as server:
                async with redis_client.connect(server.url) as redis, AsyncOpenSearch(node.url, timeout=60, maxsize=4) as client:

                    async def rival_pace(size: int) -> float:
                        await empty(client)
                        began = time.perf_counter()
                        ended = await raw_loop(client, rivals[size])
                        await _must_hold(client, entries)
                        return entries / (ended - began)

                    async def room_pace() -> float:
                        await empty(client)
                        await fill(redis, fields)
                        began, cpu_before = time.perf_counter(), time.process_time()
                        ended = await room_loop(redis, server.url, client, entries)
                        cpu_s.append(time.process_time() - cpu_before)
                        await _must_hold(client, entries)
                        return entries / (ended - began)

                    # All twice, for the node compiles what it runs often; the second time counts.
                    tried = {one: [await rival_pace(one) for _ in range(TRIALS)] for one in [*rivals, *rivals]}
                    size = max(tried, key=lambda one: max(tried[one]))
                    for number in range(rounds):
                        if number % 2:
                            room, raw = await room_pace(), await rival_pace(size)
                        else:
                            raw, room = await rival_pace(size), await room_pace()
                        pairs.append((room, raw))
        finally:
            os.sched_setaffinity(0, before)
    return _summary(pairs, size) | {"room_cpu_s_per_1000": round(min(cpu_s) / entries * 1_000, 3)}


def _summary(pairs: Sequence[tuple[float, float]], size: int) -> dict[str, Any]:
    rooms, raws = zip(*pairs, strict=True)
    low, median, high = statistics.quantiles([room / raw for room, raw in pairs], n=4)
    return {
        "room_per_s": f"{statistics.median(rooms):.0f}, at best {max(rooms):.0f}",
        f"raw_{size}_per_s": f"{statistics.median(raws):.0f}, at best {max(raws):.0f}",
        "ratio_by_time": round(median, 3),
        "ratio_quartiles": f"{low:.3f} to {high:.3f}",
        "ratio_of_best": round(max(rooms) / max(raws), 3),
    }


async def _must_hold(client: AsyncOpenSearch, entries: int) -> None:
    await client.indices.refresh(index="articles")
    found = (await client.count(index="articles"))["count"]
    if found != entries:
        raise RuntimeError(f"{found} of {entries} documents were written")


def _requests(documents: Sequence[Action], size: int) -> list[bytes]:
    """The bodies of the requests: cut as the loop cuts its batches, by number and by bytes."""
    batches = (documents[start : start + size] for start in range(0, len(documents), size))
    return [bulk_body(part) for batch in batches for part in requests_of(batch)]
