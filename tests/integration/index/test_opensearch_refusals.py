"""A real node that refuses: what the worker makes of it, and that it heals without a hand once the cause is gone."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
import pytest
from articles import NOON, enriched_article, enriched_fields
from kabar_chassis.delivery.outcome import Blocked, Dead, Delivery, Done, Outcome, Reason, Retry
from kabar_embedded import RunningServer, start_opensearch
from kabar_index.articles import article_handler
from kabar_index.mappings import ARTICLES_WRITE
from kabar_index.migration import migrate
from kabar_index.opensearch_bulk import LARGE_BYTES, Action, write
from opensearchpy import AsyncOpenSearch
from waiting import wait_until

INDEX = "articles-000001"


@pytest.fixture(scope="module")
def own_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A node whose settings may be changed, which takes small requests and looks at its disk often."""
    settings = {"http.max_content_length": "2mb", "cluster.info.update.interval": "10s"}
    with start_opensearch(tmp_path_factory.mktemp("opensearch"), settings=settings) as node:
        yield node


@pytest.fixture
async def node(own_node: RunningServer) -> AsyncIterator[AsyncOpenSearch]:
    async with AsyncOpenSearch(own_node.url, timeout=20, max_retries=0) as client:
        await client.cluster.put_settings(body={"persistent": {"*": None}})
        for row in await client.cat.indices(params={"format": "json", "expand_wildcards": "all"}):
            await client.indices.delete(index=row["index"])
        await migrate(client, replicas=0, say=lambda _: None)
        yield client


async def index(client: AsyncOpenSearch, *numbers: int) -> list[Outcome]:
    handle = article_handler(client, now=lambda: NOON)
    return list(await handle([Delivery(entry_id=b"%d-0" % n, fields=enriched_fields(enriched_article(n))) for n in numbers]))


async def blocks(client: AsyncOpenSearch, *, why: str) -> None:
    outcomes = await index(client, 1, 2)
    assert [type(outcome) for outcome in outcomes] == [Blocked, Blocked]
    assert all(why in outcome.why for outcome in outcomes if isinstance(outcome, Blocked)), outcomes


async def heals(client: AsyncOpenSearch, *, within_s: float = 5) -> None:
    async def is_done() -> bool:
        return await index(client, 1, 2) == [Done(), Done()]

    await wait_until(is_done, within_s=within_s, what="both articles are written")


async def change(client: AsyncOpenSearch, **settings: Any) -> None:
    await client.indices.put_settings(index=INDEX, body={"index": settings}, params={"expand_wildcards": "all"})


@pytest.mark.parametrize("block", ["write", "read_only", "read_only_allow_delete"])
async def test_an_index_that_is_closed_for_writing_blocks(node: AsyncOpenSearch, block: str) -> None:
    await change(node, blocks={block: True})
    await blocks(node, why="cluster_block_exception")
    await change(node, blocks={block: None})
    await heals(node)


async def test_a_cluster_that_is_closed_for_writing_blocks(node: AsyncOpenSearch) -> None:
    await node.cluster.put_settings(body={"persistent": {"cluster.blocks.read_only": True}})
    await blocks(node, why="cluster read-only")
    await node.cluster.put_settings(body={"persistent": {"cluster.blocks.read_only": None}})
    await heals(node)


async def test_a_missing_alias_blocks_and_makes_no_index(node: AsyncOpenSearch) -> None:
    await node.indices.delete_alias(index=INDEX, name=ARTICLES_WRITE)
    await blocks(node, why="require_alias")
    assert not await node.indices.exists(index=ARTICLES_WRITE)
    await node.indices.put_alias(index=INDEX, name=ARTICLES_WRITE, body={"is_write_index": True})
    await heals(node)


async def test_a_missing_index_blocks(node: AsyncOpenSearch) -> None:
    await node.indices.delete(index=INDEX)
    await blocks(node, why="articles-write")
    await migrate(node, replicas=0, say=lambda _: None)
    await heals(node)


