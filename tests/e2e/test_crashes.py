"""Nothing accepted is lost when services are killed in the middle of the work."""

import hashlib
import json
from collections.abc import Iterator

import httpx
from local_run import LocalRun
from opensearchpy import OpenSearch, helpers
from waiting import eventually

ARTICLES = 5_000
BATCH = 250
VICTIMS = ("ingest", "enrich", "index", "archive", "search")
"""Killed one after the other, while articles arrive."""


def lines_of(source: str) -> list[bytes]:
    return [
        json.dumps(
            {
                "source": source,
                "native_id": str(number),
                "url": f"https://{source}/{number}",
                "title": f"Judul nomor {number}",
                "body": f"Paragraf pembuka berita nomor {number}.\n\nPejabat setempat menyampaikan {number % 7} hal kepada warga.",
            }
        ).encode()
        for number in range(ARTICLES)
    ]


def push(system: LocalRun, lines: list[bytes]) -> Iterator[int]:
    """Push every line until it is accepted; what was cut off is unknown and sent again. Yields how many are accepted so far."""
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        while True:
            try:
                answer = httpx.post(
                    f"{system.ingest_url}/v1/articles",
                    content=b"\n".join(batch),
                    headers={"content-type": "application/x-ndjson"},
                    timeout=30,
                )
                answers = [json.loads(line) for line in answer.text.splitlines()]
            except (httpx.TransportError, ValueError):
                continue
            if len(answers) == len(batch) and all("receipt" in each for each in answers):
                break
        yield start + len(batch)


def hashes(node: OpenSearch, index: str, source: str) -> dict[str, set[str]]:
    """Article -> content hashes of its documents."""
    found: dict[str, set[str]] = {}
    query = {"query": {"term": {"source": source}}, "_source": ["article_id", "content_sha256"]}
    for hit in helpers.scan(node, index=index, query=query, size=2_000):
        found.setdefault(hit["_source"]["article_id"], set()).add(hit["_source"]["content_sha256"])
    return found


def count(node: OpenSearch, index: str, source: str) -> int:
    node.indices.refresh(index=index)
    return int(node.count(index=index, body={"query": {"term": {"source": source}}})["count"])


def test_every_article_arrives_when_each_service_is_killed_in_the_middle(system: LocalRun) -> None:
    source = "crash.example"
    lines = lines_of(source)
    killed: dict[str, int] = {}
    waiting = iter(VICTIMS)
    for accepted in push(system, lines):
        if accepted % (ARTICLES // len(VICTIMS)) == BATCH and (victim := next(waiting, None)) is not None:
            killed[victim] = system.kill(victim)
    assert set(killed) == set(VICTIMS)
    with OpenSearch(system.process("opensearch")["address"], timeout=60) as node:
        for index in ("articles", "revisions"):
            eventually(lambda index=index: count(node, index, source) >= ARTICLES, within_s=180, what=f"{ARTICLES} articles in {index}")  # type: ignore[misc]
        documents, revisions = hashes(node, "articles", source), hashes(node, "revisions", source)
    expected = {hashlib.sha256(line).hexdigest() for line in lines}
    assert len(documents) == ARTICLES
    assert set.union(*documents.values()) == expected
    assert set.union(*revisions.values()) == expected
    for victim, pid in killed.items():
        eventually(lambda victim=victim, pid=pid: system.process(victim)["pid"] != pid, within_s=30, what=f"{victim} runs again")  # type: ignore[misc]
