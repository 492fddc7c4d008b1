"""A large archive and index, written straight into OpenSearch: what an audit has to get through."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import orjson
from opensearchpy import AsyncOpenSearch

_BULK: Final = 2_000
_MOMENT: Final = "2026-05-04T12:00:00+00:00"


async def write_many(client: AsyncOpenSearch, articles: int) -> int:
    """So many articles with small originals; every tenth is corrected, every twentieth taken down. Returns how many revisions."""
    revisions = 0
    lines: list[bytes] = []
    for number in range(articles):
        article_id = hashlib.sha256(b"%d" % number).hexdigest()[:32]
        for action in _documents(article_id, number):
            revisions += action[0] == "revisions" and not action[1].endswith("takedown")
            lines += [orjson.dumps({"index": {"_index": action[0], "_id": action[1]}}), orjson.dumps(action[2])]
        if len(lines) >= _BULK * 2:
            await _send(client, lines)
            lines = []
    await _send(client, lines)
    await client.indices.refresh(index="articles,revisions")
    return revisions


def _documents(article_id: str, number: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    statuses = ["usable", "usable"] if number % 10 == 0 else ["usable", "canceled"] if number % 20 == 7 else ["usable"]
    is_taken_down = statuses[-1] == "canceled"
    for at, status in enumerate(statuses, start=1):
        revision = at * 1_000
        original = f'{{"article_id":"{article_id}","revision":{revision}}}'
        document: dict[str, Any] = {
            "kind": "revision",
            "article_id": article_id,
            "revision": revision,
            "status": status,
            "source": "warta.example",
            "entry_id": f"{1_700_000_000_000 + number}-{at}",
            "stream": "{articles}.raw.v1",
            "accepted_at": _MOMENT,
            "archived_at": _MOMENT,
            "content_sha256": _content(article_id, revision),
            "original_sha256": hashlib.sha256(original.encode()).hexdigest(),
            "original_encoding": "utf-8",
            "redacted": is_taken_down,
        }
        yield "revisions", f"{article_id}.{revision}", document if is_taken_down else document | {"original": original}
    newest = len(statuses) * 1_000
    if is_taken_down:
        mark = {"kind": "takedown", "article_id": article_id, "revision": newest, "status": "canceled", "accepted_at": _MOMENT}
        yield "revisions", f"{article_id}.takedown", mark
    content = _content(article_id, newest)
    yield "articles", article_id, {"article_id": article_id, "revision": newest, "status": statuses[-1], "content_sha256": content}


def _content(article_id: str, revision: int) -> str:
    return hashlib.sha256(f"{article_id}.{revision}".encode()).hexdigest()


async def _send(client: AsyncOpenSearch, lines: list[bytes]) -> None:
    if not lines:
        return
    answer = await client.bulk(body=b"\n".join(lines) + b"\n", params={"filter_path": "errors"})
    if answer["errors"]:
        message = "documents of the large world were refused"
        raise AssertionError(message)
