"""What is answered while OpenSearch is not there, hangs, or has no index; and how the process starts and ends."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from kabar_embedded import RunningServer, free_port
from kabar_search.settings import Settings
from opensearchpy import AsyncOpenSearch
from waiting import wait_until

Served = Callable[[Settings], AbstractAsyncContextManager[httpx.AsyncClient]]


def in_front_of(opensearch_url: str, *, query_timeout_ms: int = 500) -> Settings:
    return Settings(opensearch_url=opensearch_url, query_timeout_ms=query_timeout_ms)


@pytest.fixture
async def silent_server() -> AsyncIterator[str]:
    """Address of a server that takes connections and never answers."""

    async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never_answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_without_opensearch_programs_get_503_and_when_to_come_back(served: Served) -> None:
    async with served(in_front_of(f"http://127.0.0.1:{free_port()}")) as client:
        response = await client.get("/v1/search")

    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")
    assert response.headers["retry-after"] == "5"
    assert response.json()["type"] == "urn:kabar:problem:index_unavailable"


@pytest.mark.parametrize("path", ["/", f"/articles/{'0' * 32}"])
async def test_without_opensearch_people_get_a_plain_page(served: Served, path: str) -> None:
    async with served(in_front_of(f"http://127.0.0.1:{free_port()}")) as client:
        response = await client.get(path)

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "Pencarian sedang tidak tersedia" in response.text
    assert "Traceback" not in response.text


async def test_the_wait_for_opensearch_is_bounded(served: Served, silent_server: str) -> None:
    async with served(in_front_of(silent_server)) as client:
        response = await asyncio.wait_for(client.get("/v1/search"), timeout=5)

    assert response.status_code == 503


@pytest.fixture
async def other_server() -> AsyncIterator[str]:
    """Address of a server that answers everything with a page that OpenSearch would never send."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.mark.parametrize("path", ["/v1/search", f"/v1/articles/{'0' * 32}"])
async def test_an_answer_that_is_not_of_opensearch_counts_as_an_outage(served: Served, other_server: str, path: str) -> None:
    async with served(in_front_of(other_server)) as client:
        response = await client.get(path)

    assert response.status_code == 503


async def test_without_the_alias_nothing_is_ready(served: Served, opensearch: AsyncOpenSearch, opensearch_node: RunningServer) -> None:
    assert await opensearch.ping()
    async with served(in_front_of(opensearch_node.url, query_timeout_ms=5_000)) as client:
        answers = [await client.get(path) for path in ("/readyz", "/v1/search", f"/v1/articles/{'0' * 32}", "/livez")]

    assert [answer.status_code for answer in answers] == [503, 503, 503, 200]


async def _started(**variables: str) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_SEARCH_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "kabar_search",
        env=environment | {f"KABAR_SEARCH_{name}": value for name, value in variables.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_taken_port_ends_the_start_with_one_line_that_names_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        process = await _started(OPENSEARCH_URL="http://127.0.0.1:1", PORT=str(holder.getsockname()[1]))
        _, told = await asyncio.wait_for(process.communicate(), timeout=30)

    assert process.returncode == 1
    assert len(told.splitlines()) == 1
    assert b"KABAR_SEARCH_PORT" in told


async def test_a_missing_setting_ends_the_start_with_one_line_that_names_it() -> None:
    process = await _started()
    _, told = await asyncio.wait_for(process.communicate(), timeout=30)

    assert process.returncode == 2
    assert told == b"KABAR_SEARCH_OPENSEARCH_URL: Field required\n"


async def test_the_process_serves_without_opensearch_and_ends_orderly_when_told() -> None:
    port = free_port()
    process = await _started(OPENSEARCH_URL=f"http://127.0.0.1:{free_port()}", PORT=str(port))

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def is_alive() -> bool:
            try:
                return (await client.get("/livez")).is_success
            except httpx.TransportError:
                return False

        await wait_until(is_alive, within_s=30, what="/livez answers")
        assert (await client.get("/readyz")).status_code == 503
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.communicate(), timeout=15)

    assert process.returncode == 0
