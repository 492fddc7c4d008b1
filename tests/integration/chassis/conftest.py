"""Delivery is proved on each server that is here."""

from collections.abc import Iterator

import pytest
from kabar_chassis.topology import create_topology
from kabar_embedded import RunningServer, start_redis
from redis.asyncio import Redis
from redis_binaries import BINARIES, IDS


@pytest.fixture(scope="session", params=BINARIES, ids=IDS)
def redis_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server that speaks the Redis protocol, on a free port."""
    with start_redis(tmp_path_factory.mktemp("redis"), binary=request.param) as server:
        yield server


@pytest.fixture
async def streams(redis: Redis) -> Redis:
    """A client of a server with empty streams and their groups."""
    await create_topology(redis)
    return redis
