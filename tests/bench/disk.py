"""How much disk and memory an article takes: in the streams, in Redis' append-only file, in the index and in the archive.

Everything is written by the code of the services into real servers, each kind of article alone: texts that are made up, of
which no two are alike; and, where `KABAR_EVAL_DIR` names them, real texts of news and whole pages of HTML, each once. An index
is measured after a flush, and without a replica.
"""

import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson
from articles import NOON, raw_article, raw_fields
from kabar_chassis import redis_client
from kabar_chassis.delivery.outcome import Delivery, Done, Handler, HandOver
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, RAW
from kabar_embedded import start_opensearch, start_redis
from kabar_enrich.reading import Job, read_entry
from kabar_index.archive import archive_handler
from kabar_index.articles import article_handler
from kabar_index.migration import migrate
from opensearchpy import AsyncOpenSearch
from pages_of_news import pushed_page, rows_of
from redis.asyncio import Redis
from score_detik import TEXTS
from varied_texts import paragraphs, words

MADE_UP: Final = 1_000
BATCH: Final = 100
KIB: Final = 1024

Fields = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes that all articles of a kind take in one place."""

    memory: int
    file: int


async def measure(folder: Path) -> dict[str, Any]:
    """KiB an article of each kind, in each place."""
    kinds = {"made_up_text": made_up_texts()}
    if "KABAR_EVAL_DIR" in os.environ:
        eval_dir = Path(os.environ["KABAR_EVAL_DIR"])
        kinds |= {"news_text": news_texts(eval_dir), "page": pages(eval_dir)}
    figures: dict[str, Any] = {}
    for kind, entries in kinds.items():
        figures |= {f"{kind}_{name}": value for name, value in (await _measured(folder / kind, entries)).items()}
    return figures


def made_up_texts() -> list[Fields]:
    """Raw entries of 2 to 6 KB."""
    chance = random.Random(7)  # noqa: S311  # the same articles in every run
    return [
        raw_fields(raw_article(number, title=words(chance, 7).capitalize(), body="\n\n".join(paragraphs(chance)), language="id"))
        for number in range(MADE_UP)
    ]


def news_texts(eval_dir: Path) -> list[Fields]:
    """Raw entries of real Indonesian texts, as a scraper pushes them."""
    rows = [orjson.loads(line) for line in (eval_dir / TEXTS).read_bytes().splitlines()]
    return [raw_fields(raw_article(number, title=row.get("title"), body=row["body"])) for number, row in enumerate(rows)]


def pages(eval_dir: Path) -> list[Fields]:
    """Raw entries of real pages of many publishers, as they were fetched."""
    return [raw_fields(raw, page=page) for raw, page in (pushed_page(eval_dir, row) for row in rows_of(eval_dir))]


async def _measured(folder: Path, raw: Sequence[Fields]) -> dict[str, Any]:
    enriched = [_enriched(fields) for fields in raw]
    with start_redis(folder / "redis") as server, start_opensearch(folder / "opensearch") as node:
        async with redis_client.connect(server.url) as redis, AsyncOpenSearch(node.url, timeout=60) as client:
            await create_topology(redis)
            await migrate(client, replicas=0, say=lambda _: None)
            streams = {"raw": await _added(redis, RAW.name, raw), "enriched": await _added(redis, ENRICHED.name, enriched)}
            await _written(article_handler(client, now=lambda: NOON), enriched)
            await _written(archive_handler(client, stream=RAW.name, now=lambda: NOON), raw)
            stores = {name: await _stored(client, name, documents=len(raw)) for name in ("articles", "revisions")}
    each = partial(_kib_each, count=len(raw))
    figures: dict[str, Any] = {"articles": len(raw), "pushed_kib": each(sum(len(value) for fields in raw for value in fields.values()))}
    for name, taken in streams.items():
        figures |= {f"{name}_memory_kib": each(taken.memory), f"{name}_file_kib": each(taken.file)}
    return figures | {f"{name}_kib": each(size) for name, size in stores.items()}


def _kib_each(size_bytes: int, *, count: int) -> float:
    return round(size_bytes / count / KIB, 2)


def _enriched(fields: Fields) -> Fields:
    """What the enricher hands over. Raises TypeError when it gives the article up."""
    outcome = read_entry(Job(fields=dict(fields), now=NOON))
    if not isinstance(outcome, HandOver):
        raise TypeError(f"{outcome!r:.300}")
    return outcome.fields


async def _added(redis: Redis, stream: str, entries: Sequence[Fields]) -> Taken:
    """Add them all. What the stream takes in memory, and what the append-only file grew by."""
    before = int((await redis.info("persistence"))["aof_current_size"])
    for fields in entries:
        await redis.xadd(stream, fields)  # type: ignore[arg-type]  # the stub wants a wider, invariant dict
    after = int((await redis.info("persistence"))["aof_current_size"])
    return Taken(memory=int(await redis.memory_usage(stream, samples=0) or 0), file=after - before)


async def _written(handle: Handler, entries: Sequence[Fields]) -> None:
    """Hand them to the service's own handler. Raises RuntimeError when it does not take one."""
    deliveries = [Delivery(entry_id=b"%d-1" % number, fields=dict(fields)) for number, fields in enumerate(entries, start=1)]
    for start in range(0, len(deliveries), BATCH):
        outcomes = await handle(deliveries[start : start + BATCH])
        if refused := [outcome for outcome in outcomes if not isinstance(outcome, Done)]:
            raise RuntimeError(f"{refused[0]!r:.300}")


async def _stored(client: AsyncOpenSearch, index: str, *, documents: int) -> int:
    """Bytes of the index. Raises RuntimeError when it does not hold so many documents."""
    await client.indices.refresh(index=index)
    if (found := (await client.count(index=index))["count"]) != documents:
        raise RuntimeError(f"{found} of {documents} documents are in {index}")
    await client.indices.flush(index=index, force=True)
    stats = await client.indices.stats(index=index, metric="store")
    return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])
