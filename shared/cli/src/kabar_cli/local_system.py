"""The system that `kabar up` runs: two servers, one job that prepares them, five workers."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from kabar_contracts.streams import Lane
from kabar_embedded import (
    EmbeddedError,
    Process,
    free_opensearch_port,
    free_port,
    is_taken,
    opensearch_process,
    opensearch_url,
    redis_process,
    redis_url,
)
from kabar_embedded.ports import require_free

from kabar_cli.settings import UpSettings

HOST = "127.0.0.1"
READY_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each part listens."""

    search: int
    ingest: int
    enrich: int
    index: int
    archive: int
    enrich_backfill: int
    index_backfill: int
    archive_backfill: int
    redis: int
    opensearch: int


def choose_ports(settings: UpSettings) -> Ports:
    """The ports of the local system: as set, as at the last start, or free ones.

    Raises PortTakenError for a set one, EmbeddedError when they cannot be kept.
    """
    remembered = _remembered(settings.state_dir)
    for name in Ports.__slots__:
        if port := getattr(settings, f"{name}_port"):
            require_free(port, setting=f"KABAR_UP_{name.upper()}_PORT")

    def pick(name: str) -> int:
        wanted = getattr(settings, f"{name}_port") or remembered.get(name, 0)
        if wanted and not is_taken(wanted):
            return int(wanted)
        return free_opensearch_port() if name == "opensearch" else free_port()

    ports = Ports(**{name: pick(name) for name in Ports.__slots__})
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        _ports_file(settings.state_dir).write_text(json.dumps({name: getattr(ports, name) for name in Ports.__slots__}), encoding="utf-8")
    except OSError as error:
        raise EmbeddedError(
            f"{settings.state_dir} cannot be written: {error.strerror}. KABAR_UP_STATE_DIR names another folder."
        ) from error
    return ports


def _ports_file(state_dir: Path) -> Path:
    return state_dir / "ports.json"


def _remembered(state_dir: Path) -> Mapping[str, int]:
    try:
        content = json.loads(_ports_file(state_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def addresses(ports: Ports) -> dict[str, str]:
    """Name -> URL of what a person or a client may want to reach."""
    return {
        "search": f"http://{HOST}:{ports.search}",
        "ingest": f"http://{HOST}:{ports.ingest}",
        "opensearch": opensearch_url(ports.opensearch),
        "redis": redis_url(ports.redis),
    }


def processes(settings: UpSettings, ports: Ports) -> list[list[Process]]:
    """What runs, in the order of its start; each group starts when the one before is ready.

    Fetches OpenSearch at the first call. Raises EmbeddedError.
    """
    data, logs = settings.state_dir.absolute() / "data", settings.state_dir.absolute() / "logs"
    redis, opensearch = redis_url(ports.redis), opensearch_url(ports.opensearch)
    index = {
        "KABAR_INDEX_REDIS_URL": redis,
        "KABAR_INDEX_OPENSEARCH_URL": opensearch,
        "KABAR_INDEX_REPLICAS": "0",
        "KABAR_INDEX_LOG_LEVEL": settings.log_level,
    }

    def service(name: str, module: str, port: int, env: Mapping[str, str], *, port_setting: str | None = None) -> Process:
        return Process(
            name=name,
            argv=(sys.executable, "-m", module),
            env=env,
            log_path=logs / f"{name}.log",
            prepare=lambda: require_free(port, setting=port_setting),
            ready=lambda: _is_ready(port),
            ready_timeout_s=READY_TIMEOUT_S,
            stop_grace_s=15.0,
            address=f"http://{HOST}:{port}",
        )

    enrich = {"KABAR_ENRICH_REDIS_URL": redis, "KABAR_ENRICH_LOG_LEVEL": settings.log_level}

    def workers(lane: Lane, suffix: str) -> list[Process]:
        index_port, archive_port, enrich_port = (getattr(ports, f"{name}{suffix}") for name in ("index", "archive", "enrich"))
        in_lane = index | {"KABAR_INDEX_LANE": lane.value}
        archive = {"KABAR_INDEX_PORT": str(archive_port), "KABAR_INDEX_ROLE": "archive"}
        # Backfill has one process: live has the others.
        reading = {} if lane is Lane.LIVE else {"KABAR_ENRICH_PROCESSES": "1"}
        return [
            service(f"index{suffix}", "kabar_index", index_port, in_lane | {"KABAR_INDEX_PORT": str(index_port)}),
            service(f"archive{suffix}", "kabar_index", archive_port, in_lane | archive),
            service(
                f"enrich{suffix}",
                "kabar_enrich",
                enrich_port,
                enrich | reading | {"KABAR_ENRICH_LANE": lane.value, "KABAR_ENRICH_PORT": str(enrich_port)},
            ),
        ]

    return [
        [
            redis_process(data / "redis", port=ports.redis, maxmemory_mb=settings.redis_memory_mb, port_setting="KABAR_UP_REDIS_PORT"),
            opensearch_process(
                data / "opensearch",
                port=ports.opensearch,
                heap_mb=settings.opensearch_heap_mb,
                port_setting="KABAR_UP_OPENSEARCH_PORT",
            ),
        ],
        [
            Process(
                name="topology",
                argv=(sys.executable, "-m", "kabar_index.topology"),
                env=index,
                kind="task",
                log_path=logs / "topology.log",
                # A migration copies every document.
                ready_timeout_s=6 * 3_600,
                restart=False,
            )
        ],
        [
            *workers(Lane.LIVE, ""),
            *(workers(Lane.BACKFILL, "_backfill") if settings.backfill else ()),
            service(
                "ingest",
                "kabar_ingest",
                ports.ingest,
                {
                    "KABAR_INGEST_REDIS_URL": redis,
                    "KABAR_INGEST_PORT": str(ports.ingest),
                    "KABAR_INGEST_LOG_LEVEL": settings.log_level,
                },
                port_setting="KABAR_UP_INGEST_PORT",
            ),
            service(
                "search",
                "kabar_search",
                ports.search,
                {
                    "KABAR_SEARCH_OPENSEARCH_URL": opensearch,
                    "KABAR_SEARCH_REDIS_URL": redis,
                    "KABAR_SEARCH_PORT": str(ports.search),
                    "KABAR_SEARCH_LOG_LEVEL": settings.log_level,
                },
                port_setting="KABAR_UP_SEARCH_PORT",
            ),
        ],
    ]


def _is_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200  # noqa: PLR2004
    except OSError:
        return False
    finally:
        connection.close()
