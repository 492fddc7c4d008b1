"""How fast articles come in: NDJSON and single POSTs against a raw pipelined XADD of the same bytes, in one run.

The rounds alternate, so that whatever else the machine does falls on all of them; each figure is the best round.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import orjson
import psutil
from kabar_chassis.redis_client import connect
from kabar_contracts.streams import RAW
from kabar_embedded import start_redis
from kabar_embedded.ports import free_port
from redis.asyncio import Redis

PIPELINE: Final = 256
BATCH_LINES: Final = 2_500
CONNECTIONS: Final = 64
START_DEADLINE_S: Final = 30.0
_PARAGRAPH: Final = (
    "Pemerintah kota membuka kembali pelabuhan pada Jumat pagi setelah badai reda, kata juru bicara. "
    "“Kapal nelayan sudah berangkat sebelum fajar,” ujarnya kepada wartawan.\n\n"
)


def sample_articles(count: int, *, paragraphs: int = 22) -> list[bytes]:
    """Articles of about 4 KB as a producer writes them, one JSON object each."""
    return [
        orjson.dumps(
            {
                "url": f"https://www.warta.example/berita/2026/05/04/pelabuhan-dibuka-kembali-{number}?utm_source=feed",
                "title": f"Pelabuhan dibuka kembali setelah badai ({number})",
                "body": _PARAGRAPH * paragraphs,
                "authors": ["Sari Wijaya"],
                "section": "Daerah",
                "language": "id",
                "published_at": "2026-05-04T09:30:00+07:00",
                "updated_at": "2026-05-04T10:00:00+07:00",
            }
        )
        for number in range(count)
    ]


async def measure_raw(redis: Redis, entries: Sequence[Mapping[Any, Any]], *, stream: str) -> float:
    """Entries a second by redis-py pipelines of plain XADD."""
    started = time.perf_counter()
    for first in range(0, len(entries), PIPELINE):
        pipeline = redis.pipeline(transaction=False)
        for fields in entries[first : first + PIPELINE]:
            pipeline.xadd(stream, dict(fields))
        await pipeline.execute()
    return len(entries) / (time.perf_counter() - started)


async def measure_ndjson(url: str, articles: Sequence[bytes]) -> float:
    """Articles a second by NDJSON requests, one after the other on one connection."""
    bodies = [b"\n".join(articles[first : first + BATCH_LINES]) for first in range(0, len(articles), BATCH_LINES)]
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client:
        started = time.perf_counter()
        for body in bodies:
            answer = await client.post("/v1/articles", content=body, headers={"content-type": "application/x-ndjson"})
            _require(answer.status_code, answer.text)
        return len(articles) / (time.perf_counter() - started)


async def measure_single(url: str, articles: Sequence[bytes]) -> float:
    """Articles a second by single POSTs on many kept-alive connections.

    Spoken over plain sockets, because an HTTP client library would be slower than the service.
    """
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    waiting = iter(articles)

    async def work() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for article in waiting:
            head = f"POST /v1/articles HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {len(article)}\r\n\r\n"
            writer.write(head.encode() + article)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in answer.split(b"\r\n") if line.startswith(b"content-length:"))
            body = await reader.readexactly(int(length.partition(b":")[2]))
            _require(int(answer[9:12]), body.decode())
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return len(articles) / (time.perf_counter() - started)


async def run(directory: Path, *, articles: int = 5_000, rounds: int = 3) -> dict[str, Any]:
    """Figures (articles a second, CPU seconds of the service for 1,000 articles) and ratios to the raw XADD."""
    samples = sample_articles(articles)
    with start_redis(directory / "redis") as server:
        url, process = _start_ingest(server.url, log_path=directory / "ingest.log")
        try:
            async with connect(server.url) as redis:
                await wait_for(url)
                figures = await _rounds(redis, url, process, samples=samples, rounds=rounds)
        finally:
            process.terminate()
            process.wait()
    raw = figures["raw_per_s"]
    return {
        "articles": articles,
        "bytes_per_article": len(samples[0]),
        **{name: round(value, 3) for name, value in figures.items()},
        "ndjson_ratio": round(figures["ndjson_per_s"] / raw, 3),
        "single_ratio": round(figures["single_per_s"] / raw, 3),
    }


async def _rounds(redis: Redis, url: str, process: "subprocess.Popen[bytes]", *, samples: Sequence[bytes], rounds: int) -> dict[str, float]:
    best: dict[str, float] = {"raw_per_s": 0.0, "ndjson_per_s": 0.0, "single_per_s": 0.0}
    cpu_s = {"ndjson": float("inf"), "single": float("inf")}
    for _ in range(rounds):
        for name, measure in (("ndjson", measure_ndjson), ("single", measure_single)):
            await redis.flushall()
            before = _cpu_s(process)
            best[f"{name}_per_s"] = max(best[f"{name}_per_s"], await measure(url, samples))
            cpu_s[name] = min(cpu_s[name], (_cpu_s(process) - before) / len(samples) * 1_000)
        entries = [row[1] or {} for row in await redis.xrange(RAW.name) or () if row]
        best["raw_per_s"] = max(best["raw_per_s"], await measure_raw(redis, entries, stream="bench"))
    return best | {f"{name}_cpu_s_per_1000": value for name, value in cpu_s.items()}


def _start_ingest(redis_url: str, *, log_path: Path) -> tuple[str, "subprocess.Popen[bytes]"]:
    port = free_port()
    environment = {**os.environ, "KABAR_INGEST_REDIS_URL": redis_url, "KABAR_INGEST_PORT": str(port), "KABAR_INGEST_LOG_LEVEL": "warning"}
    with log_path.open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "kabar_ingest"], env=environment, stdout=log, stderr=log)
    return f"http://127.0.0.1:{port}", process


async def wait_for(url: str) -> None:
    """Wait until the service answers. Raises TimeoutError."""
    deadline = time.monotonic() + START_DEADLINE_S
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.monotonic() < deadline:
            try:
                if (await client.get(f"{url}/livez")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise TimeoutError(f"ingest did not answer at {url} within {START_DEADLINE_S:g} s")


def _cpu_s(process: "subprocess.Popen[bytes]") -> float:
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)


def _require(status: int, text: str) -> None:
    if status != httpx.codes.ACCEPTED:
        raise RuntimeError(f"not accepted ({status}): {text[:500]}")
