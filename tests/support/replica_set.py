"""A master, its replica and a Sentinel that makes the replica the master when the first is dead. All ask for one password."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import redis
from kabar_embedded import RunningServer, free_port, start_redis
from redis.backoff import ConstantBackoff, NoBackoff
from redis.retry import Retry
from sentinel import start_sentinel
from waiting import eventually

NAME: Final = "kabar"
PASSWORD: Final = "of-the-tests-alone"
NOTICED_MS: Final = 1_000
"""How long the master must be silent to be taken for dead."""


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """Three servers that run."""

    master: RunningServer
    replica: RunningServer
    sentinel: RunningServer

    @property
    def url(self) -> str:
        """Where clients connect. The first Sentinel is none: clients go on to the next."""
        return f"redis+sentinel://:{PASSWORD}@127.0.0.1:1,127.0.0.1:{self.sentinel.port}/{NAME}"

    def wait_replicated(self) -> None:
        """Until the replica has all that the master answered for."""
        with client(self.master) as master, client(self.replica) as replica:
            eventually(
                lambda: replica.info("replication")["slave_repl_offset"] == master.info("replication")["master_repl_offset"],
                within_s=10,
                what="the replica has everything",
            )

    def cut_off_replica(self) -> None:
        """Freeze the replica, with nothing more on its way to it: what the master takes from now on it will not have."""
        self.replica.pause()
        eventually(lambda: psutil.Process(self.replica.pid).status() == psutil.STATUS_STOPPED, within_s=5, what="the replica stands still")
        with client(self.master) as master:
            master.client_kill_filter(_type="replica")
            eventually(lambda: master.info("replication")["connected_slaves"] == 0, within_s=5, what="the link to the replica is cut")

    def wait_failed_over(self) -> None:
        """Until the Sentinel has made the replica the master."""
        with client(self.replica) as replica:
            eventually(lambda: replica.info("replication")["role"] == "master", within_s=30, what="the replica is the master")


def client(server: RunningServer) -> redis.Redis:
    """One that blocks, for what a test does beside the services. A replica cuts its clients off when it becomes the master."""
    return redis.Redis(port=server.port, password=PASSWORD, socket_timeout=5, retry=Retry(ConstantBackoff(0.1), 10))


@contextmanager
def replica_set(folder: Path, *, binary: Path) -> Iterator[ReplicaSet]:
    """The three, ended afterwards, dead or alive."""
    with start_redis(folder / "master", binary=binary) as master, start_redis(folder / "replica", binary=binary) as replica:
        for server in (master, replica):
            with redis.Redis(port=server.port) as unprotected:
                unprotected.config_set("masterauth", PASSWORD)
                unprotected.config_set("requirepass", PASSWORD)
        with client(replica) as follower:
            follower.replicaof("127.0.0.1", master.port)
            eventually(lambda: follower.info("replication")["master_link_status"] == "up", within_s=20, what="the replica follows")
        with _sentinel(folder / "sentinel", master=master, binary=binary) as sentinel:
            yield ReplicaSet(master, replica, sentinel)
            replica.resume()


def _sentinel(folder: Path, *, master: RunningServer, binary: Path) -> RunningServer:
    folder.mkdir()
    port = free_port()
    settings = (
        "bind 127.0.0.1",
        f"port {port}",
        f"sentinel monitor {NAME} 127.0.0.1 {master.port} 1",
        f"sentinel auth-pass {NAME} {PASSWORD}",
        f"sentinel down-after-milliseconds {NAME} {NOTICED_MS}",
        f"sentinel failover-timeout {NAME} 5000",
    )

    def knows_both() -> bool:
        with redis.Redis(port=port, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as asked:
            try:
                return len(asked.sentinel_slaves(NAME)) == 1
            except redis.RedisError:
                return False

    return start_sentinel(folder, binary=binary, port=port, settings=settings, ready=knows_both)
