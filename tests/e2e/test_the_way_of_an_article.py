"""From a producer to a search hit, through every real part."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_run import LocalRun
from opensearchpy import OpenSearch
from waiting import eventually


@pytest.fixture(scope="module")
def producer(system: LocalRun) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=system.ingest_url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def searcher(system: LocalRun) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=system.search_url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def node(system: LocalRun) -> Iterator[OpenSearch]:
    with OpenSearch(system.process("opensearch")["address"], timeout=30) as client:
        yield client


def put(producer: httpx.Client, source: str, native_id: str, **fields: Any) -> dict[str, Any]:
    body = {"url": f"https://{source}/{native_id}", "title": "Sebuah judul", "body": "Isi berita yang cukup panjang."} | fields
    answer = producer.put(f"/v1/articles/{source}/{native_id}", json=body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def hits(searcher: httpx.Client, source: str, **parameters: str) -> list[dict[str, Any]]:
    answer = searcher.get("/v1/search", params={"source": source} | parameters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def shown(searcher: httpx.Client, accepted: dict[str, Any]) -> dict[str, Any]:
    """The article, once its accepted revision can be read."""

    def read() -> dict[str, Any] | None:
        answer = searcher.get(f"/v1/articles/{accepted['article_id']}")
        return answer.json() if answer.is_success and answer.json()["revision"] >= accepted["revision"] else None

    found = eventually(read, within_s=30, what=f"article {accepted['article_id']} is shown")
    assert isinstance(found, dict)
    return found


def archived(node: OpenSearch, accepted: dict[str, Any]) -> dict[str, Any]:
    document_id = f"{accepted['article_id']}.{accepted['revision']}"
    eventually(lambda: node.exists(index="revisions", id=document_id), within_s=30, what=f"revision {document_id} is archived")
    return dict(node.get(index="revisions", id=document_id)["_source"])


def test_the_same_article_pushed_twice_is_one_document(producer: httpx.Client, searcher: httpx.Client) -> None:
    put(producer, "twice.example", "1")
    second = put(producer, "twice.example", "1")
    assert second["duplicate"] is True
    shown(searcher, second)
    eventually(lambda: hits(searcher, "twice.example"), within_s=30, what="the article is found")
    assert len(hits(searcher, "twice.example")) == 1


def test_a_correction_replaces_and_an_older_revision_changes_nothing(
    producer: httpx.Client, searcher: httpx.Client, node: OpenSearch
) -> None:
    source = "corrected.example"
    first = put(producer, source, "1", title="Salah", updated_at="2026-01-01T08:00:00+07:00")
    correction = put(producer, source, "1", title="Benar", updated_at="2026-01-02T08:00:00+07:00")
    assert (shown(searcher, correction))["title"] == "Benar"
    late = put(producer, source, "1", title="Salah", updated_at="2026-01-01T08:00:00+07:00")
    assert late["revision"] == first["revision"]
    after = put(producer, source, "2", title="Sesudahnya")
    shown(searcher, after)
    assert (shown(searcher, correction))["title"] == "Benar"
    assert json.loads((archived(node, first))["original"])["title"] == "Salah"
    assert json.loads((archived(node, correction))["original"])["title"] == "Benar"


@pytest.mark.parametrize("how", ["deleted", "status canceled"])
def test_an_article_taken_down_answers_410_and_stays_away_when_the_old_one_is_replayed(
    producer: httpx.Client, searcher: httpx.Client, node: OpenSearch, how: str
) -> None:
    source, native_id = "gone.example", how.replace(" ", "-")
    old = {"updated_at": "2026-01-01T08:00:00+07:00", "title": "Rahasia"}
    first = put(producer, source, native_id, **old)
    shown(searcher, first)
    if how == "deleted":
        answer = producer.delete(f"/v1/articles/{source}/{native_id}", params={"reason": "fakta keliru"})
        assert answer.status_code == 202, answer.text
    else:
        put(producer, source, native_id, status="canceled", reason="fakta keliru")
    address = f"/v1/articles/{first['article_id']}"
    eventually(lambda: searcher.get(address).status_code == 410, within_s=30, what="the article is gone")
    put(producer, source, native_id, **old)
    after = put(producer, source, f"{native_id}-after")
    shown(searcher, after)
    archived(node, after)
    assert searcher.get(address).status_code == 410
    node.indices.refresh(index="articles")
    assert not hits(searcher, source, q="Rahasia")

    def texts() -> list[Any]:
        node.indices.refresh(index="revisions")
        query = {"bool": {"filter": [{"term": {"article_id": first["article_id"]}}, {"term": {"redacted": False}}]}}
        found = node.search(index="revisions", body={"query": query})["hits"]["hits"]
        return [hit for hit in found if hit["_source"]["status"] != "canceled"]

    eventually(lambda: not texts(), within_s=30, what="no text of it is left in the archive")


def test_a_withheld_article_is_kept_but_not_shown(producer: httpx.Client, searcher: httpx.Client, node: OpenSearch) -> None:
    accepted = put(producer, "withheld.example", "1", status="withheld")
    after = put(producer, "withheld.example", "2")
    shown(searcher, after)
    archived(node, accepted)
    assert not searcher.get(f"/v1/articles/{accepted['article_id']}").is_success
    assert node.get(index="articles", id=accepted["article_id"])["_source"]["status"] == "withheld"


def test_an_html_page_is_found_with_what_it_says_about_ai(producer: httpx.Client, searcher: httpx.Client) -> None:
    paragraphs = "".join(
        f"<p>The harbour council met for the {n}th time this year, and the fishermen of the old town listened.</p>" for n in range(6)
    )
    page = f"""<!doctype html><html lang="en"><head><title>Harbour council meets | Example</title></head>
      <body><nav><a href="/">Home</a></nav>
      <article><h1>Harbour council meets</h1><p>By Ada Example</p>{paragraphs}
      <p>This article was written with the help of artificial intelligence and reviewed by our editors.</p></article></body></html>"""
    answer = producer.post(
        "/v1/articles", params={"url": "https://page.example/harbour"}, content=page.encode(), headers={"content-type": "text/html"}
    )
    assert answer.status_code == 202, answer.text
    article = shown(searcher, answer.json())
    assert article["title"] == "Harbour council meets"
    assert article["language"] == "en"
    assert article["ai_disclosure"]["summary"]["status"] == "disclosed_ai_used"
    assert "fishermen" in article["body"]
    eventually(lambda: hits(searcher, "page.example", ai="disclosed", q="harbours"), within_s=30, what="it is found by a word form")


def test_the_seed_page_is_found_by_the_command_line(system: LocalRun, eval_dir: Path) -> None:
    page = eval_dir / "data/articles/tribunnews-page-dump.txt"
    assert system.kabar("push", str(page)).returncode == 0
    found = eventually(
        lambda: (answer := system.kabar("search", "Ishiba", "--ai", "disclosed", "--json")).returncode == 0 and answer.stdout,
        within_s=30,
        what="the seed page is found",
    )
    assert json.loads(str(found))["results"][0]["title"] == "Kerja Sama Militer Rusia dan Korut Dikecam oleh AS dan Sekutu"


def test_hostile_entries_are_given_up_with_a_reason_and_hold_nobody_up(
    system: LocalRun, producer: httpx.Client, searcher: httpx.Client
) -> None:
    from kabar_contracts.streams import RAW, RAW_DEAD  # noqa: PLC0415
    from redis import Redis  # noqa: PLC0415

    with Redis.from_url(system.process("redis")["address"]) as redis:
        before = redis.xlen(RAW_DEAD.name)
        hostile: list[dict[str | bytes, str | bytes]] = [
            {"data": "{"},
            {"nothing": "here"},
            {"data": b"\xff\xfe", "article_id": "x", "revision": "1"},
            {"data": "{}", "article_id": "0" * 32, "revision": "now"},
        ]
        for fields in hostile:
            redis.xadd(RAW.name, fields)
        accepted = put(producer, "neighbour.example", "1")
        shown(searcher, accepted)
        eventually(lambda: redis.xlen(RAW_DEAD.name) == before + len(hostile), within_s=30, what="each has its dead letter")
        assert redis.xpending(RAW.name, "enrich")["pending"] == 0