async def test_a_closed_index_blocks(node: AsyncOpenSearch) -> None:
    await node.indices.close(index=INDEX)
    await blocks(node, why="closed")
    await node.indices.open(index=INDEX)
    await heals(node)


async def test_an_alias_without_a_write_index_blocks(node: AsyncOpenSearch) -> None:
    await node.indices.create(index="articles-000002")
    both = [{"add": {"index": name, "alias": ARTICLES_WRITE, "is_write_index": False}} for name in (INDEX, "articles-000002")]
    await node.indices.update_aliases(body={"actions": both})
    await blocks(node, why="no write index")
    await node.indices.update_aliases(body={"actions": [{"add": {"index": INDEX, "alias": ARTICLES_WRITE, "is_write_index": True}}]})
    await heals(node)


async def test_an_index_whose_shard_is_nowhere_passes(node: AsyncOpenSearch, own_node: RunningServer) -> None:
    await node.indices.delete(index=INDEX)
    nowhere = {"settings": {"index.routing.allocation.require._name": "nobody"}, "aliases": {ARTICLES_WRITE: {}, "articles": {}}}
    await node.indices.create(index=INDEX, body=nowhere, params={"wait_for_active_shards": "0"})
    async with AsyncOpenSearch(own_node.url, timeout=1, max_retries=0) as impatient:
        outcomes = await index(impatient, 1, 2)
    assert [type(outcome) for outcome in outcomes] == [Retry, Retry]
    await change(node, **{"routing.allocation.require._name": None})
    await heals(node)


async def test_an_index_with_another_mapping_blocks_and_no_good_article_is_given_up(node: AsyncOpenSearch) -> None:
    older = {"mappings": {"dynamic": "strict", "_meta": {"mapping_version": 0}, "properties": {"title": {"type": "date"}}}}
    await node.indices.create(index="older", body=older)
    move = [{"remove": {"index": INDEX, "alias": ARTICLES_WRITE}}, {"add": {"index": "older", "alias": ARTICLES_WRITE}}]
    await node.indices.update_aliases(body={"actions": move})
    await blocks(node, why="mapping version 0")
    back = [{"remove": {"index": "older", "alias": ARTICLES_WRITE}}, {"add": {"index": INDEX, "alias": ARTICLES_WRITE}}]
    await node.indices.update_aliases(body={"actions": back})
    await heals(node)


async def test_a_disk_at_flood_stage_blocks_and_nobody_must_lift_it(node: AsyncOpenSearch) -> None:
    watermark = "cluster.routing.allocation.disk.watermark"
    full = {f"{watermark}.{name}": "900tb" for name in ("low", "high", "flood_stage")}
    await node.cluster.put_settings(body={"persistent": full})

    async def is_blocked() -> bool:
        return isinstance((await index(node, 1))[0], Blocked)

    await wait_until(is_blocked, within_s=30, what="the node has seen its disk")
    await blocks(node, why="disk usage exceeded flood-stage watermark")
    await node.cluster.put_settings(body={"persistent": dict.fromkeys(full)})
    await heals(node, within_s=30)


async def test_a_document_over_the_nodes_limit_is_given_up_and_its_neighbours_are_written(node: AsyncOpenSearch) -> None:
    large = json_action("large", {"source_text": "x" * (3 * LARGE_BYTES)})
    outcomes = await write(node, ARTICLES_WRITE, [json_action("a", {}), large, json_action("b", {})])
    assert [type(outcome) for outcome in outcomes] == [Done, Dead, Done]
    assert isinstance(outcomes[1], Dead)
    assert outcomes[1].reason is Reason.DOCUMENT_TOO_LARGE


async def test_a_batch_over_the_nodes_limit_is_written_in_parts(node: AsyncOpenSearch) -> None:
    # Heads count too: many small documents are within our own limit and over the node's.
    actions = [json_action(f"{number:0400d}", {}) for number in range(5_000)]
    assert await write(node, ARTICLES_WRITE, actions) == [Done()] * 5_000


