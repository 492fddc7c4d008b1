"""Proves on real servers: the whole system runs with TLS to both, each part as its own user, and no right is missing or refused."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import redis
from secured_servers import SecuredOpenSearch, SecuredRedis
from waiting import eventually
from worker_process import WorkerProcess, worker

BODY = "Pemerintah kota mengumumkan jadwal baru kereta ringan untuk pekerja malam di pelabuhan. " * 4


def _index_settings(opensearch: SecuredOpenSearch, *, user: str) -> dict[str, str]:
    password = "topology" if user == "topology" else "index"
    return {
        "opensearch_url": opensearch.url,
        "opensearch_ca_file": str(opensearch.ca_file),
        "opensearch_user": password,
        "opensearch_password": (opensearch.secrets / user / "kabar_index_opensearch_password").read_text(),
        "replicas": "0",
    }


@pytest.fixture(scope="module")
def topology(secured_redis: SecuredRedis, secured_opensearch: SecuredOpenSearch) -> None:
    """The job that makes groups and indices, as its own user."""
    settings = _index_settings(secured_opensearch, user="topology") | {"redis_url": secured_redis.url("topology")}
    env = {f"KABAR_INDEX_{name.upper()}": value for name, value in settings.items()}
    done = subprocess.run([sys.executable, "-m", "kabar_index.topology"], env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def system(
    request: pytest.FixtureRequest,
    secured_redis: SecuredRedis,
    secured_opensearch: SecuredOpenSearch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, WorkerProcess]]:
    """The four services and the archive."""
    request.getfixturevalue("topology")
    folder = tmp_path_factory.mktemp("services")
    searching = {
        "opensearch_url": secured_opensearch.url,
        "opensearch_ca_file": str(secured_opensearch.ca_file),
        "opensearch_user": "search",
        "opensearch_password": (secured_opensearch.secrets / "search" / "kabar_search_opensearch_password").read_text(),
    }
    with ExitStack() as stack:
        started = {
            "ingest": worker("ingest", folder, redis_url=secured_redis.url("ingest")),
            "enrich": worker("enrich", folder, redis_url=secured_redis.url("enrich"), processes="1"),
            "index": worker("index", folder, redis_url=secured_redis.url("index"), **_index_settings(secured_opensearch, user="index")),
            "archive": worker(
                "index",
                folder / "archive",
                redis_url=secured_redis.url("archive"),
                role="archive",
                **_index_settings(secured_opensearch, user="archive"),
            ),
            "search": worker("search", folder, redis_url=secured_redis.url("search"), **searching),
        }
        yield {name: stack.enter_context(process) for name, process in started.items()}


def _ask(process: WorkerProcess, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    connection = HTTPConnection("127.0.0.1", process.port, timeout=30)
    try:
        headers = {"content-type": "application/json"}
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


def _push(system: dict[str, WorkerProcess], number: int) -> dict[str, Any]:
    article = {"url": f"https://warta.example/{number}", "title": f"Kereta ringan {number}", "body": BODY}
    status, answer = _ask(system["ingest"], "POST", "/v1/articles", article)
    assert status == 202, answer
    return answer


def test_articles_become_searchable_and_no_command_of_a_service_is_refused(
    system: dict[str, WorkerProcess], secured_redis: SecuredRedis
) -> None:
    eventually(lambda: all(process.health("/readyz") == 200 for process in system.values()), within_s=60, what="all ready")

    accepted = [_push(system, number) for number in range(20)]

    def all_found() -> bool:
        return all(_ask(system["search"], "GET", f"/v1/articles/{one['article_id']}")[0] == 200 for one in accepted)

    eventually(all_found, within_s=60, what="the articles in the index")
    for one in accepted:
        status, receipt = _ask(system["search"], "GET", f"/v1/receipts/{one['receipt']}?wait=20s")
        assert (status, receipt["stage"]) == (200, "searchable"), receipt
    status, _ = _ask(system["ingest"], "POST", "/v1/takedowns", {"url": "https://warta.example/0", "reason": "error"})
    assert status == 202
    eventually(lambda: _ask(system["search"], "GET", f"/v1/articles/{accepted[0]['article_id']}")[0] == 410, within_s=30, what="taken down")
    assert _refused(secured_redis) == []


@pytest.mark.usefixtures("system")
def test_an_entry_that_cannot_be_read_becomes_a_letter_with_the_rights_that_there_are(secured_redis: SecuredRedis) -> None:
    with redis.Redis.from_url(secured_redis.admin_url) as admin:
        admin.xadd("{articles}.raw.v1", {"data": "{}"})
        admin.xadd("{articles}.enriched.v1", {"data": "{}"})
        eventually(lambda: admin.xlen("{articles}.raw.v1.dead") >= 1, within_s=30, what="the letter of enrich")
        eventually(lambda: admin.xlen("{articles}.enriched.v1.dead") >= 1, within_s=30, what="the letter of index")

    letters = _kabar(secured_redis, "dlq", "ls", "--json")

    assert letters.returncode == 0, letters.stderr
    assert letters.stdout.count("invalid_entry") >= 2
    assert _kabar(secured_redis, "dlq", "purge", "--all", "--yes").returncode == 0
    assert _refused(secured_redis) == []


def _kabar(server: SecuredRedis, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {"KABAR_REDIS_URL": server.url("ops"), "PATH": str(Path(sys.executable).parent)}
    return subprocess.run([sys.executable, "-m", "kabar_cli", *arguments], env=env, capture_output=True, text=True, check=False, timeout=60)


def _refused(server: SecuredRedis) -> list[str]:
    with redis.Redis.from_url(server.admin_url) as admin:
        return [f"{row['username']}: {row['reason']} {row['object']}" for row in admin.acl_log() if row["reason"] != "auth"]


def test_a_worker_with_a_wrong_password_says_so(secured_redis: SecuredRedis, tmp_path: Path) -> None:
    url = secured_redis.url("enrich").replace("rediss://enrich:", "rediss://enrich:wrong")

    with worker("enrich", tmp_path, redis_url=url, processes="1") as process:
        eventually(lambda: "WRONGPASS" in process.log() or "invalid username-password" in process.log(), within_s=30, what="the reason")
        assert process.health("/readyz") != 200


@pytest.mark.usefixtures("topology")
def test_a_worker_that_does_not_know_the_authority_says_so(
    secured_redis: SecuredRedis, secured_opensearch: SecuredOpenSearch, tmp_path: Path
) -> None:
    settings = _index_settings(secured_opensearch, user="index")
    del settings["opensearch_ca_file"]

    with worker("index", tmp_path, redis_url=secured_redis.url("index"), **settings) as process:
        eventually(lambda: "certificate" in process.log(), within_s=30, what="the reason")
        assert process.health("/readyz") != 200
