"""However many articles wait, a push adds one and takes none away."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
from kabar_chassis.redis_client import connect
from kabar_contracts.streams import RAW
from kabar_embedded import start_redis
from long_streams import WAITING, fill

StartIngest = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


async def test_pushes_shorten_no_stream_however_long_it_is(start_ingest: StartIngest, tmp_path: Path) -> None:
    article = {"url": "https://www.warta.example/1", "title": "Judul", "body": "Isi."}
    # A server of its own: at the shared one another ingest would see so long a backlog, and refuse what other tests push.
    with start_redis(tmp_path / "redis") as server:
        async with connect(server.url) as redis, start_ingest(server.url, backlog_entries=WAITING * 2) as ingest:
            await fill(redis, RAW.name)
            single = await ingest.post("/v1/articles", json=article)
            batch = await ingest.post("/v1/articles", content=json.dumps(article), headers={"content-type": "application/x-ndjson"})
            written = await redis.xlen(RAW.name)

    assert (single.status_code, batch.status_code) == (202, 202)
    assert written == WAITING + 2
