"""OpenSearch and its client: versions, tombstones, mappings, highlights and requests as the services rely on them."""

from typing import Any

import orjson
import pytest
from kabar_index.mappings import LARGEST_TERM_BYTES
from kabar_index.opensearch_bulk import ANSWER_FILTER, Action, bulk_body
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConflictError, NotFoundError, OpenSearchException, RequestError
from scripted_opensearch import Reply, ScriptedOpenSearch, answer, hang_up, scripted_opensearch, silence
from waiting import wait_until

INDEX, ALIAS = "facts-000001", "facts-write"


async def create(client: AsyncOpenSearch, *, mappings: Any = None, **settings: Any) -> None:
    """An index with an alias; `refresh_interval` is off unless told otherwise, so that a test decides what is visible."""
    index = {"number_of_replicas": 0, "refresh_interval": -1} | settings
    body: dict[str, Any] = {"settings": {"index": index}, "mappings": mappings or {}, "aliases": {ALIAS: {}}}
    await client.indices.create(index=INDEX, body=body)


async def put(client: AsyncOpenSearch, version: int, *, title: str = "x") -> Any:
    return await client.index(index=ALIAS, id="a", body={"title": title}, params={"version": version, "version_type": "external_gte"})


async def title(client: AsyncOpenSearch) -> str:
    return str((await client.get(index=ALIAS, id="a"))["_source"]["title"])


async def test_a_newer_version_wins_and_an_older_one_is_refused_with_409(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch)
    await put(opensearch, 5, title="five")
    await put(opensearch, 7, title="seven")
    with pytest.raises(ConflictError) as refused:
        await put(opensearch, 6, title="six")
    assert refused.value.status_code == 409
    assert refused.value.error == "version_conflict_engine_exception"
    assert await title(opensearch) == "seven"


async def test_an_equal_version_overwrites(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch)
    await put(opensearch, 5, title="first")
    assert (await put(opensearch, 5, title="again"))["result"] == "updated"
    assert await title(opensearch) == "again"


async def test_a_deleted_document_is_revived_by_an_older_version_once_its_deletion_is_forgotten(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch, gc_deletes="300ms")
    await put(opensearch, 5)
    await opensearch.delete(index=ALIAS, id="a", params={"version": 9, "version_type": "external_gte"})
    with pytest.raises(ConflictError):
        await put(opensearch, 6)

    async def is_revived() -> bool:
        await opensearch.indices.refresh(index=ALIAS)
        try:
            return bool((await put(opensearch, 6, title="revived"))["result"] == "created")
        except ConflictError:
            return False

    await wait_until(is_revived, within_s=10, what="the older version is written")


async def test_a_tombstone_keeps_older_versions_out_after_deletions_are_forgotten(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch, gc_deletes="1ms")
    await put(opensearch, 5)
    await put(opensearch, 9, title="tombstone")
    await opensearch.indices.refresh(index=ALIAS)
    await opensearch.indices.forcemerge(index=ALIAS, params={"max_num_segments": 1})
    with pytest.raises(ConflictError):
        await put(opensearch, 6)


async def bulk(client: AsyncOpenSearch, index: str, *documents: Any, **params: str) -> Any:
    actions = [
        Action(document_id=str(number), version=number + 1, source=orjson.dumps(document)) for number, document in enumerate(documents)
    ]
    return await client.bulk(body=bulk_body(actions), index=index, params=params)


async def test_a_missing_alias_is_refused_with_404_an_item_where_an_alias_is_required(opensearch: AsyncOpenSearch) -> None:
    said = await bulk(opensearch, "facts-missing", {"n": 1}, {"n": 2}, require_alias="true")
    assert [(item["index"]["status"], item["index"]["error"]["type"]) for item in said["items"]] == [(404, "index_not_found_exception")] * 2
    assert not await opensearch.indices.exists(index="facts-missing")


async def test_a_missing_alias_becomes_an_index_of_that_name_where_none_is_required(opensearch: AsyncOpenSearch) -> None:
    await opensearch.cluster.put_settings(body={"transient": {"action.auto_create_index": "true"}})
    try:
        await bulk(opensearch, "facts-missing", {"n": 1})
        assert await opensearch.indices.exists(index="facts-missing")
    finally:
        await opensearch.cluster.put_settings(body={"transient": {"action.auto_create_index": None}})


async def test_the_filter_of_a_bulk_answer_keeps_what_is_read_of_it(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch, mappings={"dynamic": "strict", "properties": {"at": {"type": "date"}}})
    said = await bulk(opensearch, ALIAS, {"at": "2026-01-01"}, {"at": "never"}, filter_path=ANSWER_FILTER)
    good, bad = (item["index"] for item in said["items"])
    assert said.keys() == {"errors", "items"}
    assert said["errors"] is True
    assert good == {"_id": "0", "status": 201}
    assert (bad["_id"], bad["status"], bad["error"]["type"]) == ("1", 400, "mapper_parsing_exception")
    assert bad["error"]["caused_by"].keys() == {"type", "reason"}
    assert "at" in bad["error"]["reason"]


