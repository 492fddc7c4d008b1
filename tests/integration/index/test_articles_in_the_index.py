"""What the index role leaves in a real OpenSearch node."""

import asyncio
from typing import Any

import orjson
import pytest
from articles import NOON, enriched_article, enriched_fields
from kabar_chassis.delivery.outcome import Blocked, Dead, Delivery, Done, Outcome, Reason
from kabar_contracts.enriched import EnrichedArticle
from kabar_index.articles import article_handler
from kabar_index.migration import migrate
from opensearchpy import AsyncOpenSearch


@pytest.fixture
async def index(opensearch: AsyncOpenSearch) -> AsyncOpenSearch:
    await migrate(opensearch, replicas=0, say=lambda _: None)
    return opensearch


async def write(client: AsyncOpenSearch, *articles: EnrichedArticle) -> list[Outcome]:
    handle = article_handler(client, now=lambda: NOON)
    deliveries = [Delivery(entry_id=b"%d-0" % number, fields=enriched_fields(article)) for number, article in enumerate(articles)]
    return list(await handle(deliveries))


async def source(client: AsyncOpenSearch, article: EnrichedArticle) -> dict[str, Any]:
    return dict((await client.get(index="articles", id=article.article_id))["_source"])


async def test_an_article_becomes_a_document_with_the_same_content(index: AsyncOpenSearch) -> None:
    article = enriched_article()
    assert await write(index, article) == [Done()]
    document = await source(index, article)
    assert document.pop("localized") == {"indonesian": {"title": article.title, "lead": None, "body": article.body}}
    assert document.pop("indexed_at") == NOON.isoformat()
    assert document.pop("dated_at") == article.received_at.isoformat()
    assert EnrichedArticle.model_validate(document) == article


async def test_redelivery_writes_the_same_document(index: AsyncOpenSearch) -> None:
    article = enriched_article()
    await write(index, article)
    before = await source(index, article)
    assert await write(index, article) == [Done()]
    assert await source(index, article) == before


async def test_a_correction_replaces_and_an_older_revision_that_comes_late_changes_nothing(index: AsyncOpenSearch) -> None:
    old, new = enriched_article(revision=1_000), enriched_article(revision=2_000, title="Ralat")
    assert await write(index, new) == [Done()]
    assert await write(index, old) == [Done()]
    assert (await source(index, new))["title"] == "Ralat"


async def test_a_newer_enricher_replaces_the_same_revision_and_an_older_one_does_not(index: AsyncOpenSearch) -> None:
    await write(index, enriched_article(generation=2, section="dua"))
    await write(index, enriched_article(generation=1, section="satu"))
    assert (await source(index, enriched_article()))["section"] == "dua"
    await write(index, enriched_article(generation=3, section="tiga"))
    assert (await source(index, enriched_article()))["section"] == "tiga"


async def test_a_takedown_leaves_a_tombstone_that_an_older_revision_cannot_revive(index: AsyncOpenSearch) -> None:
    await write(index, enriched_article(revision=1_000))
    await write(index, enriched_article(revision=2_000, status="canceled"))
    await write(index, enriched_article(revision=1_000))
    document = await source(index, enriched_article())
    assert document["status"] == "canceled"
    assert not document["body"]
    assert not document["source_text"]


@pytest.mark.parametrize("statuses", [("usable", "canceled"), ("canceled", "usable")])
async def test_a_takedown_wins_over_a_text_of_the_same_millisecond_in_any_order(index: AsyncOpenSearch, statuses: tuple[str, str]) -> None:
    for status in statuses:
        assert await write(index, enriched_article(revision=1_000, status=status)) == [Done()]
    assert (await source(index, enriched_article()))["status"] == "canceled"


async def test_one_refused_document_does_not_hold_up_its_neighbours(index: AsyncOpenSearch) -> None:
    bad = enriched_article(2)
    fields = enriched_fields(bad)
    message = orjson.loads(fields[b"data"])
    handle = article_handler(index, now=lambda: NOON)
    broken = dict(fields) | {b"data": orjson.dumps(message | {"text_sha256": "0" * 64})}
    deliveries = [
        Delivery(entry_id=b"1-0", fields=enriched_fields(enriched_article(1))),
        Delivery(entry_id=b"2-0", fields=broken),
        Delivery(entry_id=b"3-0", fields={b"data": b"{"}),
        Delivery(entry_id=b"4-0", fields=enriched_fields(enriched_article(4))),
    ]
    outcomes = await handle(deliveries)
    assert outcomes[0] == outcomes[3] == Done()
    assert [outcome.reason for outcome in outcomes[1:3] if isinstance(outcome, Dead)] == [Reason.INVALID_MESSAGE, Reason.INVALID_ENTRY]


@pytest.mark.parametrize(
    "extra",
    [
        {"deep": {"er": {"and": [{"deeper": [1, "two", None]}]}}},
        {"long": "x" * 40_000, "lists": ["ä" * 20_000, {"in": "y" * 32_766}], "short": "kept"},
        {"k" * 40_000: 1},
        {"a.b": 1, "": "no name", "a": {"b": "same path"}},
        {"number": 10**30},
        {"mixed": [1, "a", {"b": 1}]},
    ],
    ids=[
        "nested",
        "longer than a term may be",
        "a name longer than a term may be",
        "dots and no name",
        "a number beyond 64 bits",
        "a list of everything",
    ],
)
async def test_whatever_a_producer_adds_is_kept_as_it_is(index: AsyncOpenSearch, extra: dict[str, Any]) -> None:
    article = enriched_article(extra=extra)
    assert await write(index, article) == [Done()]
    document = await source(index, article)
    assert document.get("extra_original", document["extra"]) == extra


@pytest.mark.parametrize("language", ["id", "en", "zh", "ja", "th", "ar", "hi", "de-AT", "uk", "und"])
async def test_an_article_in_any_language_is_accepted(index: AsyncOpenSearch, language: str) -> None:
    assert await write(index, enriched_article(language=language)) == [Done()]


async def test_text_is_found_by_the_stem_of_its_language(index: AsyncOpenSearch) -> None:
    await write(index, enriched_article(1, language="en", body="The ministers were running late."))
    await index.indices.refresh(index="articles")
    answer = await index.search(index="articles", body={"query": {"match": {"localized.english.body": "run"}}})
    assert answer["hits"]["total"]["value"] == 1


async def test_a_missing_alias_blocks_and_makes_no_index(opensearch: AsyncOpenSearch) -> None:
    (outcome,) = await write(opensearch, enriched_article())
    assert isinstance(outcome, Blocked)
    assert not await opensearch.indices.exists(index="articles-write")


async def test_a_closed_index_for_writing_blocks_and_gives_nothing_up(index: AsyncOpenSearch) -> None:
    await index.indices.put_settings(index="articles", body={"index": {"blocks": {"write": True}}})
    (outcome,) = await write(index, enriched_article())
    assert isinstance(outcome, Blocked)
    await index.indices.put_settings(index="articles", body={"index": {"blocks": {"write": None}}})
    assert await write(index, enriched_article()) == [Done()]


async def test_two_workers_writing_two_revisions_at_once_leave_the_newer(index: AsyncOpenSearch) -> None:
    revisions = [enriched_article(revision=1_000 + number) for number in range(20)]
    await asyncio.gather(*(write(index, article) for article in reversed(revisions)))
    assert (await source(index, revisions[0]))["revision"] == 1_019
