"""Starting and stopping the system as a user does."""

import json
import socket
from pathlib import Path

import httpx
from kabar_embedded import free_port
from local_run import LocalRun


def test_a_second_up_finds_the_system_running_and_says_so(system: LocalRun) -> None:
    again = system.kabar("up", "--detach")
    assert again.returncode == 0
    assert "running already" in again.stdout
    assert system.search_url in again.stdout


def test_status_names_every_part_and_where_it_is(system: LocalRun) -> None:
    status = system.kabar("status", "--json")
    assert status.returncode == 0
    facts = json.loads(status.stdout)
    assert {fact["name"] for fact in facts["processes"]} == {"redis", "opensearch", "index", "archive", "enrich", "ingest", "search"}
    for name in ("index", "archive", "enrich", "ingest", "search"):
        assert httpx.get(f"{system.process(name)['address']}/livez", timeout=10).status_code == 200


def test_a_taken_port_is_named_with_the_setting_that_changes_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = LocalRun(tmp_path, search_port=taken.getsockname()[1], ingest_port=free_port())
        refused = run.kabar("up", "--detach")
    assert refused.returncode == 5
    assert str(run.search_port) in refused.stderr
    assert "KABAR_UP_SEARCH_PORT" in refused.stderr


def test_nothing_running_is_said_by_every_command(tmp_path: Path) -> None:
    run = LocalRun(tmp_path)
    assert run.kabar("status").returncode == 5
    assert "not running" in run.kabar("down").stdout
    missing = run.kabar("search", "apa")
    assert missing.returncode == 5
    assert "KABAR_SEARCH_URL" in missing.stderr


def test_data_survive_down_and_up(tmp_path: Path) -> None:
    run = LocalRun(tmp_path)
    assert run.kabar("up", "--detach", "--demo").returncode == 0
    try:
        before = json.loads(run.kabar("search", "kereta", "--json").stdout)["results"]
        stopped = run.kabar("down")
        assert "opensearch: stopped" in stopped.stdout
        assert run.kabar("up", "--detach").returncode == 0
        after = json.loads(run.kabar("search", "kereta", "--json").stdout)["results"]
        assert [hit["article_id"] for hit in after] == [hit["article_id"] for hit in before]
        assert after[0]["revision"] == before[0]["revision"]
    finally:
        run.kabar("down")