async def test_a_field_that_a_strict_mapping_does_not_know_is_refused(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch, mappings={"dynamic": "strict", "properties": {"known": {"properties": {"title": {"type": "text"}}}}})
    said = await bulk(opensearch, ALIAS, {"other": 1}, {"known": {"other": 1}}, {"known": {"title": "x"}})
    errors = [item["index"].get("error", {}).get("type") for item in said["items"]]
    assert errors == ["strict_dynamic_mapping_exception", "strict_dynamic_mapping_exception", None]


async def test_a_flat_field_takes_any_names_and_refuses_a_term_that_lucene_cannot_hold(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch, mappings={"dynamic": "strict", "properties": {"extra": {"type": "flat_object"}}})
    said = await bulk(
        opensearch,
        ALIAS,
        {"extra": {f"name {number}": {"inner": number} for number in range(2_000)}},
        {"extra": {"long": "x" * (LARGEST_TERM_BYTES + 1)}},
    )
    fits, immense = (item["index"] for item in said["items"])
    assert fits["status"] == 201
    assert immense["status"] == 400
    assert "immense" in str(immense["error"])


async def test_a_keyword_that_is_too_long_is_refused_unless_it_may_be_ignored(opensearch: AsyncOpenSearch) -> None:
    names = {"bare": {"type": "keyword"}, "bounded": {"type": "keyword", "ignore_above": LARGEST_TERM_BYTES // 4}}
    await create(opensearch, mappings={"dynamic": "strict", "properties": names})
    said = await bulk(opensearch, ALIAS, {"bare": "x" * (LARGEST_TERM_BYTES + 1)}, {"bounded": "\U0001f600" * LARGEST_TERM_BYTES})
    assert [item["index"]["status"] for item in said["items"]] == [400, 201]


async def test_a_highlight_is_escaped_only_by_the_html_encoder(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch, mappings={"properties": {"body": {"type": "text"}}})
    await opensearch.index(index=ALIAS, body={"body": "<script>fox</script> & hen"}, params={"refresh": "true"})

    async def highlight(**options: str) -> str:
        body = {"query": {"match": {"body": "fox"}}, "highlight": {"fields": {"body": {}}, **options}}
        hits = (await opensearch.search(index=ALIAS, body=body))["hits"]["hits"]
        return str(hits[0]["highlight"]["body"][0])

    assert await highlight() == "<script><em>fox</em></script> & hen"
    escaped = await highlight(encoder="html")
    assert "<script>" not in escaped
    assert "<em>fox</em>" in escaped
    assert "&amp; hen" in escaped


async def test_mget_sees_a_document_at_once_and_a_search_only_after_a_refresh(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch)
    await put(opensearch, 1)

    async def found() -> int:
        return int((await opensearch.count(index=ALIAS))["count"])

    assert (await opensearch.mget(index=ALIAS, body={"ids": ["a"]}))["docs"][0]["found"]
    assert await found() == 0
    await opensearch.indices.refresh(index=ALIAS)
    assert await found() == 1


async def test_an_mget_of_a_missing_index_is_an_error_of_the_document_and_not_of_the_request(opensearch: AsyncOpenSearch) -> None:
    said = await opensearch.mget(body={"docs": [{"_index": "facts-missing", "_id": "a"}]})
    assert said["docs"][0]["error"]["type"] == "index_not_found_exception"
    assert "found" not in said["docs"][0]


async def test_pages_end_at_ten_thousand_results(opensearch: AsyncOpenSearch) -> None:
    await create(opensearch)
    await opensearch.search(index=ALIAS, body={"from": 9_900, "size": 100})
    with pytest.raises(RequestError, match="Result window is too large"):
        await opensearch.search(index=ALIAS, body={"from": 9_901, "size": 100})


async def test_the_mapping_of_a_missing_alias_is_404(opensearch: AsyncOpenSearch) -> None:
    with pytest.raises(NotFoundError):
        await opensearch.indices.get_mapping(index="facts-missing")


UNAVAILABLE = answer(503, {})


async def requests_sent(server: ScriptedOpenSearch, **options: Any) -> int:
    async with AsyncOpenSearch(server.url, **options) as client:
        with pytest.raises(OpenSearchException):
            await client.bulk(body=b"{}\n{}\n")
    return len(server.requests)


@pytest.mark.parametrize("reply", [UNAVAILABLE, hang_up, silence], ids=["503", "a cut connection", "silence"])
async def test_a_client_without_retries_sends_a_request_once(reply: Reply) -> None:
    async with scripted_opensearch(reply) as server:
        assert await requests_sent(server, max_retries=0, retry_on_status=(), timeout=0.3) == 1


async def test_a_client_by_default_sends_a_request_again_and_again_after_503() -> None:
    async with scripted_opensearch(UNAVAILABLE) as server:
        assert await requests_sent(server, timeout=2) == 4
