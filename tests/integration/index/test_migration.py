"""Indices made and brought to a newer mapping, on a real OpenSearch node."""

from typing import Any

import pytest
from articles import NOON, enriched_article, enriched_fields
from kabar_chassis.delivery.outcome import Delivery
from kabar_index import mappings, migration
from kabar_index.articles import article_handler
from kabar_index.migration import MigrationError, mapping_version, migrate
from opensearchpy import AsyncOpenSearch


def silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the release after this one had changed the mapping."""
    newer = mappings.MAPPING_VERSION + 1
    monkeypatch.setattr(mappings, "MAPPING_VERSION", newer)
    monkeypatch.setattr(migration, "MAPPING_VERSION", newer)


async def fill(client: AsyncOpenSearch, count: int) -> None:
    handle = article_handler(client, now=lambda: NOON)
    deliveries = [Delivery(entry_id=b"%d-0" % n, fields=enriched_fields(enriched_article(n, revision=5_000 + n))) for n in range(count)]
    await handle(deliveries)
    await client.indices.refresh(index="articles")


async def aliases(client: AsyncOpenSearch) -> dict[str, list[str]]:
    return {index: sorted(facts["aliases"]) for index, facts in (await client.indices.get_alias(index="articles-0*,revisions-0*")).items()}


async def test_the_first_run_makes_both_indices_and_a_second_changes_nothing(opensearch: AsyncOpenSearch) -> None:
    said: list[str] = []
    await migrate(opensearch, replicas=0, say=said.append)
    assert await aliases(opensearch) == {"articles-000001": ["articles", "articles-write"], "revisions-000001": ["revisions"]}
    assert len(said) == 2
    await migrate(opensearch, replicas=0, say=said.append)
    assert len(said) == 2


async def test_a_newer_mapping_is_a_new_index_with_every_document_and_its_version(
    opensearch: AsyncOpenSearch, request: pytest.FixtureRequest
) -> None:
    await migrate(opensearch, replicas=0, say=silent)
    await fill(opensearch, 50)
    before = await versions(opensearch)
    request.getfixturevalue("next_release")
    await migrate(opensearch, replicas=0, say=silent)
    assert (await aliases(opensearch))["articles-000002"] == ["articles", "articles-write"]
    assert (await aliases(opensearch))["articles-000001"] == []
    assert await mapping_version(opensearch, "articles") == mappings.MAPPING_VERSION
    assert await versions(opensearch) == before


async def versions(client: AsyncOpenSearch) -> dict[str, int]:
    answer = await client.search(index="articles", body={"size": 1_000, "version": True, "_source": False})
    return {hit["_id"]: hit["_version"] for hit in answer["hits"]["hits"]}


@pytest.mark.usefixtures("opensearch_node")
async def test_an_interrupted_run_is_finished_by_the_next(opensearch: AsyncOpenSearch, request: pytest.FixtureRequest) -> None:
    await migrate(opensearch, replicas=0, say=silent)
    await fill(opensearch, 10)
    request.getfixturevalue("next_release")
    await opensearch.indices.create(index="articles-000002", body={"mappings": {"properties": {"rest": {"type": "keyword"}}}})
    await migrate(opensearch, replicas=0, say=silent)
    assert len(await versions(opensearch)) == 10


async def test_a_failed_copy_leaves_the_old_index_open_and_searched(
    opensearch: AsyncOpenSearch, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(opensearch, replicas=0, say=silent)
    await fill(opensearch, 10)
    request.getfixturevalue("next_release")

    def too_narrow(*, replicas: int) -> dict[str, Any]:
        template = mappings.articles_template(replicas=replicas)
        template["template"]["mappings"]["properties"] = {"article_id": {"type": "keyword"}}
        return template

    families = (migration.IndexFamily("articles", ("articles", "articles-write"), too_narrow),)
    monkeypatch.setattr(migration, "FAMILIES", families)
    with pytest.raises(MigrationError, match="articles-000002"):
        await migrate(opensearch, replicas=0, say=silent)
    assert (await aliases(opensearch))["articles-000001"] == ["articles", "articles-write"]
    await fill(opensearch, 11)
    assert len(await versions(opensearch)) == 11


async def test_an_index_without_its_alias_is_never_deleted(opensearch: AsyncOpenSearch) -> None:
    await migrate(opensearch, replicas=0, say=silent)
    await fill(opensearch, 3)
    await opensearch.indices.delete_alias(index="articles-000001", name="articles,articles-write")
    with pytest.raises(MigrationError, match="articles-000001"):
        await migrate(opensearch, replicas=0, say=silent)
    assert (await opensearch.count(index="articles-000001"))["count"] == 3
