"""A running ingest: real HTTP into a real Redis."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from kabar_contracts.entry import Entry, decode
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import RAW, Stream
from kabar_embedded import RunningServer
from kabar_ingest.app import build_app
from kabar_ingest.bounded_http import BoundedHttpProtocol
from kabar_ingest.settings import Settings
from pydantic import SecretStr
from redis.asyncio import Redis
from waiting import wait_until

StartIngest = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@asynccontextmanager
async def running_ingest(redis_url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an ingest that listens on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = build_app(Settings(redis_url=SecretStr(redis_url), **settings))
    server = uvicorn.Server(uvicorn.Config(app, http=BoundedHttpProtocol, ws="none", lifespan="on", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await wait_until(lambda: server.started or serving.done(), within_s=20, what="ingest listens")
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        await serving


@pytest.fixture(scope="session")
def start_ingest() -> StartIngest:
    """Starts an ingest of its own: `async with start_ingest(redis_url, **settings) as client`."""
    return running_ingest


@pytest.fixture(scope="session")
async def shared_ingest(redis_server: RunningServer) -> AsyncIterator[httpx.AsyncClient]:
    """One ingest for the tests that leave it as it was."""
    async with running_ingest(redis_server.url) as client:
        yield client


@pytest.fixture
def ingest(shared_ingest: httpx.AsyncClient, redis: Redis) -> httpx.AsyncClient:
    """A client of an ingest whose Redis is empty."""
    assert redis
    return shared_ingest


@pytest.fixture
def entries(redis: Redis) -> Callable[..., Any]:
    """Reads the entries of a stream, oldest first."""

    async def read(stream: Stream = RAW) -> list[tuple[str, Entry, RawArticle]]:
        rows: Any = await redis.xrange(stream.name)
        decoded = [(entry_id.decode(), decode(fields)) for entry_id, fields in rows]
        return [(entry_id, entry, RawArticle.model_validate_json(entry.data)) for entry_id, entry in decoded]

    return read