def json_action(document_id: str, document: dict[str, Any] | bytes) -> Action:
    source = document if isinstance(document, bytes) else orjson.dumps(document)
    return Action(document_id=document_id, version=1, source=source)


def nested(levels: int) -> bytes:
    return b'{"blocks":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


HOSTILE: dict[str, bytes | dict[str, Any]] = {
    "nothing": b"",
    "half an object": b"{",
    "two objects": b"{}{}",
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"7",
    "null": b"null",
    "a name that comes twice": b'{"title":"a","title":"b"}',
    "a number that is none": b'{"revision":NaN}',
    "bytes that are no UTF-8": b'{"title":"\xff\xfe"}',
    "a control character": b'{"title":"\x01"}',
    "a number of 5,000 digits": b'{"extra":{"n":' + b"9" * 5_000 + b"}}",
    "1,100 levels": nested(1_100),
    "a date that is none": {"published_at": "yesterday"},
    "a year that never comes": {"published_at": "999999999-01-01T00:00:00Z"},
    "an object for a text": {"title": {"a": 1}},
    "a list of objects for a text": {"title": [{"a": 1}]},
    "a text for an object": {"provenance": "x"},
    "a field that nobody knows": {"unknown": 1},
    "an inner field that nobody knows": {"tags": {"unknown": 1}},
    "a language that nobody knows": {"localized": {"klingon": {"body": "x"}}},
    "a whole number beyond 64 bits": b'{"revision":18446744073709551616}',
    "a short number beyond 16 bits": {"schema_version": 70_000},
    "a number beyond all": b'{"tags":{"keywords":[{"name":"a","score":1e999}]}}',
    "a flat field that is a list": {"extra": [1]},
    "a flat field that is a text": {"extra": "x"},
    "a name of 60,000 characters": {"extra": {"k" * 60_000: 1}},
    "a term that is too long": {"extra": {"k": "v" * 40_000}},
    "a name of a dot": {".": 1},
    "no name": {"": 1},
    "a field of OpenSearch's own": {"_id": "x"},
    "the source of itself": {"_source": 1},
}


@pytest.fixture(scope="module")
async def all_hostile(own_node: RunningServer) -> dict[str, Outcome]:
    """What becomes of every hostile document, all in one batch with a good one at each end."""
    async with AsyncOpenSearch(own_node.url, timeout=20, max_retries=0) as client:
        await migrate(client, replicas=0, say=lambda _: None)
        documents = {"first": {}, **HOSTILE, "last": {}}
        actions = [json_action(str(number), document) for number, document in enumerate(documents.values())]
        return dict(zip(documents, await write(client, ARTICLES_WRITE, actions), strict=True))


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_document_that_can_never_be_written_is_given_up(all_hostile: dict[str, Outcome], name: str) -> None:
    outcome = all_hostile[name]
    assert isinstance(outcome, Dead)
    assert outcome.reason is Reason.DOCUMENT_REJECTED
    assert len(outcome.detail) < 2_000


@pytest.mark.parametrize("name", ["first", "last"])
async def test_its_neighbours_are_written(all_hostile: dict[str, Outcome], name: str) -> None:
    assert all_hostile[name] == Done()


async def test_a_nesting_that_ends_the_node_cannot_get_into_a_message() -> None:
    # Some 900 levels in a flat field are never answered: the node's thread runs out of stack.
    message = json.loads(enriched_article().model_dump_json()) | {"extra": "HERE"}
    data = json.dumps(message).replace('"HERE"', '{"a":' * 400 + "1" + "}" * 400).encode()
    handle = article_handler(AsyncOpenSearch("http://127.0.0.1:1"), now=lambda: NOON)
    (outcome,) = await handle([Delivery(entry_id=b"1-0", fields=dict(enriched_fields(enriched_article())) | {b"data": data})])
    assert isinstance(outcome, Dead)
    assert outcome.reason is Reason.INVALID_MESSAGE
