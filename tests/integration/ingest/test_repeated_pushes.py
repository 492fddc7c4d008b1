"""A repeated push is written again: what it repeats may be lost still, and `duplicate` is only advice."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from kabar_contracts.streams import RAW
from redis.asyncio import Redis


def article(number: int) -> dict[str, str]:
    return {"url": f"https://repeated.example/{number}", "title": "Judul", "body": "Isi.", "updated_at": "2026-05-04T10:00:00Z"}


async def push_one(ingest: httpx.AsyncClient, number: int) -> httpx.Response:
    return await ingest.post("/v1/articles", json=article(number))


async def push_batch(ingest: httpx.AsyncClient, *numbers: int) -> httpx.Response:
    lines = "\n".join(json.dumps(article(number)) for number in numbers)
    return await ingest.post("/v1/articles", content=lines, headers={"content-type": "application/x-ndjson"})


async def test_a_batch_that_comes_again_is_written_again(ingest: httpx.AsyncClient, redis: Redis) -> None:
    answers = [await push_batch(ingest, 1, 2) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    receipts = {json.loads(line)["receipt"] for answer in answers for line in answer.text.splitlines()}
    assert (len(receipts), await redis.xlen(RAW.name)) == (4, 4)


@pytest.mark.parametrize(("push", "number"), [(push_one, 3), (push_batch, 4)], ids=["one article", "a batch"])
async def test_what_was_refused_is_written_when_it_is_pushed_again(
    ingest: httpx.AsyncClient, redis: Redis, push: Callable[..., Awaitable[httpx.Response]], number: int
) -> None:
    await redis.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-xadd"], reset_keys=True)
    try:
        refused = await push(ingest, number)
    finally:
        await redis.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all"], reset_keys=True)
    repeated = await push(ingest, number)
    assert (refused.status_code, repeated.status_code) == (503, 202)
    rows: Any = await redis.xrange(RAW.name)
    assert [entry_id.decode() for entry_id, _ in rows] == [json.loads(repeated.text)["receipt"].rpartition(".")[2]]
