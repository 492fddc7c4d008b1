"""Ingest says when what it accepts may be lost with Redis's machine."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest
from kabar_chassis import redis_client
from kabar_chassis.metrics import ACCEPTED_MAY_BE_LOST, Metrics
from kabar_chassis.telemetry import Telemetry
from kabar_embedded import start_redis
from kabar_ingest.durability import Durability, weakness
from redis.asyncio import Redis
from structlog.testing import capture_logs
from waiting import wait_until

StartIngest = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Redis]:
    """A server of its own, as shipped."""
    with start_redis(tmp_path) as server:
        async with redis_client.connect(server.url) as client:
            yield client


def shown_by(telemetry: Telemetry) -> float | None:
    return telemetry.metrics.registry.get_sample_value(ACCEPTED_MAY_BE_LOST.name)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"appendonly": "yes", "appendfsync": "always"}, None),
        ({}, None),
        ({"appendonly": "yes", "appendfsync": "everysec"}, "`appendfsync everysec`: the last second or more"),
        ({"appendonly": "yes", "appendfsync": "no"}, "`appendfsync no`"),
        ({"appendonly": "no", "appendfsync": "always"}, "all since its last snapshot"),
    ],
)
def test_what_the_settings_of_redis_mean_for_what_it_accepted(settings: dict[str | None, str | None], said: str | None) -> None:
    why = weakness(settings)
    assert why is None if said is None else said in (why or "")


async def test_a_redis_that_answers_before_it_syncs_is_told_once_and_shown_until_it_is_mended(redis: Redis) -> None:
    telemetry = Telemetry(Metrics())
    durability = Durability(redis, telemetry=telemetry)
    await redis.config_set("appendfsync", "everysec")
    with capture_logs() as lines:
        await durability.look()
        await durability.look()
        shown = shown_by(telemetry)
        await redis.config_set("appendfsync", "always")
        await durability.look()

    assert [line["event"] for line in lines] == ["accepted_may_be_lost", "accepted_is_safe"]
    assert "everysec" in lines[0]["why"]
    assert (shown, shown_by(telemetry)) == (1, 0)


async def test_a_redis_that_does_not_say_is_not_accused(redis: Redis) -> None:
    await redis.acl_setuser("shy", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-config"])
    await redis.auth("any", "shy")
    with capture_logs() as lines:
        await Durability(redis, telemetry=Telemetry(Metrics())).look()
    assert lines == []


async def test_a_running_ingest_shows_it_among_its_metrics(redis: Redis, start_ingest: StartIngest) -> None:
    await redis.config_set("appendfsync", "everysec")
    port = redis.connection_pool.connection_kwargs["port"]

    async with start_ingest(f"redis://127.0.0.1:{port}/0") as ingest:

        async def shown() -> bool:
            return "kabar_accepted_may_be_lost 1.0" in (await ingest.get("/metrics")).text

        await wait_until(shown, within_s=5, what="the metric says so")
