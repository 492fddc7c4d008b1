"""Pure: settings, command line, and what is read from the node's output."""

from __future__ import annotations

from pathlib import Path

import pytest
from kabar_embedded.errors import EmbeddedError
from kabar_embedded.opensearch_config import actual_http_port, command_line, has_opened, opensearch_yml
from kabar_embedded.opensearch_node import node_process

OUTPUT = """\
Cluster Name: kabar
Base Path:    /data
Num Of Node:  1
Node Name:      Node 1
HTTP Port:      9204
Data Directory: /data/node_1/data
"""


def test_the_node_listens_on_the_loopback_interface_only() -> None:
    assert 'network.host: "127.0.0.1"' in opensearch_yml({}).splitlines()


def test_no_index_is_made_as_a_side_effect() -> None:
    assert "action.auto_create_index: false" in opensearch_yml({}).splitlines()


def test_disk_watermarks_are_sizes_and_not_shares() -> None:
    watermarks = [line for line in opensearch_yml({}).splitlines() if ".watermark." in line]

    assert len(watermarks) == 3
    assert all(line.endswith('mb"') for line in watermarks)


def test_settings_of_the_caller_win() -> None:
    text = opensearch_yml({"action.auto_create_index": True, "path.repo": ["/snapshots"]})

    assert "action.auto_create_index: true" in text.splitlines()
    assert 'path.repo: ["/snapshots"]' in text.splitlines()


def test_the_runner_is_told_the_port_before_the_one_that_is_meant() -> None:
    command = command_line(Path("java"), directory=Path("/d"), port=9204, heap_mb=512, jars=[Path("/a.jar"), Path("/b.jar")], aot_flags=())

    assert command[command.index("-baseHttpPort") + 1] == "9203"
    assert command[command.index("-cp") + 1] == "/a.jar:/b.jar"


def test_a_small_heap_starts_no_larger_than_it_may_grow() -> None:
    command = command_line(Path("java"), directory=Path("/d"), port=9204, heap_mb=256, jars=[], aot_flags=())

    assert {"-Xms256m", "-Xmx256m"} <= set(command)


def test_the_actual_port_is_read_from_the_output() -> None:
    assert actual_http_port(OUTPUT) == 9204
    assert actual_http_port("Cluster Name: kabar\n") is None


def test_a_port_is_open_when_the_log_says_so_and_not_before() -> None:
    line = "[o.o.h.AbstractHttpServerTransport] publish_address {127.0.0.1:9204}, bound_addresses {127.0.0.1:9204}"

    assert has_opened(9204, OUTPUT + line)
    assert not has_opened(9204, OUTPUT)


def test_a_port_that_the_runner_refuses_is_an_error_that_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match=r"9201 to 9299.*KABAR_UP_OPENSEARCH_PORT"):
        node_process(
            tmp_path,
            port=9300,
            heap_mb=512,
            settings={},
            jars=[],
            aot_flags=(),
            ready_timeout_s=1,
            port_setting="KABAR_UP_OPENSEARCH_PORT",
        )
