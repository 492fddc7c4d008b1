"""`/metrics` of a running ingest: what producers sent, and what became of it."""

import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import RAW, Group
from kabar_embedded import RunningServer, start_redis
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis
from waiting import wait_until

StartIngest = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]

GOOD = {"url": "https://www.warta.example/1", "title": "Judul", "body": "Isi."}
NDJSON = {"content-type": "application/x-ndjson"}


@pytest.fixture
async def own_ingest(start_ingest: StartIngest, redis_server: RunningServer, redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    """An ingest that nobody has pushed to yet."""
    assert redis
    async with start_ingest(redis_server.url, batch_lines=5, article_bytes=2_000) as client:
        yield client


async def scraped(client: httpx.AsyncClient) -> Samples:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(sample.name, frozenset(sample.labels.items())): sample.value for family in families for sample in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, frozenset(labels.items())))


def articles(samples: Samples) -> dict[str, float]:
    """What became of articles, over all labels."""
    totals = dict.fromkeys(("received", "accepted", "refused", "unknown"), 0.0)
    for (name, _), number in samples.items():
        word = name.removeprefix("kabar_articles_").removesuffix("_total")
        if word in totals:
            totals[word] += number
    return totals


def lines(*articles: Any) -> bytes:
    return b"\n".join(json.dumps(article).encode() for article in articles)


async def test_an_accepted_article_is_counted_by_its_lane(own_ingest: httpx.AsyncClient) -> None:
    await own_ingest.post("/v1/articles", json=GOOD)
    await own_ingest.post("/v1/articles?lane=backfill", json=GOOD)
    samples = await scraped(own_ingest)
    assert value(samples, "kabar_articles_received_total", form="single") == 2
    assert value(samples, "kabar_articles_accepted_total", lane="live") == 1
    assert value(samples, "kabar_articles_accepted_total", lane="backfill") == 1


async def test_a_refused_article_is_counted_by_the_code_that_its_producer_was_told(own_ingest: httpx.AsyncClient) -> None:
    answers = [
        await own_ingest.post("/v1/articles", content=b"{"),
        await own_ingest.post("/v1/articles", json={"title": "Judul"}),
        await own_ingest.post("/v1/articles", json=GOOD, headers={"content-type": "image/png"}),
        await own_ingest.request("DELETE", "/v1/articles/warta.example/1?lane=slow"),
    ]
    samples = await scraped(own_ingest)
    for answer in answers:
        code = answer.json()["type"].rpartition(":")[2]
        assert value(samples, "kabar_articles_refused_total", reason=code)
        assert value(samples, "kabar_pushes_refused_total", reason=code)
    assert articles(samples) == {"received": 4, "accepted": 0, "refused": 4, "unknown": 0}


async def test_the_lines_of_a_batch_are_counted_each(own_ingest: httpx.AsyncClient) -> None:
    body = gzip.compress(lines(GOOD, {"title": "Judul"}, GOOD, "no object"))
    answer = await own_ingest.post("/v1/articles", content=body, headers=NDJSON | {"content-encoding": "gzip"})
    samples = await scraped(own_ingest)
    assert answer.status_code == 207
    assert articles(samples) == {"received": 4, "accepted": 2, "refused": 2, "unknown": 0}
    assert value(samples, "kabar_articles_received_total", form="batch") == 4
    assert value(samples, "kabar_batch_articles_sum") == 4
    assert value(samples, "kabar_batches_answered_total", lane="live") == 1
    assert value(samples, "kabar_article_bytes_total", form="batch") == len(gzip.decompress(body))
    assert value(samples, "kabar_commit_entries_sum") == 2


async def test_a_batch_that_is_cut_off_counts_the_lines_before_it(own_ingest: httpx.AsyncClient) -> None:
    answer = await own_ingest.post("/v1/articles", content=lines(*[GOOD] * 6), headers=NDJSON)
    samples = await scraped(own_ingest)
    assert answer.status_code == 413
    assert articles(samples) == {"received": 5, "accepted": 5, "refused": 0, "unknown": 0}
    assert value(samples, "kabar_pushes_refused_total", reason="too_many_lines") == 1


async def test_requests_are_counted_and_timed_by_route(own_ingest: httpx.AsyncClient) -> None:
    await own_ingest.put("/v1/articles/warta.example/1", json=GOOD)
    await own_ingest.put("/v1/articles/warta.example/2", json={})
    samples = await scraped(own_ingest)
    route = "/v1/articles/{source}/{native_id:path}"
    assert value(samples, "kabar_http_requests_total", route=route, status="2xx") == 1
    assert value(samples, "kabar_http_requests_total", route=route, status="4xx") == 1
    assert value(samples, "kabar_http_request_duration_seconds_count", route=route) == 2
    assert value(samples, "kabar_article_bytes_total", form="single") == len(json.dumps(GOOD, separators=(",", ":"))) + 2


async def test_what_redis_did_not_take_is_refused_or_unknown_and_never_accepted(start_ingest: StartIngest, tmp_path: Path) -> None:
    server = start_redis(tmp_path / "redis")
    async with start_ingest(server.url) as ingest:
        await ingest.post("/v1/articles", json=GOOD)
        server.kill()
        await ingest.post("/v1/articles", json=GOOD)
        await ingest.post("/v1/articles", content=lines(GOOD, GOOD), headers=NDJSON)
        samples = await scraped(ingest)
    counted = articles(samples)
    assert (counted["received"], counted["accepted"]) == (4, 1)
    assert counted["refused"] + counted["unknown"] == 3
    failed = sum(number for (name, _), number in samples.items() if name == "kabar_commit_failures_total")
    assert failed == 3


async def test_an_answer_that_does_not_come_is_counted_as_unknown(
    start_ingest: StartIngest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kabar_chassis.exchange.SOCKET_TIMEOUT_S", 0.3)
    with start_redis(tmp_path / "redis") as server:
        async with start_ingest(server.url) as ingest:
            await ingest.post("/v1/articles", json=GOOD)
            server.pause()
            await ingest.post("/v1/articles", content=lines(GOOD, GOOD), headers=NDJSON)
            server.resume()
            samples = await scraped(ingest)
    assert articles(samples) == {"received": 3, "accepted": 1, "refused": 0, "unknown": 2}
    assert value(samples, "kabar_commit_failures_total", reason="unknown") == 2


async def test_the_backlog_of_every_group_is_shown_also_while_no_worker_lives(
    start_ingest: StartIngest, redis_server: RunningServer, redis: Redis
) -> None:
    await create_topology(redis)
    await redis.xadd(RAW.name, {"data": "x"}, id="1000-0")
    async with start_ingest(redis_server.url) as ingest:
        room = {"stream": RAW.name, "group": Group.ARCHIVE.value}

        async def is_shown() -> bool:
            samples = await scraped(ingest)
            return (
                value(samples, "kabar_lag_entries", **room) == 1 and (value(samples, "kabar_oldest_entry_age_seconds", **room) or 0) > 1e9
            )

        await wait_until(is_shown, within_s=5, what="the backlog is shown")


async def test_no_label_holds_what_a_producer_sent(own_ingest: httpx.AsyncClient) -> None:
    await own_ingest.put("/v1/articles/rahasia.example/rahasia-1", json=GOOD | {"title": 7, "rahasia": 1})
    await own_ingest.post("/v1/articles?rahasia=1", json=GOOD)
    await own_ingest.get("/rahasia")
    assert "rahasia" not in (await own_ingest.get("/metrics")).text
