"""The whole system under test: real servers, the workers as processes of their own, and a link at every seam."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from types import FrameType
from typing import Final, Literal

from kabar_embedded import Process, free_opensearch_port, opensearch_process, redis_process
from kabar_embedded.ports import first_free
from kabar_embedded.processes import tail
from links import Link, carried
from managed import Managed, supervised

HOST: Final = "127.0.0.1"
PORTS: Final = range(15_000, 32_000)
"""Below those that the kernel gives to whoever connects: a port of ours must still be free when its owner was killed."""
READY_TIMEOUT_S: Final = 60.0
STOP_GRACE_S: Final = 15.0

Enrichers = Literal["on", "off"]
Fsync = Literal["always", "everysec"]
ServiceSettings = Mapping[str, Mapping[str, str]]
"""Process -> variable without its prefix, in lower case -> value: `{"index": {"reclaim_after_ms": "5000"}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A running system. The addresses of Redis and OpenSearch lead past the links."""

    folder: Path
    ingest_url: str
    """Where producers push: through the link `producer-ingest`."""
    redis_url: str
    opensearch_url: str
    links: dict[str, Link]
    processes: dict[str, Managed]
    orphans: list[str]
    """What outlived its parent process; filled when the system has ended."""

    def is_ready(self, name: str) -> bool:
        """Whether this process lives and says that it can work."""
        managed = self.processes[name]
        return managed.pid is not None and (managed.process.ready is None or managed.process.ready())


@dataclass(frozen=True, slots=True)
class _Ports:
    redis: int
    ingest: int
    enrich: int
    index: int
    archive: int
    opensearch: int


@contextmanager
def running(
    folder: Path,
    *,
    enrichers: Enrichers,
    maxmemory_mb: int | None = None,
    fsync: Fsync = "always",
    redis_folder: Path | None = None,
    redis_binary: Path | None = None,
    opensearch_heap_mb: int = 1_024,
    settings: ServiceSettings | None = None,
) -> Iterator[System]:
    """Servers, topology and workers, ready to work, in `folder`; whatever dies is started again after a second.

    `redis_folder` puts the data of Redis elsewhere, say on a small disk. SIGTERM ends the block as Ctrl-C does. All
    processes have ended when the block has. Raises EmbeddedError when one cannot be started.
    """
    ports = _free_ports()
    with _ended_by_sigterm(), carried(_upstreams(ports)) as links:
        redis = redis_process(
            redis_folder or folder / "redis", port=ports.redis, fsync=fsync, maxmemory_mb=maxmemory_mb, binary=redis_binary
        )
        opensearch = opensearch_process(folder / "opensearch", port=ports.opensearch, heap_mb=opensearch_heap_mb, start_cache="use")
        workers = _workers(folder, ports, links, enrichers=enrichers, settings=settings or {})
        servers = [Managed(process=redis), Managed(process=opensearch)]
        with supervised([servers]) as orphaned_by_servers:
            _make_topology(folder, ports)
            managed_workers = [Managed(process=worker) for worker in workers]
            with supervised([managed_workers]) as orphans:
                try:
                    yield System(
                        folder=folder,
                        ingest_url=f"http://{HOST}:{links['producer-ingest'].port}",
                        redis_url=_redis_url(ports.redis),
                        opensearch_url=f"http://{HOST}:{ports.opensearch}",
                        links=links,
                        processes={managed.name: managed for managed in (*managed_workers, *servers)},
                        orphans=orphans,
                    )
                finally:
                    # Workers stop within their time whatever happens, but sooner where they can still settle.
                    for link in links.values():
                        link.heal()
        orphans += orphaned_by_servers


def _free_ports() -> _Ports:
    candidates = list(PORTS)
    # Two runs at once must not choose alike: an ordinary generator will do.
    Random().shuffle(candidates)  # noqa: S311
    waiting = iter(candidates)
    redis, ingest, enrich, index, archive = (first_free(waiting) for _ in range(5))
    return _Ports(redis=redis, ingest=ingest, enrich=enrich, index=index, archive=archive, opensearch=free_opensearch_port())


def _upstreams(ports: _Ports) -> dict[str, tuple[str, int]]:
    """Each seam, and where it leads."""
    return {
        "producer-ingest": (HOST, ports.ingest),
        "ingest-redis": (HOST, ports.redis),
        "enrich-redis": (HOST, ports.redis),
        "index-redis": (HOST, ports.redis),
        "archive-redis": (HOST, ports.redis),
        "index-opensearch": (HOST, ports.opensearch),
        "archive-opensearch": (HOST, ports.opensearch),
    }


def _redis_url(port: int) -> str:
    return f"redis://{HOST}:{port}/0"


def _workers(folder: Path, ports: _Ports, links: Mapping[str, Link], *, enrichers: Enrichers, settings: ServiceSettings) -> list[Process]:
    """The four workers, each of which reaches its servers through links of its own."""

    def redis(name: str) -> str:
        return _redis_url(links[f"{name}-redis"].port)

    def opensearch(name: str) -> str:
        return f"http://{HOST}:{links[f'{name}-opensearch'].port}"

    bare = (str(Path(__file__).with_name("bare_enrich.py")),)
    # The enricher that does little needs one process, and leaves the rest of the machine to the faults.
    enrich = {"redis_url": redis("enrich"), "port": str(ports.enrich)} | ({"processes": "1"} if enrichers == "off" else {})
    index = {"redis_url": redis("index"), "opensearch_url": opensearch("index"), "port": str(ports.index), "replicas": "0"}
    archive = {"redis_url": redis("archive"), "opensearch_url": opensearch("archive"), "port": str(ports.archive), "replicas": "0"}
    ingest = {"redis_url": redis("ingest"), "port": str(ports.ingest)}
    return [
        _worker(
            "enrich",
            folder,
            arguments=bare if enrichers == "off" else ("-m", "kabar_enrich"),
            settings={**enrich, **settings.get("enrich", {})},
        ),
        _worker("index", folder, arguments=("-m", "kabar_index"), settings={**index, **settings.get("index", {})}),
        _worker("archive", folder, arguments=("-m", "kabar_index"), settings={**archive, **settings.get("archive", {}), "role": "archive"}),
        _worker("ingest", folder, arguments=("-m", "kabar_ingest"), settings={**ingest, **settings.get("ingest", {})}),
    ]


def _worker(name: str, folder: Path, *, arguments: tuple[str, ...], settings: Mapping[str, str]) -> Process:
    prefix = "KABAR_INDEX_" if name == "archive" else f"KABAR_{name.upper()}_"
    port = int(settings["port"])
    foreign = {variable: None for variable in os.environ if variable.startswith("KABAR_")}
    return Process(
        name=name,
        argv=(sys.executable, *arguments),
        env=foreign | {f"{prefix}{variable.upper()}": value for variable, value in settings.items()},
        log_path=folder / "logs" / f"{name}.log",
        ready=lambda: _is_ready(port),
        ready_timeout_s=READY_TIMEOUT_S,
        stop_grace_s=STOP_GRACE_S,
        address=f"http://{HOST}:{port}",
    )


def _is_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _make_topology(folder: Path, ports: _Ports) -> None:
    """The job that runs once before the first start, as in production."""
    log_path = folder / "logs" / "topology.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    settings = {
        "KABAR_INDEX_REDIS_URL": _redis_url(ports.redis),
        "KABAR_INDEX_OPENSEARCH_URL": f"http://{HOST}:{ports.opensearch}",
        "KABAR_INDEX_REPLICAS": "0",
    }
    with log_path.open("wb") as log:
        done = subprocess.run([sys.executable, "-m", "kabar_index.topology"], env=settings, stdout=log, stderr=log, check=False)
    if done.returncode:
        raise RuntimeError(f"the topology could not be made: {tail(log_path)}")


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt, so that whatever the block started is ended. Only in the main thread, the one it reaches."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt("SIGTERM")

    before: Callable[[int, FrameType | None], object] | int | None = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
