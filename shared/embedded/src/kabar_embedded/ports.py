"""Free ports on the loopback interface, and who holds the others."""

from __future__ import annotations

import errno
import random
import socket
from typing import TYPE_CHECKING

import psutil

from kabar_embedded.errors import EmbeddedError, PortTakenError

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOPBACK = "127.0.0.1"

OPENSEARCH_PORTS = range(9201, 9300)
"""The runner that starts OpenSearch accepts HTTP ports up to 9299 only."""
OTHER_PORTS = range(20_000, 32_000)
"""Below those that systems give to outgoing connections, one of which could take a port before its server does."""
_TRIES = 100


def free_port() -> int:
    """A port of `OTHER_PORTS` that nobody listened on a moment ago. Raises `EmbeddedError` when none is found."""
    # At random, which keeps apart those who look at the same time.
    return first_free(random.sample(OTHER_PORTS, k=_TRIES))


def free_opensearch_port(*, rng: random.Random | None = None) -> int:
    """A free port in `OPENSEARCH_PORTS`, at random so that nodes that start together seldom meet.

    Raises `EmbeddedError` when all of them are taken.
    """
    candidates = list(OPENSEARCH_PORTS)
    # Spreading load is no secret: an ordinary generator will do.
    (rng or random.Random()).shuffle(candidates)  # noqa: S311
    return first_free(candidates)


def first_free(candidates: Iterable[int]) -> int:
    """The first of these ports that can be bound. Raises `EmbeddedError` when none can."""
    tried = []
    for port in candidates:
        tried.append(port)
        if not is_taken(port):
            return port
    raise EmbeddedError(f"No free port among {len(tried)} from {min(tried)} to {max(tried)}. Stop a server that listens there.")


def is_taken(port: int) -> bool:
    """Whether a listener holds the port. Connections that are only waiting out their time do not count.

    Raises `EmbeddedError` for a port that this user may not bind at all.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            # On macOS a second bind succeeds beside a listener on another address; listening then fails.
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise EmbeddedError(f"Port {port} on {LOOPBACK} cannot be used: {error.strerror}.") from error
    return False


def require_free(port: int, *, setting: str | None = None) -> None:
    """Raise `PortTakenError`, naming the owner and the setting to change, if the port is taken."""
    if is_taken(port):
        raise PortTakenError(port, owner=port_owner_hint(port), setting=setting)


def port_owner_hint(port: int) -> str:
    """Who listens on the port, for a message: `redis-server (pid 4711)`, or `another process` when that is hidden."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.Error, OSError):
        # macOS shows other users' connections to root only.
        return "another process"
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
        if listens and connection.pid is not None:
            try:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
            except psutil.Error:
                return f"pid {connection.pid}"
    return "another process"
