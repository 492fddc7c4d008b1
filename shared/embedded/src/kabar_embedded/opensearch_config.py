"""The texts that a node is started with: its settings, its logging, its command line. Nothing here touches the disk."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kabar_embedded.ports import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

Setting = str | int | bool | Sequence[str]

MAIN_CLASS = "org.codelibs.opensearch.runner.OpenSearchRunner"
CLUSTER_NAME = "kabar"
NODE_FOLDER = "node_1"
"""The runner's name for the folder of its first node."""

LOG4J2 = """\
status = error

appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n

rootLogger.level = info
rootLogger.appenderRef.console.ref = console

# Deprecations reach clients as a Warning header, as they do in the official distribution.
appender.header_warning.type = HeaderWarningAppender
appender.header_warning.name = header_warning
logger.deprecation.name = org.opensearch.deprecation
logger.deprecation.level = deprecation
logger.deprecation.appenderRef.header_warning.ref = header_warning
logger.deprecation.additivity = false
"""


def opensearch_yml(extra: Mapping[str, Setting]) -> str:
    """The node's settings, `extra` last. The HTTP port is not among them: the runner takes it from its command line."""
    settings: dict[str, Setting] = {
        "network.host": LOOPBACK,
        # Nodes of other folders on this machine are no peers; without this they knock at each other's doors.
        "discovery.seed_hosts": [],
        # An index is made on purpose or not at all: a mistyped name must fail instead of growing an index.
        "action.auto_create_index": False,
        "action.destructive_requires_name": True,
        # The defaults are shares of the disk: on a laptop that is 95 % full they would block writes with 50 GB to go.
        "cluster.routing.allocation.disk.watermark.low": "500mb",
        "cluster.routing.allocation.disk.watermark.high": "300mb",
        "cluster.routing.allocation.disk.watermark.flood_stage": "200mb",
        **extra,
    }
    # JSON values are YAML values.
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())


def java_flags(*, heap_mb: int) -> tuple[str, ...]:
    """Flags every node needs, whatever folder it works in."""
    return (
        f"-Xms{min(512, heap_mb)}m",
        f"-Xmx{heap_mb}m",
        # Lucene maps files and zstd is native code; from Java 24 on each use would print a warning.
        "--enable-native-access=ALL-UNNAMED",
        # The packaged Java has no break rules for Thai; icu4j brings them in through the service provider.
        "-Djava.locale.providers=CLDR,SPI",
        # The runner closes the node on SIGTERM, and its last words are worth having.
        "-Dlog4j.shutdownHookEnabled=false",
        "-Djava.awt.headless=true",
        "-XX:-UsePerfData",
        # A node without memory is a zombie: end it, so that whoever watches it can start it again.
        "-XX:+ExitOnOutOfMemoryError",
    )


def command_line(
    java: Path, *, directory: Path, port: int, heap_mb: int, jars: Sequence[Path], aot_flags: Sequence[str]
) -> tuple[str, ...]:
    """The whole command. `jars` must be in one and the same order every time, or the start-up cache does not fit."""
    return (
        str(java),
        *java_flags(heap_mb=heap_mb),
        f"-Djava.io.tmpdir={directory / 'tmp'}",
        f"-XX:ErrorFile={directory / 'java-crash-%p.log'}",
        *aot_flags,
        "-cp",
        ":".join(map(str, jars)),
        MAIN_CLASS,
        "-basePath",
        str(directory),
        "-numOfNode",
        "1",
        "-clusterName",
        CLUSTER_NAME,
        "-baseHttpPort",
        # The runner adds the number of the node, which is 1.
        str(port - 1),
    )


def actual_http_port(log_text: str) -> int | None:
    """The port that the runner settled on, from its output, or None if it has not said so yet.

    It moves up by one, silently, when the port it was told is taken.
    """
    found = re.search(r"^HTTP Port:\s+(\d+)$", log_text, flags=re.MULTILINE)
    return int(found.group(1)) if found else None


def has_opened(port: int, log_text: str) -> bool:
    """Whether the node says in its log that it listens on this HTTP port. Node-to-node ports lie above 9299."""
    return f"publish_address {{{LOOPBACK}:{port}}}" in log_text
