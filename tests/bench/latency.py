"""How long it takes from accepted to searchable, through the whole system as `kabar up` runs it, all guarantees on.

A producer posts single articles at a steady pace. An article is accepted when its 202 has arrived; it is searchable
when a search finds it. Searches for those that were not found yet start every `POLL_S`, so that a time is too long by
up to that much and the search itself, by half of it on average. They ask the index that `search` asks, but for ids
alone: whole pages of results would take the machine from what is measured. The index refreshes every second, which
alone makes half a second in the median.
"""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from kabar_index.mappings import ARTICLES
from local_run import LocalRun
from opensearchpy import AsyncOpenSearch
from varied_texts import paragraphs, words

PACES: Final = (60, 200)
"""Articles a second: what two cores do with ease, and what needs more of them."""
FIRST: Final = 600
"""Articles that arrive and are found before anything is measured: readers load their word lists, the node compiles what it runs."""
WARM_UP_S: Final = 8.0
DURATION_S: Final = 32.0
CONNECTIONS: Final = 16
POLL_S: Final = 0.1
SOURCE: Final = "warta.example"
LARGEST_SEARCH: Final = 10_000
ARRIVAL_DEADLINE_S: Final = 30.0


@dataclass(slots=True)
class Journey:
    """When each article was accepted and first seen, by the clock of `time.perf_counter`."""

    accepted: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def times(self, *, since: float) -> list[float]:
        """Seconds from accepted to searchable of every article that was accepted since then, the shortest first."""
        return sorted(self.seen[number] - at for number, at in self.accepted.items() if at >= since)


async def measure(folder: Path, *, duration_s: float = DURATION_S) -> dict[str, Any]:
    """For each pace, percentiles of the seconds from accepted to searchable, and at what pace articles were really accepted."""
    system = LocalRun(folder / "kabar")
    started = await asyncio.to_thread(system.kabar, "up", "--detach")
    if started.returncode:
        raise RuntimeError(started.stderr[-1_000:])
    figures: dict[str, Any] = {"resolution_s": POLL_S}
    try:
        await _travel(system, range(FIRST), pace=PACES[-1])
        next_number = FIRST
        for pace in PACES:
            numbers = range(next_number, next_number + int((WARM_UP_S + duration_s) * pace))
            journey, began = await _travel(system, numbers, pace=pace)
            figures |= {f"at_{pace}_{name}": value for name, value in _figures(journey, began).items()}
            next_number = numbers.stop
    finally:
        await asyncio.to_thread(system.kabar, "down")
    return figures


def _figures(journey: Journey, began: float) -> dict[str, float]:
    times = journey.times(since=began + WARM_UP_S)
    percentiles = statistics.quantiles(times, n=100, method="inclusive")
    return {
        "articles": len(times),
        "accepted_per_s": round(len(journey.accepted) / (max(journey.accepted.values()) - began), 1),
        "p50_s": round(percentiles[49], 3),
        "p90_s": round(percentiles[89], 3),
        "p99_s": round(percentiles[98], 3),
        "longest_s": round(times[-1], 3),
    }


async def _travel(system: LocalRun, numbers: range, *, pace: int) -> tuple[Journey, float]:
    """Push these articles, and watch until the last one is found. Returns what was noted, and when it began."""
    journey = Journey()
    articles = _articles(numbers)
    watch = asyncio.create_task(_watch(system.process("opensearch")["address"], journey))
    began = time.perf_counter()
    await _push(system.ingest_url, numbers, articles, journey, pace=pace)
    deadline = time.perf_counter() + ARRIVAL_DEADLINE_S
    while len(journey.seen) < len(articles) and time.perf_counter() < deadline:
        done, _ = await asyncio.wait((watch,), timeout=POLL_S)
        for ended in done:
            ended.result()
    watch.cancel()
    if len(journey.seen) < len(articles):
        raise RuntimeError(f"only {len(journey.seen)} of {len(articles)} articles became searchable within {ARRIVAL_DEADLINE_S:g} s")
    return journey, began


def _articles(numbers: range) -> list[bytes]:
    """Articles of 2 to 5 KB, no two alike. Undated, so that the newest are those received last."""
    chance = random.Random(numbers.start)  # noqa: S311  # the same articles in every run
    return [
        orjson.dumps(
            {
                "source": SOURCE,
                "native_id": f"{number}",
                "url": f"https://{SOURCE}/{number}",
                "title": words(chance, 7).capitalize(),
                "body": "\n\n".join(paragraphs(chance)),
                "language": "id",
            }
        )
        for number in numbers
    ]


async def _push(url: str, numbers: range, articles: Sequence[bytes], journey: Journey, *, pace: int) -> None:
    """Post each article when its turn has come, on a few kept-alive connections."""
    began, waiting = time.perf_counter(), iter(zip(range(len(numbers)), numbers, articles, strict=True))

    async def work() -> None:
        async with _connection(url) as (reader, writer):
            for turn, number, article in waiting:
                await asyncio.sleep(max(began + turn / pace - time.perf_counter(), 0))
                writer.write(b"POST /v1/articles HTTP/1.1\r\nhost: kabar\r\ncontent-type: application/json\r\n")
                writer.write(b"content-length: %d\r\n\r\n" % len(article) + article)
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
                body = await reader.readexactly(int(length.partition(b":")[2]))
                if not head.startswith(b"HTTP/1.1 202"):
                    raise RuntimeError(f"not accepted: {body[:500]!r}")
                journey.accepted[f"{number}"] = time.perf_counter()

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Plain sockets: an HTTP client library would take the processor from what is measured."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


async def _watch(url: str, journey: Journey) -> None:
    """Note when each article is first found, until cancelled."""
    async with AsyncOpenSearch(url, timeout=30) as client:
        due = time.perf_counter()
        while True:
            outstanding = list(journey.accepted.keys() - journey.seen.keys())[:LARGEST_SEARCH]
            query = {"bool": {"filter": [{"term": {"source": SOURCE}}, {"terms": {"native_id": outstanding}}]}}
            body = {"query": query, "size": LARGEST_SEARCH, "_source": False, "docvalue_fields": ["native_id"]}
            found = await client.search(index=ARTICLES, body=body, params={"filter_path": "hits.hits.fields"})
            at = time.perf_counter()
            for hit in found.get("hits", {}).get("hits", ()):
                journey.seen[hit["fields"]["native_id"][0]] = at
            due = max(due + POLL_S, time.perf_counter())
            await asyncio.sleep(due - time.perf_counter())
