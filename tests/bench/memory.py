"""Whether a worker grows: the slope of its resident memory once it is warm, its child processes included.

One enrich worker with all enrichers and one index worker, as processes of their own, are kept at a steady pace of
articles of which no two are alike. Resident memory is read every five seconds. The first part of the time is warm-up:
caches fill, allocators take what they need. The figure is the slope of the least-squares line through what follows.
A short run sees allocator noise more than anything: `KABAR_BENCH_MINUTES=12` gives a figure to rely on, ten minutes
after two of warm-up.
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from kabar_chassis import redis_client
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import RAW
from kabar_embedded import start_opensearch, start_redis
from kabar_index.migration import migrate
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis
from service_process import running
from varied_texts import article_entry
from waiting import wait_until

MINUTES = 2.0
WARM_UP_SHARE = 1 / 6
SHORTEST_WARM_UP_S = 40.0
SAMPLE_S = 5.0
ARTICLES_PER_S = 25
SETTLE_S = 60.0
MIB = 1024 * 1024


@dataclass(slots=True)
class Watched:
    """One worker, and what it was seen to take: seconds since the start, MiB."""

    process: psutil.Process
    samples: list[tuple[float, float]] = field(default_factory=list)

    def look(self, at_s: float) -> None:
        """Take a sample of the process and its children."""
        total = 0
        for process in (self.process, *self.process.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        self.samples.append((at_s, total / MIB))


async def measure(folder: Path, *, minutes: float | None = None) -> dict[str, Any]:
    """MiB that each worker grows by in ten minutes, and what it takes; articles a second that went through."""
    duration_s = 60 * (minutes or float(os.environ.get("KABAR_BENCH_MINUTES", MINUTES)))
    warm_up_s = max(SHORTEST_WARM_UP_S, duration_s * WARM_UP_SHARE)
    with start_redis(folder / "redis") as server, start_opensearch(folder / "opensearch") as node:
        async with redis_client.connect(server.url) as redis, AsyncOpenSearch(node.url, timeout=60) as client:
            await create_topology(redis)
            await migrate(client, replicas=0, say=lambda _: None)
            enrich = {"KABAR_ENRICH_REDIS_URL": server.url, "KABAR_ENRICH_PORT": "0", "KABAR_ENRICH_LOG_LEVEL": "warning"}
            index = {
                "KABAR_INDEX_REDIS_URL": server.url,
                "KABAR_INDEX_OPENSEARCH_URL": node.url,
                "KABAR_INDEX_PORT": "0",
                "KABAR_INDEX_LOG_LEVEL": "warning",
            }
            with (
                running("kabar_enrich", enrich, log_path=folder / "enrich.log") as enricher,
                running("kabar_index", index, log_path=folder / "index.log") as indexer,
            ):
                watched = {"enrich": Watched(enricher), "index": Watched(indexer)}
                pushed = await _drive(redis, list(watched.values()), duration_s=duration_s)
                await wait_until(lambda: _has_indexed(client, pushed), within_s=SETTLE_S, what=f"{pushed} articles in the index")
    figures: dict[str, Any] = {"minutes": round(duration_s / 60, 1), "warm_up_s": round(warm_up_s), "articles_per_s": ARTICLES_PER_S}
    for name, worker in watched.items():
        warm = [(at_s, mib) for at_s, mib in worker.samples if at_s >= warm_up_s]
        figures[f"{name}_mib"] = round(statistics.fmean(mib for _, mib in warm), 1)
        figures[f"{name}_mib_in_10_min"] = round(slope_in_10_min(warm), 2)
    return figures


def slope_in_10_min(samples: Sequence[tuple[float, float]]) -> float:
    """MiB in ten minutes: the slope of the least-squares line through (seconds, MiB)."""
    seconds, mib = zip(*samples, strict=True)
    return statistics.linear_regression(seconds, mib).slope * 600


async def _drive(redis: Redis, watched: Sequence[Watched], *, duration_s: float) -> int:
    """Push at the pace and look at the workers, for so long. Returns how many articles were pushed."""
    chance = random.Random(7)  # noqa: S311  # the same articles in every run
    began, pushed, next_look_s = time.monotonic(), 0, 0.0
    while (elapsed_s := time.monotonic() - began) < duration_s:
        async with redis.pipeline(transaction=False) as pipeline:
            for number in range(pushed, int(elapsed_s * ARTICLES_PER_S)):
                fields: Any = article_entry(number, chance=chance)
                pipeline.xadd(RAW.name, fields)
                pushed = number + 1
            await pipeline.execute()
        if elapsed_s >= next_look_s:
            next_look_s += SAMPLE_S
            for worker in watched:
                worker.look(elapsed_s)
        await asyncio.sleep(0.2)
    return pushed


async def _has_indexed(client: AsyncOpenSearch, articles: int) -> bool:
    await client.indices.refresh(index="articles")
    return int((await client.count(index="articles"))["count"]) == articles
