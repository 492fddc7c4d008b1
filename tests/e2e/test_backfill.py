"""The lane backfill: a second deployment of the same workers, which gives way to live."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_run import LocalRun
from waiting import eventually


@pytest.fixture(scope="module")
def backfilling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    run = LocalRun(tmp_path_factory.mktemp("backfill"))
    started = run.kabar("up", "--detach", "--backfill")
    assert started.returncode == 0, started.stderr
    yield run
    run.kabar("down")


def test_an_article_pushed_into_backfill_is_found(backfilling: LocalRun, tmp_path: Path) -> None:
    article = {"url": "https://old.example/1", "title": "Arsip lama", "body": "Berita dari tahun yang lalu."}
    (tmp_path / "old.ndjson").write_text(json.dumps(article), encoding="utf-8")
    pushed = backfilling.kabar("push", "--backfill", str(tmp_path / "old.ndjson"))
    assert pushed.returncode == 0, pushed.stderr
    eventually(lambda: backfilling.kabar("search", "arsip", "--source", "old.example").returncode == 0, within_s=60, what="it is found")
    names = {fact["name"] for fact in json.loads(backfilling.kabar("status", "--json").stdout)["processes"]}
    assert {"enrich_backfill", "index_backfill", "archive_backfill"} < names
