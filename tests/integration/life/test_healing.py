"""A worker heals from whatever happens to Redis, without a hand, within fifteen seconds, and without flooding the log."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from articles import raw_article, raw_fields
from kabar_contracts.streams import ENRICHED, RAW, Group
from kabar_embedded import RunningServer, free_port, start_redis
from redis import Redis
from redis.exceptions import RedisError
from redis_binaries import BINARIES, IDS
from waiting import eventually
from worker_process import WorkerProcess, worker

HEALED_S = 15.0
FAULT_S = 3.0
"""How long a fault lasts: long enough for every retry to be tried more than once."""
LINES_A_SECOND = 2.0
LOADED_COMMANDS, LOAD_DELAY_US = 5_000, 1_000
"""Five seconds; Redis answers after each 1,024 commands."""

numbers = count()


@dataclass(slots=True)
class Scene:
    """One server of its own and one enricher that works on it."""

    server: RunningServer
    binary: Path
    worker: WorkerProcess

    def client(self) -> Redis:
        return Redis.from_url(self.server.url)

    def push(self) -> bytes:
        """A new article on the raw stream; its id."""
        article = raw_article(next(numbers))
        fields: Any = raw_fields(article)
        with self.client() as client:
            client.xadd(RAW.name, fields)
        return article.article_id.encode()

    def handed_over(self, article_id: bytes) -> bool:
        try:
            with self.client() as client:
                entries: Any = client.xrevrange(ENRICHED.name, count=1_000)
        except RedisError:
            return False
        return any(fields[b"article_id"] == article_id for _, fields in entries)


@pytest.fixture(scope="module", params=BINARIES, ids=IDS)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder, binary = tmp_path_factory.mktemp("healing"), request.param
    port = free_port()
    # The worker is first: any order of starts will do, and nobody has made a group.
    with worker("enrich", folder, redis_url=f"redis://127.0.0.1:{port}/0", processes="1") as enrich:
        eventually(lambda: "worker_waits_for_streams" in enrich.log(), within_s=30, what=f"the worker waits: {enrich.log()}")
        assert enrich.health("/livez") == 200
        assert enrich.health("/readyz") == 503
        server = start_redis(folder / "redis", port=port, binary=binary)
        this = Scene(server, binary, enrich)
        try:
            enrich.wait_ready()
            yield this
        finally:
            this.server.stop()


@contextmanager
def restarted(scene: Scene) -> Iterator[None]:
    scene.server.kill()
    yield
    scene.server = start_redis(scene.server.directory, port=scene.server.port, binary=scene.binary)


@contextmanager
def loading(scene: Scene) -> Iterator[None]:
    """LOADING: it answers so while it reads its file, which takes seconds because each command is slowed down."""
    with scene.client() as client, client.pipeline(transaction=False) as pipeline:
        for _ in range(LOADED_COMMANDS):
            pipeline.incr("{articles}.filler")
        pipeline.execute()
    scene.server.kill()
    slow = scene.server.directory.parent / "slow-server"
    slow.write_text(f'#!/bin/sh\nexec "{scene.binary}" "$@" --key-load-delay {LOAD_DELAY_US}\n')
    slow.chmod(0o755)
    scene.server = start_redis(scene.server.directory, port=scene.server.port, binary=slow)
    assert "LOADING" in scene.worker.log() or "BusyLoadingError" in scene.worker.log(), scene.worker.log()[-3_000:]
    yield


@contextmanager
def frozen(scene: Scene) -> Iterator[None]:
    scene.server.pause()
    yield
    scene.server.resume()


@contextmanager
def group_deleted(scene: Scene) -> Iterator[None]:
    with scene.client() as client:
        client.xgroup_destroy(RAW.name, Group.ENRICH)
    yield


@contextmanager
def stream_deleted(scene: Scene) -> Iterator[None]:
    with scene.client() as client:
        client.delete(RAW.name)
    yield


@contextmanager
def read_only(scene: Scene) -> Iterator[None]:
    with scene.client() as client:
        client.config_set("replica-serve-stale-data", "yes")
        client.replicaof("127.0.0.1", free_port())
        yield
        client.replicaof("NO", "ONE")


@contextmanager
def out_of_memory(scene: Scene) -> Iterator[None]:
    with scene.client() as client:
        scene.push()
        client.config_set("maxmemory", "1mb")
        yield
        client.config_set("maxmemory", "0")


@contextmanager
def forbidden(scene: Scene) -> Iterator[None]:
    with scene.client() as client:
        client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-xreadgroup"], reset_keys=True)
        yield
        client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all"], reset_keys=True)


@contextmanager
def unable_to_save(scene: Scene) -> Iterator[None]:
    """MISCONF: a snapshot was to be written and could not be. Comes last: the server's folder is gone for good."""
    with scene.client() as client:
        shutil.rmtree(scene.server.directory)
        client.config_set("save", "3600 1")
        client.bgsave()
        eventually(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err", within_s=10, what="the snapshot fails")
        yield
        client.config_set("save", "")


FAULTS: dict[str, Callable[[Scene], AbstractContextManager[None]]] = {
    "killed and started again": restarted,
    "started again and loading for long": loading,
    "frozen": frozen,
    "without the group": group_deleted,
    "without the stream": stream_deleted,
    "read-only": read_only,
    "full": out_of_memory,
    "forbidding the read": forbidden,
    "unable to save": unable_to_save,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_worker_goes_on_by_itself_after_redis_was(scene: Scene, fault: str) -> None:
    lines_before, began_at, pid = scene.worker.error_lines(), time.monotonic(), scene.worker.child.pid
    with FAULTS[fault](scene):
        eventually(lambda: time.monotonic() - began_at > FAULT_S, within_s=FAULT_S * 2, what="the fault lasts")
        assert scene.worker.health("/livez") == 200
    ended_at = time.monotonic()
    article_id = scene.push()
    eventually(lambda: scene.handed_over(article_id), within_s=HEALED_S, what=f"healed: {scene.worker.log()[-3_000:]}")
    lines = scene.worker.error_lines() - lines_before
    assert lines <= LINES_A_SECOND * (ended_at - began_at) + 4, scene.worker.log()[-3_000:]
    assert scene.worker.child.pid == pid
    assert scene.worker.child.poll() is None
