"""What is answered for a receipt, through every stage, on a real Redis and a real OpenSearch node."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from hand_pipeline import HandPipeline, article, fresh_number
from kabar_chassis import redis_client
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import Group, Lane
from kabar_embedded import RunningServer, free_port, start_redis
from kabar_index.migration import migrate
from kabar_search.settings import Settings
from opensearchpy import AsyncOpenSearch
from pydantic import SecretStr
from redis.asyncio import Redis
from redis_binaries import BINARIES, IDS
from waiting import wait_until

Served = Callable[[Settings], AbstractAsyncContextManager[httpx.AsyncClient]]

ACL = "on >secret resetkeys %R~{articles}.* nocommands +xinfo|groups +xinfo|stream +xpending +xrange +zrange +hget +exists +eval_ro"


@pytest.fixture(scope="module", params=BINARIES, ids=IDS)
def streams_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with start_redis(tmp_path_factory.mktemp("streams"), binary=request.param) as server:
        yield server


@pytest.fixture(scope="module")
async def indices(opensearch_node: RunningServer) -> AsyncIterator[AsyncOpenSearch]:
    """Empty indices that searches see only when a test refreshes them. Each test has articles of its own."""
    async with AsyncOpenSearch(opensearch_node.url, timeout=60) as client:
        for row in await client.cat.indices(params={"format": "json", "expand_wildcards": "all"}):
            await client.indices.delete(index=row["index"])
        await migrate(client, replicas=0, say=lambda _: None)
        await client.indices.put_settings(index="articles", body={"index": {"refresh_interval": "-1"}})
        yield client


@pytest.fixture
async def pipeline(streams_server: RunningServer, indices: AsyncOpenSearch) -> AsyncIterator[HandPipeline]:
    async with redis_client.connect(streams_server.url) as redis:
        await redis.flushall()
        await create_topology(redis)
        yield HandPipeline(redis=redis, opensearch=indices)


@pytest.fixture
async def service(
    pipeline: HandPipeline, streams_server: RunningServer, opensearch_node: RunningServer, served: Served
) -> AsyncIterator[httpx.AsyncClient]:
    """The service with a user of Redis that may do no more than receipts need."""
    await pipeline.redis.execute_command("ACL", "SETUSER", "receipts", *ACL.split())  # type: ignore[no-untyped-call]
    url = streams_server.url.replace("redis://", "redis://receipts:secret@")
    async with served(Settings(opensearch_url=opensearch_node.url, redis_url=SecretStr(url))) as client:
        yield client


async def told(client: httpx.AsyncClient, receipt: str, **parameters: str) -> dict[str, Any]:
    response = await client.get(f"/v1/receipts/{receipt}", params=parameters)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def stage(client: httpx.AsyncClient, receipt: str) -> tuple[str, bool]:
    answer = await told(client, receipt)
    assert (answer["incomplete"], answer["problem"]) == (False, None)
    return answer["stage"], answer["final"]


async def test_a_receipt_follows_its_article_through_every_stage(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipt = await pipeline.accept(article())
    seen = [await stage(service, receipt)]
    raw = await pipeline.read(Group.ENRICH)
    seen.append(await stage(service, receipt))
    await pipeline.hand_over(raw)
    seen.append(await stage(service, receipt))
    await pipeline.archive()
    enriched = await pipeline.read(Group.INDEX)
    seen.append(await stage(service, receipt))
    await pipeline.write(enriched)
    seen.append(await stage(service, receipt))
    await pipeline.refresh()
    seen.append(await stage(service, receipt))

    stages = ["accepted", "accepted", "enriched", "enriched", "indexed", "searchable"]
    assert seen == [(name, name == "searchable") for name in stages]


async def test_the_times_of_the_stages_are_told_where_known(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipt = await pipeline.accept(article())
    await pipeline.run()

    answer = await told(service, receipt)

    times = [answer[name] for name in ("accepted_at", "archived_at", "enriched_at", "indexed_at")]
    assert None not in times
    assert answer["dead_lettered_at"] is None


async def test_a_correction_supersedes_and_a_takedown_cancels_what_came_before(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    number = fresh_number()
    first = await pipeline.accept(article(number, revision=1_000))
    second = await pipeline.accept(article(number, revision=2_000))
    await pipeline.run()
    superseded = await told(service, first)
    corrected = await stage(service, second)
    third = await pipeline.accept(article(number, revision=3_000, status="canceled"))
    await pipeline.run()

    assert (superseded["stage"], superseded["superseded_by"], corrected) == ("superseded", 2_000, ("searchable", True))
    assert [await stage(service, receipt) for receipt in (first, second, third)] == [("canceled", True)] * 3


async def test_a_withheld_article_ends_in_the_index(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipt = await pipeline.accept(article(status="withheld"))
    await pipeline.run()

    answer = await told(service, receipt)

    assert (answer["stage"], answer["final"], answer["status"]) == ("indexed", True, "withheld")


@pytest.mark.parametrize("lane", Lane)
async def test_an_entry_that_was_trimmed_away_is_known_from_archive_and_index(
    pipeline: HandPipeline, service: httpx.AsyncClient, lane: Lane
) -> None:
    pipeline.lane = lane
    receipt = await pipeline.accept(article())
    await pipeline.archive()
    await pipeline.enrich()
    await pipeline.redis.xtrim(pipeline.stream_of(Group.ENRICH).name, maxlen=0, approximate=False)
    handed_over = await stage(service, receipt)
    await pipeline.index()
    await pipeline.trim()

    assert [handed_over, await stage(service, receipt)] == [("enriched", False), ("searchable", True)]


@pytest.mark.parametrize("group", [Group.ENRICH, Group.INDEX])
async def test_a_dead_letter_is_told_with_its_reason(pipeline: HandPipeline, service: httpx.AsyncClient, group: Group) -> None:
    receipt = await pipeline.accept(article())
    if group is Group.INDEX:
        await pipeline.enrich()
    await pipeline.give_up(group)

    answer = await told(service, receipt)

    assert (answer["stage"], answer["final"]) == ("dead_lettered", True)
    assert answer["dead_lettered_at"] is not None
    assert (answer["dead_letter"]["reason"], answer["dead_letter"]["stage"]) == ("invalid_message", group.value)


async def test_an_article_that_vanished_is_named_as_a_problem(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipt = await pipeline.accept(article())
    await pipeline.archive()
    await pipeline.enrich()
    (lost,) = await pipeline.read(Group.INDEX)
    await pipeline.redis.xack("{articles}.enriched.v1", "index", lost.entry_id)

    answer = await told(service, receipt)

    assert (answer["stage"], answer["final"]) == ("enriched", False)
    assert "kabar audit" in answer["problem"]


async def test_waiting_ends_as_soon_as_the_article_is_found(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipt = await pipeline.accept(article())
    waiting = asyncio.create_task(told(service, receipt, wait="20s"))
    await asyncio.sleep(0)
    await pipeline.run()

    answer = await asyncio.wait_for(waiting, timeout=5)

    assert (answer["stage"], answer["final"]) == ("searchable", True)


async def test_waiting_ends_when_the_time_is_up(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipt = await pipeline.accept(article())

    answer = await asyncio.wait_for(told(service, receipt, wait="300ms"), timeout=3)

    assert (answer["stage"], answer["final"]) == ("accepted", False)


@pytest.mark.parametrize(
    ("receipt", "parameters", "status", "code"),
    [
        ("x", {}, 422, "malformed_receipt"),
        (f"{'a' * 32}.1.1-0", {"wait": "1h"}, 422, "bad_parameters"),
        (f"{'a' * 32}.1.1-0", {"wait": "31s"}, 422, "bad_parameters"),
        (f"{'a' * 32}.1.1-0", {"wait": "5s"}, 404, "unknown_receipt"),
    ],
)
async def test_what_cannot_be_looked_up_is_a_problem(
    service: httpx.AsyncClient, receipt: str, parameters: dict[str, str], status: int, code: str
) -> None:
    response = await service.get(f"/v1/receipts/{receipt}", params=parameters)

    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert response.json()["type"] == f"urn:kabar:problem:{code}"


async def test_a_receipt_with_a_made_up_entry_is_unknown(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipt = await pipeline.accept(article())
    await pipeline.run()

    response = await service.get(f"/v1/receipts/{receipt.rpartition('.')[0]}.9999999999999-0")

    assert response.status_code == 404


async def test_without_redis_what_opensearch_knows_is_told(pipeline: HandPipeline, opensearch_node: RunningServer, served: Served) -> None:
    first = await pipeline.accept(article())
    await pipeline.run()
    second = await pipeline.accept(article())
    await pipeline.archive()
    third = await pipeline.accept(article())
    away = Settings(opensearch_url=opensearch_node.url, redis_url=SecretStr(f"redis://127.0.0.1:{free_port()}"))
    async with served(away) as client:
        complete = await told(client, first)
        partial = await told(client, second)
        unknown = await client.get(f"/v1/receipts/{third}")

    assert (complete["stage"], complete["incomplete"]) == ("searchable", False)
    assert (partial["stage"], partial["incomplete"], partial["final"]) == ("accepted", True, False)
    assert partial["incomplete_reason"]
    assert (unknown.status_code, unknown.json()["type"]) == (503, "urn:kabar:problem:streams_unavailable")


async def test_without_an_address_of_redis_the_reason_is_told(
    pipeline: HandPipeline, opensearch_node: RunningServer, served: Served
) -> None:
    receipt = await pipeline.accept(article())
    await pipeline.archive()
    async with served(Settings(opensearch_url=opensearch_node.url)) as client:
        answer = await told(client, receipt)

    assert (answer["stage"], answer["incomplete"]) == ("accepted", True)
    assert "no address of Redis" in answer["incomplete_reason"]


async def test_without_opensearch_nothing_is_told(pipeline: HandPipeline, streams_server: RunningServer, served: Served) -> None:
    receipt = await pipeline.accept(article())
    settings = Settings(opensearch_url=f"http://127.0.0.1:{free_port()}", redis_url=SecretStr(streams_server.url), query_timeout_ms=500)
    async with served(settings) as client:
        response = await client.get(f"/v1/receipts/{receipt}")

    assert (response.status_code, response.json()["type"]) == (503, "urn:kabar:problem:index_unavailable")


async def test_a_hundred_waiting_receipts_leave_the_service_answering(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipts = [await pipeline.accept(article(number)) for number in range(100)]
    waiting = [asyncio.create_task(told(service, receipt, wait="1500ms")) for receipt in receipts]
    await wait_until(lambda: any(task.done() for task in waiting), within_s=5, what="whoever came too late to wait is answered at once")
    response = await asyncio.wait_for(service.get("/livez"), timeout=1)
    answers = await asyncio.gather(*waiting)

    assert response.status_code == 200
    assert {answer["stage"] for answer in answers} == {"accepted"}


async def test_receipts_leave_nothing_behind_in_redis(pipeline: HandPipeline, service: httpx.AsyncClient) -> None:
    receipt = await pipeline.accept(article())
    before = await keys_of(pipeline.redis)
    await told(service, receipt, wait="200ms")

    assert await keys_of(pipeline.redis) == before


async def keys_of(redis: Redis) -> dict[bytes, bytes | None]:
    keys: Any = sorted(await redis.keys("*"))
    return {key: await redis.dump(key) for key in keys}
