"""A real node: what the pipeline needs of it, restarts, and clear errors. Fetches its libraries on a new machine."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from kabar_embedded import (
    DirectoryInUseError,
    EmbeddedError,
    PortTakenError,
    RunningServer,
    ServerStartError,
    free_opensearch_port,
    start_opensearch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAP_MB = 512


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with start_opensearch(tmp_path_factory.mktemp("opensearch") / "a node", heap_mb=HEAP_MB) as server:
        yield server


def ask(server: RunningServer, method: str, path: str, body: object = None) -> dict[str, Any]:
    payload = None if body is None else json.dumps(body).encode()
    request = Request(f"{server.url}{path}", data=payload, method=method, headers={"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=30) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
        return answer


def test_the_node_is_opensearch_on_the_loopback_interface(node: RunningServer) -> None:
    assert ask(node, "GET", "/")["version"]["number"] == "3.8.0"
    transports = ask(node, "GET", "/_nodes/http,transport")["nodes"].values()
    assert all(address.startswith("127.0.0.1:") for each in transports for address in each["http"]["bound_address"])


def test_indices_with_thai_and_indonesian_analysers_can_be_made(node: RunningServer) -> None:
    properties = {"th": {"type": "text", "analyzer": "thai"}, "id": {"type": "text", "analyzer": "indonesian"}}

    ask(node, "PUT", "/analysed", {"mappings": {"properties": properties}})

    thai = ask(node, "POST", "/analysed/_analyze", {"field": "th", "text": "ข่าวปัญญาประดิษฐ์ในประเทศไทย"})
    indonesian = ask(node, "POST", "/analysed/_analyze", {"field": "id", "text": "kesehatan"})
    assert len(thai["tokens"]) > 1, "Thai is written without spaces; one token means that there are no break rules"
    assert [token["token"] for token in indonesian["tokens"]] == ["sehat"]


def test_a_document_for_a_missing_index_is_refused(node: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kabar_embedded.processes.DIRECTORY_RELEASE_S", 0.2)

    with pytest.raises(HTTPError) as caught:
        ask(node, "PUT", "/mistyped/_doc/1", {"title": "x"})

    with caught.value as error:
        assert error.code == 404


def test_a_taken_port_is_an_error_that_names_the_owner_and_the_setting(node: RunningServer, tmp_path: Path) -> None:
    with pytest.raises(PortTakenError, match=rf"{node.port}.*pid {node.pid}.*KABAR_UP_OPENSEARCH_PORT"):
        start_opensearch(tmp_path, port=node.port, port_setting="KABAR_UP_OPENSEARCH_PORT")


def test_a_second_node_on_the_same_folder_is_refused(node: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kabar_embedded.processes.DIRECTORY_RELEASE_S", 0.2)

    with pytest.raises(DirectoryInUseError):
        start_opensearch(node.directory)


def test_a_node_that_dies_at_the_start_is_an_error_with_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="ended while it was starting") as caught:
        start_opensearch(tmp_path, heap_mb=2)

    assert caught.value.log_tail


def test_documents_survive_a_crash_and_a_restart_and_sigterm_takes_seconds(tmp_path: Path) -> None:
    with start_opensearch(tmp_path, heap_mb=HEAP_MB) as first:
        ask(first, "PUT", "/articles", {"settings": {"number_of_replicas": 0}})
        ask(first, "PUT", "/articles/_doc/1", {"title": "kept"})
        first.kill()

    with start_opensearch(tmp_path, port=first.port, heap_mb=HEAP_MB) as second:
        assert second.url == first.url
        assert ask(second, "GET", "/articles/_doc/1")["_source"] == {"title": "kept"}
        began = time.monotonic()
        second.stop()
        assert time.monotonic() - began < 10


def test_two_nodes_that_start_together_on_one_port_do_not_pass_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kabar_embedded.opensearch_node.require_free", lambda _port, *, setting: None)  # noqa: ARG005

    port = free_opensearch_port()

    def attempt(name: str) -> RunningServer | EmbeddedError:
        try:
            return start_opensearch(tmp_path / name, port=port, heap_mb=HEAP_MB)
        except EmbeddedError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, ["one", "other"]))
    try:
        assert [isinstance(each, PortTakenError) for each in outcomes].count(True) == 1
    finally:
        for each in outcomes:
            if isinstance(each, RunningServer):
                each.stop()
