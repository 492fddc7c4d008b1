"""What the archive makes of bad answers to its own questions: no revision is lost, no takedown is done by half.

The batch has a revision that was taken down before (`late`), one that was not (`kept`), and a takedown. The looks of
the first two and of the third are broken in turn; whoever could not look is tried again, the others are done.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
import scripted_opensearch as scripted
from articles import NOON, raw_article, raw_fields
from kabar_chassis.delivery.outcome import Blocked, Dead, Delivery, Done, Outcome, Retry
from kabar_index.archive import archive_handler
from kabar_index.mappings import MAPPING_VERSION
from kabar_index.opensearch_client import connect
from kabar_index.settings import Settings
from opensearchpy import AsyncOpenSearch
from pydantic import SecretStr
from scripted_opensearch import Exchange, Reply, answer, error

LATE, KEPT, TAKEDOWN = raw_article(1, revision=1_000), raw_article(2, revision=1_000), raw_article(3, revision=2_000, status="canceled")
BATCH = [
    Delivery(entry_id=b"%d-0" % (1_700_000_000_000 + number), fields=raw_fields(article))
    for number, article in enumerate((LATE, KEPT, TAKEDOWN))
]
LATE_ID, KEPT_ID, TAKEDOWN_ID = (f"{article.article_id}.{article.revision}" for article in (LATE, KEPT, TAKEDOWN))
MARK_ID = f"{TAKEDOWN.article_id}.takedown"

WHOLE: dict[str, Any] = {"_shards": {"total": 1, "successful": 1, "failed": 0}}
PARTIAL: dict[str, Any] = {"_shards": {"total": 2, "successful": 1, "failed": 1}}
NO_HITS: dict[str, Any] = {"timed_out": False, **WHOLE, "hits": {"hits": []}}
MARK_OF_LATE = {"_id": f"{LATE.article_id}.takedown", "found": True, "_source": {"revision": 1_500}}
NO_MARK_OF_KEPT = {"_id": f"{KEPT.article_id}.takedown", "found": False}
MARKS = sorted([MARK_OF_LATE, NO_MARK_OF_KEPT], key=lambda row: str(row["_id"]))
HTML_PAGE = answer(200, b"<html>Log in</html>", content_type=scripted.HTML)


def node(**changed: Reply) -> Reply:
    """A node that answers as it should, but for what is changed."""
    good = {
        "_bulk": scripted.bulk_answer(),
        "_mget": answer(200, {"docs": MARKS}),
        "_refresh": answer(200, WHOLE),
        "_search": answer(200, NO_HITS),
        "_mapping": answer(200, {"revisions-000001": {"mappings": {"_meta": {"mapping_version": MAPPING_VERSION}}}}),
    }
    return scripted.by_path(good | changed)


def marks(rows: Any) -> Reply:
    return answer(200, {"docs": rows})


def found(*hits: Mapping[str, Any], **more: Any) -> Reply:
    return answer(200, {**NO_HITS, "hits": {"hits": list(hits)}, **more})


@asynccontextmanager
async def archive(reply: Reply, *, timeout_s: float = 5) -> AsyncIterator[tuple[scripted.ScriptedOpenSearch, AsyncOpenSearch]]:
    async with scripted.scripted_opensearch(reply) as server:
        client = connect(Settings(redis_url=SecretStr("redis://unused"), opensearch_url=server.url, opensearch_timeout_s=timeout_s))
        try:
            yield server, client
        finally:
            await client.close()


async def keep(client: AsyncOpenSearch) -> Sequence[Outcome]:
    return await archive_handler(client, stream="raw", now=lambda: NOON)(BATCH)


def sources(server: scripted.ScriptedOpenSearch, document_id: str) -> list[dict[str, Any]]:
    """What was sent of one document, in order."""
    bulks = [request.body.splitlines() for request in server.requests if "/_bulk" in request.target]
    return [
        orjson.loads(source)
        for lines in bulks
        for head, source in zip(lines[::2], lines[1::2], strict=True)
        if orjson.loads(head)["index"]["_id"] == document_id
    ]


BAD_ANSWERS = {
    "an outage": error(503, "unavailable_shards_exception"),
    "a gateway's page": answer(502, b"<html>", content_type=scripted.HTML),
    "a rejection": error(429, "rejected_execution_exception"),
    "an answer that is cut off": scripted.raw(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"docs"'),
    "a reset connection": scripted.reset,
    "a closed connection": scripted.hang_up,
    "an empty answer": answer(200, b""),
    "an empty object": answer(200, {}),
    "null": answer(200, None),
    "a list": answer(200, []),
    "half of a JSON": answer(200, b'{"docs": ['),
    "an error that is a list": answer(500, []),
    "a login page": HTML_PAGE,
    "a missing index": error(404, "index_not_found_exception"),
    "missing rights": error(403, "security_exception"),
    "wrong credentials": answer(401, b"Unauthorized", content_type="text/plain"),
}
SOMEBODY_MUST_ACT = {"a login page", "a missing index", "missing rights", "wrong credentials"}

UNCLEAR_MARKS = {
    "no rows": marks([]),
    "rows that are no list": marks("none"),
    "one row too few": marks(MARKS[:1]),
    "one row too many": marks([*MARKS, MARKS[0]]),
    "rows in another order": marks(MARKS[::-1]),
    "a shard that could not answer": marks([{**row, "found": None, "error": {"type": "no_shard_available"}} for row in MARKS]),
    "an error instead of an answer": marks([{"_id": row["_id"], "error": {"type": "index_closed_exception"}} for row in MARKS]),
    "rows without ids": marks([{"found": False}, {"found": False}]),
    "rows that are null": marks([None, None]),
    "a mark without its revision": marks([{**row, "found": True, "_source": {}} for row in MARKS]),
    "a mark whose revision is no number": marks([{**row, "found": True, "_source": {"revision": "1"}} for row in MARKS]),
}

UNCLEAR_TEXTS = {
    "a shard that failed": found(**PARTIAL),
    "no shard at all": found(_shards={"total": 0, "successful": 0, "failed": 0}),
    "no word about shards": answer(200, {"timed_out": False, "hits": {"hits": []}}),
    "a search that ran out of time": found(timed_out=True),
    "no word about time": answer(200, {**WHOLE, "hits": {"hits": []}}),
    "no hits": answer(200, {"timed_out": False, **WHOLE}),
    "hits that are no list": answer(200, {"timed_out": False, **WHOLE, "hits": {"hits": {}}}),
    "a hit without its version": found({"_id": "x", "_source": {}}),
    "a hit without its document": found({"_id": "x", "_version": 1}),
    "a hit without its id": found({"_version": 1, "_source": {}}),
    "a hit that is null": answer(200, {"timed_out": False, **WHOLE, "hits": {"hits": [None]}}),
}

UNCLEAR_REFRESHES = {
    "a shard that was not refreshed": answer(200, PARTIAL),
    "no shard that was refreshed": answer(200, {"_shards": {"total": 1, "successful": 0, "failed": 0}}),
}


@pytest.mark.parametrize("name", [*BAD_ANSWERS, *UNCLEAR_MARKS])
async def test_without_a_clear_look_for_marks_no_text_is_done_and_takedowns_are(name: str) -> None:
    async with archive(node(_mget=(BAD_ANSWERS | UNCLEAR_MARKS)[name])) as (server, client):
        late, kept, takedown = await keep(client)
        assert type(late) is type(kept) is (Blocked if name in SOMEBODY_MUST_ACT else Retry)
        assert takedown == Done()
        await heals(server, client)


@pytest.mark.parametrize("name", [*BAD_ANSWERS, *UNCLEAR_TEXTS])
async def test_without_a_clear_look_for_texts_no_takedown_is_done_and_texts_are(name: str) -> None:
    async with archive(node(_search=(BAD_ANSWERS | UNCLEAR_TEXTS)[name])) as (server, client):
        late, kept, takedown = await keep(client)
        assert late == kept == Done()
        assert type(takedown) is (Blocked if name in SOMEBODY_MUST_ACT else Retry)
        await heals(server, client)


@pytest.mark.parametrize("name", [*BAD_ANSWERS, *UNCLEAR_REFRESHES])
async def test_without_a_refresh_no_takedown_is_done_and_texts_are(name: str) -> None:
    async with archive(node(_refresh=(BAD_ANSWERS | UNCLEAR_REFRESHES)[name])) as (server, client):
        late, kept, takedown = await keep(client)
        assert late == kept == Done()
        assert type(takedown) is (Blocked if name in SOMEBODY_MUST_ACT else Retry)
        await heals(server, client)


async def heals(server: scripted.ScriptedOpenSearch, client: AsyncOpenSearch) -> None:
    server.script[:] = [node()]
    assert await keep(client) == [Done(), Done(), Done()]
    assert {LATE_ID, KEPT_ID, TAKEDOWN_ID, MARK_ID} <= set(server.written)
    assert "original" not in sources(server, LATE_ID)[-1]
    assert "original" in sources(server, KEPT_ID)[-1]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (scripted.refusal(503, "unavailable_shards_exception"), Retry),
        (scripted.refusal(403, "cluster_block_exception"), Blocked),
        (scripted.refusal(400, "mapper_parsing_exception"), Dead),
    ],
)
@pytest.mark.parametrize("document_id", [TAKEDOWN_ID, MARK_ID])
async def test_a_takedown_is_done_only_when_it_and_its_mark_are_written(
    document_id: str, item: dict[str, Any], expected: type[Outcome]
) -> None:
    async with archive(node(_bulk=scripted.bulk_answer({document_id: item}))) as (server, client):
        late, kept, takedown = await keep(client)
        assert late == kept == Done()
        assert isinstance(takedown, expected)
        assert not [request for request in server.requests if "/_search" in request.target]


async def test_an_outage_of_everything_gives_nothing_up() -> None:
    async with archive(error(503, "cluster_manager_not_discovered_exception")) as (server, client):
        assert [type(outcome) for outcome in await keep(client)] == [Retry] * 3
        assert len(server.requests) == 1
        await heals(server, client)


async def test_a_text_that_could_not_be_redacted_is_not_done() -> None:
    redaction_fails: list[Reply] = [scripted.bulk_answer(), scripted.bulk_answer({LATE_ID: scripted.refusal(503, "unavailable")})]

    async def bulk(exchange: Exchange) -> None:
        await (redaction_fails.pop(0) if redaction_fails else scripted.bulk_answer())(exchange)

    async with archive(node(_bulk=bulk)) as (server, client):
        late, kept, takedown = await keep(client)
        assert isinstance(late, Retry)
        assert kept == takedown == Done()
        await heals(server, client)


async def test_a_takedown_whose_texts_could_not_be_redacted_is_not_done() -> None:
    old = {"_id": "old.1", "_version": 7, "_source": {"kind": "revision"}}
    refused = scripted.bulk_answer({"old.1": scripted.refusal(429, "rejected_execution_exception")})
    async with archive(node(_bulk=refused, _search=found(old))) as (server, client):
        assert [type(outcome) for outcome in await keep(client)] == [Done, Done, Retry]
        await heals(server, client)


async def test_texts_that_are_still_there_after_they_were_overwritten_are_not_looked_for_without_end() -> None:
    old = {"_id": "old.1", "_version": 7, "_source": {"kind": "revision"}}
    async with archive(node(_search=found(old))) as (server, client):
        assert [type(outcome) for outcome in await asyncio.wait_for(keep(client), timeout=5)] == [Done, Done, Retry]
        await heals(server, client)


async def test_the_looks_see_what_was_just_written_and_refuse_to_see_half_of_it() -> None:
    async with archive(node()) as (server, client):
        await keep(client)
        looks = [request.target for request in server.requests if "_mget" in request.target or "_search" in request.target]
        assert len(looks) == 2
        assert all("preference=_primary" in target for target in looks)
        assert "allow_partial_search_results=false" in looks[1]


async def test_a_look_that_is_never_answered_is_tried_again() -> None:
    async with archive(node(_mget=scripted.silence), timeout_s=0.2) as (server, client):
        assert [type(outcome) for outcome in await keep(client)] == [Retry, Retry, Done]
        await heals(server, client)
