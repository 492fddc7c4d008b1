"""An index worker outlives every outage of OpenSearch without a restart, and works on by itself once it is over."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from typing import Any

import pytest
from articles import enriched_article, enriched_fields
from kabar_contracts.streams import ENRICHED
from kabar_embedded import RunningServer, free_opensearch_port, start_opensearch, start_redis
from kabar_index.mappings import ARTICLES_WRITE
from kabar_index.migration import migrate
from opensearchpy import AsyncOpenSearch, NotFoundError, OpenSearch
from redis import Redis
from waiting import eventually
from worker_process import WorkerProcess, worker

HEALED_S = 15.0
FAULT_S = 3.0
"""How long a fault lasts: long enough for every retry to be tried more than once."""
LINES_A_SECOND = 2.0
INDEX = "articles-000001"

numbers = count()


@dataclass(slots=True)
class Scene:
    """One Redis, one node and one index worker, all of its own."""

    redis: Redis
    node: RunningServer
    worker: WorkerProcess

    def client(self) -> OpenSearch:
        return OpenSearch(self.node.url, timeout=20, max_retries=0)

    def push(self) -> str:
        """A new article for the index; its id."""
        article = enriched_article(next(numbers))
        fields: Any = enriched_fields(article)
        self.redis.xadd(ENRICHED.name, fields)
        return article.article_id

    def is_indexed(self, article_id: str) -> bool:
        with self.client() as client:
            try:
                return bool(client.get(index=INDEX, id=article_id)["found"])
            except NotFoundError:
                return False

    def problems(self) -> dict[str, str]:
        """What `/readyz` says is wrong."""
        connection = HTTPConnection("127.0.0.1", self.worker.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            found: dict[str, str] = json.loads(connection.getresponse().read())["problems"]
            return found
        finally:
            connection.close()


async def _make_indices(url: str) -> None:
    async with AsyncOpenSearch(url, timeout=60) as client:
        await migrate(client, replicas=0, say=lambda _: None)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("healing-opensearch")
    port = free_opensearch_port()
    settings = {"opensearch_url": f"http://127.0.0.1:{port}", "opensearch_timeout_s": "1", "reclaim_after_ms": "3000"}
    with start_redis(folder / "redis") as redis_server, worker("index", folder, redis_url=redis_server.url, **settings) as index:
        # The worker is first: any order of starts will do.
        eventually(lambda: "worker_waits_for_index" in index.log(), within_s=30, what=f"the worker waits: {index.log()}")
        assert index.health("/livez") == 200
        assert index.health("/readyz") == 503
        node = start_opensearch(folder / "opensearch", port=port)
        with Redis.from_url(redis_server.url) as redis:
            this = Scene(redis, node, index)
            try:
                eventually(
                    lambda: "does not exist" in this.problems().get("opensearch", ""), within_s=HEALED_S, what="the index is missing"
                )
                asyncio.run(_make_indices(node.url))
                index.wait_ready(within_s=HEALED_S)
                yield this
            finally:
                this.node.stop()


@contextmanager
def restarted(scene: Scene) -> Iterator[str]:
    scene.node.kill()
    yield "opensearch"
    scene.node = start_opensearch(scene.node.directory, port=scene.node.port)


@contextmanager
def frozen(scene: Scene) -> Iterator[str]:
    scene.node.pause()
    yield "opensearch"
    scene.node.resume()


@contextmanager
def closed_for_writing(scene: Scene) -> Iterator[str]:
    with scene.client() as client:
        client.indices.put_settings(index=INDEX, body={"index": {"blocks": {"write": True}}})
        yield "cluster_block_exception"
        client.indices.put_settings(index=INDEX, body={"index": {"blocks": {"write": None}}})


@contextmanager
def read_only(scene: Scene) -> Iterator[str]:
    with scene.client() as client:
        client.cluster.put_settings(body={"persistent": {"cluster.blocks.read_only": True}})
        yield "cluster read-only"
        client.cluster.put_settings(body={"persistent": {"cluster.blocks.read_only": None}})


@contextmanager
def full(scene: Scene) -> Iterator[str]:
    with scene.client() as client:
        client.indices.put_settings(index=INDEX, body={"index": {"blocks": {"read_only_allow_delete": True}}})
        yield "cluster_block_exception"
        client.indices.put_settings(index=INDEX, body={"index": {"blocks": {"read_only_allow_delete": None}}})


@contextmanager
def without_alias(scene: Scene) -> Iterator[str]:
    with scene.client() as client:
        client.indices.delete_alias(index=INDEX, name=ARTICLES_WRITE)
        yield ARTICLES_WRITE
        client.indices.put_alias(index=INDEX, name=ARTICLES_WRITE)


FAULTS: dict[str, Callable[[Scene], AbstractContextManager[str]]] = {
    "frozen": frozen,
    "closed for writing": closed_for_writing,
    "read-only": read_only,
    "full": full,
    "without its alias": without_alias,
    "killed and started again": restarted,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_index_worker_goes_on_by_itself_after_opensearch_was(scene: Scene, fault: str) -> None:
    lines_before, began_at = scene.worker.error_lines(), time.monotonic()
    with FAULTS[fault](scene) as reason:
        article_id = scene.push()
        eventually(lambda: reason in str(scene.problems()), within_s=10, what=f"the reason is told: {scene.problems()}")
        assert scene.worker.health("/readyz") in (503, 0)
        eventually(lambda: time.monotonic() - began_at > FAULT_S, within_s=FAULT_S * 2, what="the fault lasts")
        assert scene.worker.health("/livez") == 200
    ended_at = time.monotonic()
    eventually(lambda: scene.is_indexed(article_id), within_s=HEALED_S, what=f"healed: {scene.worker.log()[-3_000:]}")
    eventually(
        lambda: scene.worker.health("/readyz") == 200, within_s=HEALED_S - (time.monotonic() - ended_at), what=f"ready: {scene.problems()}"
    )
    lines = scene.worker.error_lines() - lines_before
    assert lines <= LINES_A_SECOND * (ended_at - began_at) + 4, scene.worker.log()[-3_000:]
    assert scene.worker.child.poll() is None, "it was never restarted"
