"""What each guarantee costs: the same work with it and without it, in turn, in one run.

A price is the share of the pace that is lost: `1 - with / without`, of the median rounds. A price below 0 is the noise of
the machine.
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import hand_over
import indexing
import ingest
from articles import enriched_article, enriched_fields, raw_article, raw_fields
from kabar_chassis import redis_client
from kabar_contracts.streams import RAW
from kabar_embedded import start_opensearch, start_redis
from kabar_embedded.ports import free_port
from kabar_index.mappings import REVISIONS
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis
from service_process import running
from waiting import wait_until

ROUNDS: Final = 3
ARTICLES: Final = 5_000
ENTRIES: Final = 6_000
DOCUMENTS: Final = 4_000
ARCHIVE_DEADLINE_S: Final = 120.0
FSYNCS: Final[tuple[Literal["always", "everysec"], ...]] = ("always", "everysec")

Rounds = Mapping[str, Callable[[], Awaitable[float]]]
"""Name -> one round, which returns its pace a second."""


async def measure(folder: Path, *, rounds: int = ROUNDS) -> dict[str, Any]:
    """The paces and the price of each guarantee."""
    return {
        **await _fsync(folder / "fsync", rounds=rounds),
        **await _reclaimer(folder / "reclaimer", rounds=rounds),
        **await _archive(folder / "archive", rounds=rounds),
    }


async def _fsync(folder: Path, *, rounds: int) -> dict[str, Any]:
    """Every write on disk before its answer, against once a second: NDJSON into ingest, and the hand-over loop."""
    samples = ingest.sample_articles(ARTICLES)
    ndjson: dict[str, Callable[[], Awaitable[float]]] = {}
    handing_over: dict[str, Callable[[], Awaitable[float]]] = {}
    with ExitStack() as servers:
        async with AsyncExitStack() as clients:
            for fsync in FSYNCS:
                server = servers.enter_context(start_redis(folder / fsync, fsync=fsync))
                redis = await clients.enter_async_context(redis_client.connect(server.url))
                port = free_port()
                settings = {
                    "KABAR_INGEST_REDIS_URL": server.url,
                    "KABAR_INGEST_PORT": str(port),
                    "KABAR_INGEST_LOG_LEVEL": "warning",
                }
                servers.enter_context(running("kabar_ingest", settings, log_path=folder / f"{fsync}.log"))
                url = f"http://127.0.0.1:{port}"
                await ingest.wait_for(url)
                ndjson[fsync] = partial(_pushed, redis, url, samples)
                handing_over[fsync] = partial(_handed_over, redis, server.url)
            return {
                **_pair("fsync: ndjson", await _in_turn(ndjson, rounds=rounds)),
                **_pair("fsync: hand-over", await _in_turn(handing_over, rounds=rounds)),
            }


async def _pushed(redis: Redis, url: str, samples: Sequence[bytes]) -> float:
    await redis.flushall()
    return await ingest.measure_ndjson(url, samples)


async def _handed_over(redis: Redis, url: str, *, upkeep: hand_over.Upkeep = hand_over.UPKEEP) -> float:
    await hand_over.fill(redis, ENTRIES)
    began = time.perf_counter()
    return ENTRIES / (await hand_over.room_loop(redis, url, ENTRIES, upkeep=upkeep) - began)


async def _reclaimer(folder: Path, *, rounds: int) -> dict[str, Any]:
    """The hand-over loop while it holds its entries and looks for abandoned ones, against the same without both."""
    with start_redis(folder) as server:
        async with redis_client.connect(server.url) as redis:
            pair = {
                "on": partial(_handed_over, redis, server.url),
                "off": partial(_handed_over, redis, server.url, upkeep=()),
            }
            return _pair("reclaimer", await _in_turn(pair, rounds=rounds))


async def _archive(folder: Path, *, rounds: int) -> dict[str, Any]:
    """The index loop while an archive worker, a process of its own, writes as many revisions to the same node; and without."""
    fields = [enriched_fields(enriched_article(number, body=indexing.BODY)) for number in range(DOCUMENTS)]
    revisions = [raw_fields(raw_article(number, body=indexing.BODY)) for number in range(DOCUMENTS)]
    with start_redis(folder / "redis") as server, start_opensearch(folder / "opensearch") as node:
        settings = {
            "KABAR_INDEX_REDIS_URL": server.url,
            "KABAR_INDEX_OPENSEARCH_URL": node.url,
            "KABAR_INDEX_ROLE": "archive",
            "KABAR_INDEX_PORT": "0",
            "KABAR_INDEX_LOG_LEVEL": "error",
        }
        async with redis_client.connect(server.url) as redis, AsyncOpenSearch(node.url, timeout=60, maxsize=4) as client:

            async def indexed(*, archived: Sequence[dict[bytes, bytes]]) -> float:
                await indexing.empty(client)
                await indexing.fill(redis, fields)
                with running("kabar_index", settings, log_path=folder / "archive.log") if archived else ExitStack():
                    if archived:
                        await _push(redis, archived[:1])
                        await _until_archived(client, 1)
                        await _push(redis, archived[1:])
                    began = time.perf_counter()
                    pace = DOCUMENTS / (await indexing.room_loop(redis, server.url, client, DOCUMENTS) - began)
                    await _until_archived(client, len(archived))
                return pace

            await indexed(archived=revisions)  # warms the node up
            pair = {"on": partial(indexed, archived=revisions), "off": partial(indexed, archived=())}
            return _pair("archive: index", await _in_turn(pair, rounds=rounds))


async def _push(redis: Redis, revisions: Sequence[dict[bytes, bytes]]) -> None:
    async with redis.pipeline(transaction=False) as pipeline:
        for fields in revisions:
            pipeline.xadd(RAW.name, fields)  # type: ignore[arg-type]  # the stub wants a wider, invariant dict
        await pipeline.execute()


async def _until_archived(client: AsyncOpenSearch, revisions: int) -> None:
    async def are_archived() -> bool:
        await client.indices.refresh(index=REVISIONS)
        return int((await client.count(index=REVISIONS))["count"]) >= revisions

    await wait_until(are_archived, within_s=ARCHIVE_DEADLINE_S, what=f"{revisions} revisions in the archive")


async def _in_turn(pair: Rounds, *, rounds: int) -> dict[str, list[float]]:
    """The paces of every round, the rounds in turn: whatever else the machine does falls on both."""
    paces: dict[str, list[float]] = {name: [] for name in pair}
    for _ in range(rounds):
        for name, measured in pair.items():
            paces[name].append(await measured())
    return paces


def _pair(guarantee: str, paces: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """The paces with (named first) and without the guarantee, and its price."""
    medians = [statistics.median(rows) for rows in paces.values()]
    figures: dict[str, Any] = {
        f"{guarantee}, {name}": f"{round(statistics.median(rows))}/s, at best {round(max(rows))}/s" for name, rows in paces.items()
    }
    return figures | {f"{guarantee}, price": round(1 - medians[0] / medians[1], 3)}
