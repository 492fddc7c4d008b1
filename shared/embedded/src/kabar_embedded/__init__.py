"""Real Redis and OpenSearch as child processes, out of packages; and a supervisor for whole systems of processes."""

from kabar_embedded.aot_training import prepare_opensearch
from kabar_embedded.errors import (
    AlreadyUpError,
    ArtifactError,
    BinaryMissingError,
    DirectoryInUseError,
    EmbeddedError,
    PortTakenError,
    ServerStartError,
)
from kabar_embedded.opensearch_node import opensearch_process, opensearch_url, start_opensearch
from kabar_embedded.ports import free_opensearch_port, free_port, is_taken, port_owner_hint
from kabar_embedded.processes import Process, RunningServer, start_detached
from kabar_embedded.redis_server import redis_process, redis_url, start_redis
from kabar_embedded.stopping import Running, Status, Stopped, running, stop_recorded
from kabar_embedded.supervisor import Event, supervise, wait_until_up

__all__ = [
    "AlreadyUpError",
    "ArtifactError",
    "BinaryMissingError",
    "DirectoryInUseError",
    "EmbeddedError",
    "Event",
    "PortTakenError",
    "Process",
    "Running",
    "RunningServer",
    "ServerStartError",
    "Status",
    "Stopped",
    "free_opensearch_port",
    "free_port",
    "is_taken",
    "opensearch_process",
    "opensearch_url",
    "port_owner_hint",
    "prepare_opensearch",
    "redis_process",
    "redis_url",
    "running",
    "start_detached",
    "start_opensearch",
    "start_redis",
    "stop_recorded",
    "supervise",
    "wait_until_up",
]
