"""Documents go to an index behind its alias and nowhere else, whatever the node would allow."""

from collections.abc import AsyncIterator

import pytest
from articles import NOON, enriched_article, enriched_fields
from kabar_chassis.delivery.outcome import Blocked, Delivery
from kabar_index.articles import article_handler
from kabar_index.mappings import ARTICLES_WRITE
from opensearchpy import AsyncOpenSearch

AUTO_CREATE = "action.auto_create_index"


@pytest.fixture
async def generous(opensearch: AsyncOpenSearch) -> AsyncIterator[AsyncOpenSearch]:
    """A node that makes an index for every name that it does not know, as OpenSearch does by default."""
    await opensearch.cluster.put_settings(body={"persistent": {AUTO_CREATE: "true"}})
    yield opensearch
    await opensearch.cluster.put_settings(body={"persistent": {AUTO_CREATE: None}})


async def is_blocked(client: AsyncOpenSearch) -> bool:
    handle = article_handler(client, now=lambda: NOON)
    (outcome,) = await handle([Delivery(entry_id=b"1-0", fields=enriched_fields(enriched_article()))])
    return isinstance(outcome, Blocked)


async def test_a_missing_alias_makes_no_index_even_where_the_node_would_make_one(generous: AsyncOpenSearch) -> None:
    assert await is_blocked(generous)
    assert not await generous.indices.exists(index=ARTICLES_WRITE)


async def test_an_index_that_bears_the_name_of_the_alias_gets_nothing(opensearch: AsyncOpenSearch) -> None:
    await opensearch.indices.create(index=ARTICLES_WRITE)
    assert await is_blocked(opensearch)
    await opensearch.indices.refresh(index=ARTICLES_WRITE)
    assert (await opensearch.count(index=ARTICLES_WRITE))["count"] == 0
