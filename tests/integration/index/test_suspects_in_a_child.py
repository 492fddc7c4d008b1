"""The index worker's own work on suspects, in real child processes, into a real node."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from articles import NOON, enriched_article, enriched_fields, raw_article, raw_fields
from kabar_chassis.delivery.outcome import Delivery, Done
from kabar_chassis.delivery.quarantine import Quarantine
from kabar_index.archive import archive_handler
from kabar_index.articles import article_handler
from kabar_index.migration import migrate
from opensearchpy import AsyncOpenSearch


@pytest.fixture
async def index(opensearch: AsyncOpenSearch) -> AsyncOpenSearch:
    await migrate(opensearch, replicas=0, say=lambda _: None)
    return opensearch


@pytest.fixture
async def quarantine() -> AsyncIterator[Quarantine]:
    one = Quarantine()
    yield one
    one.close()


async def test_a_suspect_article_becomes_the_same_document_as_any_other(index: AsyncOpenSearch, quarantine: Quarantine) -> None:
    handle = article_handler(index, now=lambda: NOON, quarantine=quarantine)
    found = []
    for attempts in (1, 2):
        assert await handle([Delivery(entry_id=b"1-0", fields=enriched_fields(enriched_article()), attempts=attempts)]) == [Done()]
        found.append((await index.get(index="articles", id=enriched_article().article_id))["_source"])
    assert found[0] == found[1]


async def test_a_suspect_revision_is_archived_as_any_other(index: AsyncOpenSearch, quarantine: Quarantine) -> None:
    handle = archive_handler(index, stream="raw", now=lambda: NOON, quarantine=quarantine)
    found = []
    for attempts in (1, 2):
        assert await handle([Delivery(entry_id=b"1-0", fields=raw_fields(raw_article()), attempts=attempts)]) == [Done()]
        found.append((await index.get(index="revisions", id=f"{raw_article().article_id}.1000"))["_source"])
    assert found[0] == found[1]


async def test_batches_in_flight_at_once_leave_the_newest_of_every_article_in_whatever_order(index: AsyncOpenSearch) -> None:
    handle = article_handler(index, now=lambda: NOON)
    wanted = [(number, revision) for number in range(10) for revision in range(1_000, 1_012)]
    deliveries = [
        Delivery(entry_id=b"1-0", fields=enriched_fields(enriched_article(number, revision=revision))) for number, revision in wanted
    ]
    mixed = [deliveries[at * 37 % len(deliveries)] for at in range(len(deliveries))]
    outcomes = await asyncio.gather(*(handle(mixed[start : start + 15]) for start in range(0, len(deliveries), 15)))
    assert [outcome for batch in outcomes for outcome in batch] == [Done()] * len(deliveries)
    newest = [(await index.get(index="articles", id=enriched_article(number).article_id))["_source"]["revision"] for number in range(10)]
    assert newest == [1_011] * 10
