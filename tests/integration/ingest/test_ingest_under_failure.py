"""Redis away, full or slow; producers that leave or stall; the end of the process."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest
from kabar_chassis.redis_client import connect
from kabar_contracts.streams import RAW
from kabar_embedded import RunningServer, start_redis
from kabar_embedded.ports import free_port
from redis.asyncio import Redis
from waiting import wait_until

StartIngest = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
GOOD = {"url": "https://www.warta.example/1", "title": "Judul", "body": "Isi."}
NDJSON = {"content-type": "application/x-ndjson"}


async def test_without_redis_nothing_is_accepted_and_it_heals_by_itself(start_ingest: StartIngest, tmp_path: Path) -> None:
    server = start_redis(tmp_path / "redis")
    async with start_ingest(server.url) as ingest:
        before = await ingest.post("/v1/articles", json=GOOD)
        server.kill()
        away = await ingest.post("/v1/articles", json=GOOD)
        batch_away = await ingest.post("/v1/articles", content=json.dumps(GOOD), headers=NDJSON)
        ready_away = await ingest.get("/readyz")
        with start_redis(server.directory, port=server.port):
            after = await ingest.post("/v1/articles", json=GOOD)
            async with connect(server.url) as redis:
                written = await redis.xlen(RAW.name)

    assert [answer.status_code for answer in (before, away, batch_away, ready_away, after)] == [202, 503, 503, 503, 202]
    assert away.headers["retry-after"] == "5"
    assert away.json()["errors"][0]["code"] in ("queue_unavailable", "outcome_unknown")
    assert batch_away.json()["errors"][0]["hint"] == "Repeat the batch from line 1 on, later."
    assert [line["status"] for line in batch_away.json()["lines"]] == [503]
    assert written == 2


async def test_an_answer_that_does_not_come_is_called_unknown(
    start_ingest: StartIngest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kabar_chassis.exchange.SOCKET_TIMEOUT_S", 0.3)
    with start_redis(tmp_path / "redis") as server:
        async with start_ingest(server.url) as ingest:
            await ingest.post("/v1/articles", json=GOOD)
            server.pause()
            paused = await ingest.post("/v1/articles", json=GOOD)
            server.resume()
            after = await ingest.post("/v1/articles", json=GOOD)

    assert (paused.status_code, paused.json()["errors"][0]["code"]) == (503, "outcome_unknown")
    assert after.status_code == 202


async def test_a_full_redis_refuses_and_nothing_is_called_accepted(start_ingest: StartIngest, tmp_path: Path) -> None:
    with start_redis(tmp_path / "redis", maxmemory_mb=12) as server:
        async with start_ingest(server.url, redis_memory_share=1.0) as ingest, connect(server.url) as redis:
            lines = "\n".join(json.dumps(GOOD | {"url": f"https://a.example/{number}", "body": "x" * 40_000}) for number in range(600))
            answer = await ingest.post("/v1/articles", content=lines, headers=NDJSON)
            single = await ingest.post("/v1/articles", json=GOOD | {"body": "x" * 40_000})
            written = await redis.xlen(RAW.name)

    assert (answer.status_code, single.status_code) == (503, 503)
    assert single.json()["errors"][0]["code"] in ("queue_full", "memory_full"), "by Redis itself, or by the limit that it has passed now"
    statuses = [line["status"] for line in answer.json()["lines"]]
    assert statuses.count(202) == written > 0
    assert set(statuses) == {202, 503}


async def test_articles_are_refused_before_redis_is_full_and_taken_again_when_there_is_room(
    start_ingest: StartIngest, tmp_path: Path
) -> None:
    with start_redis(tmp_path / "redis", maxmemory_mb=64) as server:
        async with start_ingest(server.url, redis_memory_share=0.5) as ingest, connect(server.url) as redis:
            await redis.setrange("ballast", 40_000_000, b"x")
            await wait_until(answers_with(503, ingest), within_s=10, what="the guard notices that Redis is filled")
            await redis.delete("ballast")
            await wait_until(answers_with(202, ingest), within_s=10, what="the guard notices that there is room")


async def test_a_body_that_stalls_is_given_up(start_ingest: StartIngest, redis_server: RunningServer) -> None:
    async with start_ingest(redis_server.url, body_idle_s=0.2) as ingest:
        reader, writer = await asyncio.open_connection(ingest.base_url.host, ingest.base_url.port)
        writer.write(b"POST /v1/articles HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=10)
        writer.close()
        await writer.wait_closed()

    assert head.startswith(b"HTTP/1.1 408")


async def test_a_head_without_end_is_ended(ingest: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection(ingest.base_url.host, ingest.base_url.port)
    writer.write(b"POST /v1/articles HTTP/1.1\r\nhost: x\r\nx-long: " + b"x" * 200_000)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=10)
    writer.close()

    assert head.startswith(b"HTTP/1.1 431")
    assert (await ingest.post("/v1/articles", json=GOOD)).status_code == 202


async def test_a_batch_whose_producer_leaves_keeps_what_was_whole(ingest: httpx.AsyncClient, redis: Redis) -> None:
    body = b"".join(json.dumps(GOOD | {"url": f"https://a.example/{number}"}).encode() + b"\n" for number in range(600))
    _, writer = await asyncio.open_connection(ingest.base_url.host, ingest.base_url.port)
    head = f"POST /v1/articles HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ncontent-length: {len(body) * 2}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    await wait_until(lambda: redis.xlen(RAW.name), within_s=10, what="the first lines are written")
    writer.transport.abort()

    answer = await ingest.post("/v1/articles", json=GOOD)

    assert answer.status_code == 202


async def test_beyond_the_open_requests_a_producer_is_told_to_wait(start_ingest: StartIngest, redis_server: RunningServer) -> None:
    async with start_ingest(redis_server.url, open_requests=1) as ingest:
        reader, writer = await asyncio.open_connection(ingest.base_url.host, ingest.base_url.port)
        writer.write(
            b"POST /v1/articles HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n"
        )
        await reader.readuntil(b"100 Continue")
        answer = await ingest.post("/v1/articles", json=GOOD)
        writer.close()
        await writer.wait_closed()

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "too_many_requests")


async def test_bodies_in_memory_are_bounded_and_released(start_ingest: StartIngest, redis_server: RunningServer) -> None:
    async with start_ingest(redis_server.url, held_bytes=100_000) as ingest:
        large = await ingest.post("/v1/articles", json=GOOD | {"body": "x" * 100_000})
        batch = await ingest.post("/v1/articles", content=json.dumps(GOOD), headers=NDJSON)
        statuses = [(await ingest.post("/v1/articles", json=GOOD | {"body": "x" * 60_000})).status_code for _ in range(3)]

    assert (large.status_code, large.json()["errors"][0]["hint"]) == (503, "Repeat it. The limit is set by KABAR_INGEST_HELD_BYTES.")
    assert (batch.status_code, statuses) == (503, [202, 202, 202])


def start_process(redis_url: str, port: int) -> "subprocess.Popen[str]":
    environment = {**os.environ, "KABAR_INGEST_REDIS_URL": redis_url, "KABAR_INGEST_PORT": str(port)}
    return subprocess.Popen(
        [sys.executable, "-m", "kabar_ingest"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


async def test_sigterm_finishes_what_is_in_hand_and_ends_with_0(redis: Redis, redis_server: RunningServer) -> None:
    port = free_port()
    process = start_process(redis_server.url, port)
    try:
        reader, writer = await wait_until_connected(port)
        body = json.dumps(GOOD).encode()
        writer.write(b"POST /v1/articles HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n")
        writer.write(b"content-length: %d\r\n\r\n" % len(body))
        await reader.readuntil(b"100 Continue\r\n\r\n")
        process.send_signal(signal.SIGTERM)
        await wait_until(lambda: not accepts(port), within_s=20, what="it accepts no more")
        writer.write(body)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=20)
        writer.close()
        code = await asyncio.to_thread(process.wait, 20)
    finally:
        process.kill()
        _, errors = process.communicate()

    assert head.startswith(b"HTTP/1.1 202")
    assert (code, errors) == (0, "")
    assert await redis.xlen(RAW.name) == 1


def test_a_taken_port_is_named_with_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start_process("redis://127.0.0.1:1/0", taken.getsockname()[1])
        _, errors = process.communicate(timeout=30)

    assert process.returncode == 1
    assert len(errors.splitlines()) == 1
    assert "KABAR_INGEST_PORT" in errors


def test_a_missing_address_is_named_with_its_setting() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_INGEST_")}

    ended = subprocess.run([sys.executable, "-m", "kabar_ingest"], env=environment, capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == 2
    assert ended.stderr == "KABAR_INGEST_REDIS_URL: Field required\n"


def answers_with(status: int, ingest: httpx.AsyncClient) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return (await ingest.post("/v1/articles", json=GOOD)).status_code == status

    return check


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


async def wait_until_connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    await wait_until(lambda: accepts(port), within_s=30, what="ingest listens")
    return await asyncio.open_connection("127.0.0.1", port)
