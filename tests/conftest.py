"""Servers and data that many tests share: one real Redis and one real OpenSearch node a session, emptied before each test."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from kabar_chassis import redis_client
from kabar_embedded import RunningServer, start_opensearch, start_redis
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis

# When jsonschema is imported it makes 38 grammars of this package, for formats that no schema of ours has. That takes seconds.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # the documented way to make an import fail


@pytest.fixture(scope="session")
def eval_dir() -> Path:
    """The folder of real texts that are not part of the project."""
    path = os.environ.get("KABAR_EVAL_DIR")
    if not path:
        pytest.skip("KABAR_EVAL_DIR is not set")
    return Path(path)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server that speaks the Redis protocol, on a free port."""
    with start_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def opensearch_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real OpenSearch node, on a free port."""
    with start_opensearch(tmp_path_factory.mktemp("opensearch")) as node:
        yield node


@pytest.fixture
async def redis(redis_server: RunningServer) -> AsyncIterator[Redis]:
    """A client of an empty Redis."""
    async with redis_client.connect(redis_server.url) as client:
        await client.flushall()
        yield client


@pytest.fixture
async def opensearch(opensearch_node: RunningServer) -> AsyncIterator[AsyncOpenSearch]:
    """A client of an OpenSearch node without indices of ours."""
    async with AsyncOpenSearch(opensearch_node.url, timeout=60) as client:
        for row in await client.cat.indices(params={"format": "json", "expand_wildcards": "all"}):
            await client.indices.delete(index=row["index"])
        yield client
