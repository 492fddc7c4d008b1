"""A Redis that fails over under Sentinel: services follow the master, and what may be missing afterwards is what the README says."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from kabar_chassis.redis_client import connect
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, RAW, Group
from kabar_embedded import RunningServer
from redis_binaries import BINARIES
from replica_set import ReplicaSet, client, replica_set
from waiting import eventually
from worker_process import WorkerProcess, worker

FOLLOWED_S: Final = 30.0


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[ReplicaSet]:
    """Of Redis where it is installed, else of Valkey."""
    with replica_set(tmp_path, binary=BINARIES[-1]) as running:
        yield running


async def _make_topology(url: str) -> None:
    async with connect(url) as redis:
        await create_topology(redis)


@contextmanager
def ingest_and_enrich(servers: ReplicaSet, folder: Path) -> Iterator[WorkerProcess]:
    """Both services on the replica set, ready. Gives ingest."""
    asyncio.run(_make_topology(servers.url))
    with (
        worker("enrich", folder, redis_url=servers.url, processes="1", reclaim_after_ms="3000") as enrich,
        worker("ingest", folder, redis_url=servers.url) as ingest,
    ):
        enrich.wait_ready(within_s=60)
        eventually(lambda: ingest.health("/readyz") == 200, within_s=20, what=f"ingest is ready: {ingest.log()}")
        yield ingest


def answer_to(ingest: WorkerProcess, number: int) -> dict[str, Any] | None:
    """What a producer is answered; None when the article is not accepted."""
    article = {"url": f"https://warta.example/{number}", "title": f"Pelabuhan {number}", "body": "Pelabuhan dibuka lagi pada hari Jumat."}
    try:
        answer = httpx.post(f"http://127.0.0.1:{ingest.port}/v1/articles", json=article, timeout=30)
    except httpx.TransportError:
        return None
    return dict(answer.json()) if answer.status_code == 202 else None


def pushed(ingest: WorkerProcess, number: int) -> str:
    """The id of the article once it is accepted; a producer repeats until then."""
    answer = eventually(lambda: answer_to(ingest, number), within_s=FOLLOWED_S, what=f"article {number} is accepted: {ingest.log()}")
    assert isinstance(answer, dict)
    return str(answer["article_id"])


def enriched(server: RunningServer) -> set[str]:
    """The articles that enrich has handed over, as this server has them."""
    with client(server) as redis:
        return {fields[b"article_id"].decode() for _, fields in redis.xrange(ENRICHED.name)}


def test_services_follow_the_master_and_lose_nothing_that_was_replicated(servers: ReplicaSet, tmp_path: Path) -> None:
    with ingest_and_enrich(servers, tmp_path) as ingest:
        before = [pushed(ingest, number) for number in range(20)]
        servers.wait_replicated()

        servers.master.kill()

        after = [pushed(ingest, number) for number in range(20, 40)]
        eventually(lambda: enriched(servers.replica) == {*before, *after}, within_s=FOLLOWED_S, what="every article is enriched")
        with client(servers.replica) as new_master:
            eventually(lambda: new_master.xpending(RAW.name, Group.ENRICH)["pending"] == 0, within_s=60, what="nothing is left in hand")


def test_what_was_answered_and_not_replicated_is_missing_until_it_is_pushed_again(servers: ReplicaSet, tmp_path: Path) -> None:
    with ingest_and_enrich(servers, tmp_path) as ingest:
        kept = pushed(ingest, 1)
        eventually(lambda: kept in enriched(servers.master), within_s=FOLLOWED_S, what="what is kept is enriched")
        servers.wait_replicated()
        servers.cut_off_replica()
        lost = pushed(ingest, 2)
        # What a worker had in hand it would hand over to the new master, and it would not be lost.
        eventually(lambda: lost in enriched(servers.master), within_s=FOLLOWED_S, what="nothing is in hand")

        servers.master.kill()
        servers.replica.resume()

        servers.wait_failed_over()
        after = pushed(ingest, 3)
        eventually(lambda: after in enriched(servers.replica), within_s=FOLLOWED_S, what="an article of afterwards is enriched")
        assert enriched(servers.replica) == {kept, after}
        assert pushed(ingest, 2) == lost
        eventually(lambda: enriched(servers.replica) == {kept, lost, after}, within_s=FOLLOWED_S, what="the repeated article is enriched")


def test_a_master_that_must_have_a_replica_accepts_nothing_without_it(servers: ReplicaSet, tmp_path: Path) -> None:
    with ingest_and_enrich(servers, tmp_path) as ingest:
        pushed(ingest, 1)
        with client(servers.master) as master:
            master.config_set("min-replicas-to-write", 1)
            master.config_set("min-replicas-max-lag", 1)

        servers.cut_off_replica()

        eventually(lambda: answer_to(ingest, 2) is None, within_s=10, what="ingest refuses")
        servers.replica.resume()
        pushed(ingest, 2)
