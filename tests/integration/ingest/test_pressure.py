"""Soft limits on real servers: which lane is refused, by what, and when it is taken again."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from articles import raw_article
from kabar_chassis.metrics import Metrics
from kabar_chassis.redis_client import connect
from kabar_chassis.telemetry import Telemetry
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, ENRICHED_BACKFILL, RAW, RAW_BACKFILL, Group, Lane, Stream
from kabar_embedded import RunningServer, start_redis
from kabar_ingest.pressure import Limits, Pressure
from redis.asyncio import Redis
from redis_binaries import BINARIES, IDS
from structlog.testing import capture_logs
from waiting import wait_until

StartIngest = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
GOOD = {"url": "https://www.warta.example/1", "title": "Judul", "body": "Isi."}
TAKEDOWN = {"url": "https://www.warta.example/1", "reason": "Keputusan pengadilan."}
NDJSON = {"content-type": "application/x-ndjson"}


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kabar_ingest.pressure.CHECK_EVERY_S", 0.1)


@pytest.fixture(scope="module", params=BINARIES, ids=IDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    binary: Path = request.param
    with start_redis(tmp_path_factory.mktemp("redis"), binary=binary) as running:
        yield running


@pytest.fixture
async def streams(server: RunningServer) -> AsyncIterator[Redis]:
    async with connect(server.url) as redis:
        await redis.flushall()
        await create_topology(redis)
        yield redis


async def put(redis: Redis, stream: Stream, count: int) -> None:
    for _ in range(count):
        await redis.xadd(stream.name, {"data": "x"})


async def work_off(redis: Redis, stream: Stream, *groups: Group) -> None:
    for group in groups:
        answer: Any = await redis.xreadgroup(group, "worker", {stream.name: ">"}, count=10_000)
        await redis.xack(stream.name, group, *[entry_id for entry_id, _ in answer[stream.name.encode()][0]])


def answers_with(status: int, ingest: httpx.AsyncClient, lane: str = "live") -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return (await ingest.post("/v1/articles", params={"lane": lane}, json=GOOD)).status_code == status

    return check


async def test_articles_are_refused_when_too_many_wait_and_taken_again_when_they_are_done(
    streams: Redis, server: RunningServer, start_ingest: StartIngest
) -> None:
    await put(streams, RAW, 100)
    async with start_ingest(server.url, backlog_entries=99, retry_after_s=7) as ingest:
        await wait_until(answers_with(503, ingest), within_s=5, what="it notices the backlog")
        refused = await ingest.post("/v1/articles", json=GOOD)
        batch = await ingest.post("/v1/articles", content=json.dumps(GOOD), headers=NDJSON)
        written = await streams.xlen(RAW.name)
        await work_off(streams, RAW, Group.ENRICH)
        slowest = await ingest.post("/v1/articles", json=GOOD)
        await work_off(streams, RAW, Group.ARCHIVE)
        await wait_until(answers_with(202, ingest), within_s=5, what="it notices that the backlog is gone")

    fault = refused.json()["errors"][0]
    assert (refused.headers["retry-after"], fault["code"]) == ("7", "backlog_full")
    assert "articles wait for the group" in fault["message"]
    assert "KABAR_INGEST_BACKLOG_ENTRIES" in fault["hint"]
    assert (batch.status_code, batch.json()["errors"][0]["code"], slowest.status_code) == (503, "backlog_full", 503)
    assert written <= 100 + 1 + 5, "only what came before it had noticed"


async def test_what_waits_to_be_indexed_closes_the_lane_too(streams: Redis, server: RunningServer, start_ingest: StartIngest) -> None:
    await put(streams, ENRICHED, 101)
    async with start_ingest(server.url, backlog_entries=100) as ingest:
        await wait_until(answers_with(503, ingest), within_s=5, what="it notices what waits for the index")
        backfill = await ingest.post("/v1/articles", params={"lane": "backfill"}, json=GOOD)

    assert backfill.status_code == 202


@pytest.mark.parametrize("stream", [RAW_BACKFILL, ENRICHED_BACKFILL])
async def test_a_backfill_is_refused_early_and_live_goes_on(
    streams: Redis, server: RunningServer, start_ingest: StartIngest, stream: Stream
) -> None:
    await put(streams, stream, 26)
    async with start_ingest(server.url, backlog_entries=100, backfill_share=0.25) as ingest:
        await wait_until(answers_with(503, ingest, "backfill"), within_s=5, what="it notices the backlog of the backfill")
        live = await ingest.post("/v1/articles", json=GOOD)
        await work_off(streams, stream, *stream.groups)
        await wait_until(answers_with(202, ingest, "backfill"), within_s=5, what="it notices that the backlog is gone")

    assert live.status_code == 202


async def test_takedowns_pass_a_closed_lane(streams: Redis, server: RunningServer, start_ingest: StartIngest) -> None:
    await put(streams, RAW, 101)
    async with start_ingest(server.url, backlog_entries=100) as ingest:
        await wait_until(answers_with(503, ingest), within_s=5, what="it notices the backlog")
        by_url = await ingest.post("/v1/takedowns", json=TAKEDOWN)
        by_id = await ingest.delete("/v1/articles/warta.example/a-1", params={"reason": "Keputusan pengadilan."})
        pushed = await ingest.post("/v1/articles", json={"url": GOOD["url"], "status": "canceled", "reason": "x"})
        lines = [GOOD, {"url": GOOD["url"], "status": "canceled", "reason": "x"}]
        batch = await ingest.post("/v1/articles", content="\n".join(map(json.dumps, lines)), headers=NDJSON)

    assert [answer.status_code for answer in (by_url, by_id, pushed, batch)] == [202, 202, 202, 503]
    assert [line["status"] for line in batch.json()["lines"]] == [503, 202]


async def test_a_redis_without_maxmemory_is_limited_by_the_setting(
    streams: Redis, server: RunningServer, start_ingest: StartIngest
) -> None:
    async with start_ingest(server.url, redis_memory_mb=100, backfill_share=0.5) as ingest:
        await streams.setrange("ballast", 70_000_000, b"x")
        await wait_until(answers_with(503, ingest, "backfill"), within_s=5, what="it notices the memory")
        refused = await ingest.post("/v1/articles", params={"lane": "backfill"}, json=GOOD)
        live = await ingest.post("/v1/articles", json=GOOD)
        await streams.setrange("ballast", 140_000_000, b"x")
        await wait_until(answers_with(503, ingest), within_s=5, what="it notices the memory of the live lane")
        await streams.delete("ballast")
        await wait_until(answers_with(202, ingest), within_s=5, what="it notices that there is room")

    assert refused.json()["errors"][0]["code"] == "memory_full"
    assert "KABAR_INGEST_REDIS_MEMORY_MB and KABAR_INGEST_BACKFILL_SHARE" in refused.json()["errors"][0]["hint"]
    assert live.status_code == 202


@pytest.mark.parametrize("binary", BINARIES, ids=IDS)
async def test_a_takedown_that_a_full_redis_refuses_is_not_called_accepted(start_ingest: StartIngest, tmp_path: Path, binary: Path) -> None:
    with start_redis(tmp_path / "redis", binary=binary, maxmemory_mb=12) as server:
        async with start_ingest(server.url) as ingest, connect(server.url) as redis:
            await redis.config_set("maxmemory", "1mb")
            answer = await ingest.post("/v1/takedowns", json=TAKEDOWN)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "queue_full")


async def test_what_cannot_be_measured_stays_as_it_was_and_each_change_is_said_once(tmp_path: Path) -> None:
    limits = Limits(backlog_entries=10, memory_share=0.8, memory_bytes=None, backfill_share=1.0)
    server = start_redis(tmp_path / "redis")
    async with connect(server.url) as redis:
        pressure = Pressure(redis, limits=limits, telemetry=Telemetry(Metrics()), now=lambda: datetime.now(UTC))
        await create_topology(redis)
        await put(redis, RAW, 11)
        with capture_logs() as logs:
            await pressure.look()
            server.kill()
            await pressure.look()
            await pressure.look()
            while_away = pressure.refusal(Lane.LIVE, raw_article()), pressure.refusal(Lane.BACKFILL, raw_article())
            with start_redis(server.directory, port=server.port):
                await work_off(redis, RAW, *RAW.groups)
                await pressure.look()

    assert (while_away[0] is not None, while_away[1]) == (True, None)
    assert pressure.refusal(Lane.LIVE, raw_article()) is None
    events = [(line["event"], line.get("lane")) for line in logs]
    assert events == [("lane_closed", "live"), ("pressure_unknown", None), ("lane_opened", "live")]
