"""Real pages and articles go in as they are."""

import gzip
import json
from pathlib import Path
from typing import Any

import httpx
from kabar_contracts.entry import decode
from kabar_contracts.streams import RAW
from redis.asyncio import Redis


async def test_every_real_page_is_accepted_in_its_bytes(ingest: httpx.AsyncClient, redis: Redis, eval_dir: Path) -> None:
    folder = eval_dir / "data" / "news-pages"
    pages = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    sent = {page["url"]: (folder / "pages" / f"{page['id']}.html.gz").read_bytes() for page in pages}

    statuses = [
        (
            await ingest.post(
                "/v1/articles", params={"url": url}, content=packed, headers={"content-type": "text/html", "content-encoding": "gzip"}
            )
        ).status_code
        for url, packed in sent.items()
    ]

    assert set(statuses) == {202}
    rows: Any = await redis.xrange(RAW.name)
    assert [decode(fields).page for _, fields in rows] == [gzip.decompress(packed) for packed in sent.values()]


async def test_a_real_batch_is_accepted_line_by_line(ingest: httpx.AsyncClient, redis: Redis, eval_dir: Path) -> None:
    content = (eval_dir / "data" / "detik-500" / "articles.jsonl").read_bytes()

    answer = await ingest.post("/v1/articles", content=content, headers={"content-type": "application/jsonl"})

    assert answer.status_code == 202
    assert await redis.xlen(RAW.name) == len(content.splitlines()) == len(answer.text.splitlines())


async def test_a_real_page_dump_is_accepted_without_a_word_about_it(ingest: httpx.AsyncClient, redis: Redis, eval_dir: Path) -> None:
    content = (eval_dir / "data" / "articles" / "tribunnews-page-dump.txt").read_bytes()

    answer = await ingest.post("/v1/articles", content=content, headers={"content-type": "text/plain"})

    assert answer.status_code == 202
    rows: Any = await redis.xrange(RAW.name)
    [(_, fields)] = rows
    assert json.loads(decode(fields).data)["body"].encode() == content
