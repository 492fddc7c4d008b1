"""What the archive role leaves in a real OpenSearch node."""

import base64
from typing import Any

import pytest
from articles import NOON, raw_article, raw_fields
from kabar_chassis.delivery.outcome import Delivery, Done, Outcome
from kabar_contracts.identity import sha256_hex
from kabar_contracts.raw import RawArticle
from kabar_index.archive import archive_handler
from kabar_index.migration import migrate
from opensearchpy import AsyncOpenSearch


@pytest.fixture
async def archive(opensearch: AsyncOpenSearch) -> AsyncOpenSearch:
    await migrate(opensearch, replicas=0, say=lambda _: None)
    return opensearch


class Entries:
    """Hands out entry ids in order, as Redis does."""

    def __init__(self) -> None:
        self.number = 0

    def of(self, article: RawArticle, *, page: bytes | None = None) -> Delivery:
        self.number += 1
        return Delivery(entry_id=b"%d-0" % (1_700_000_000_000 + self.number), fields=raw_fields(article, page=page))


@pytest.fixture
def entries() -> Entries:
    return Entries()


async def keep(client: AsyncOpenSearch, *deliveries: Delivery) -> list[Outcome]:
    return list(await archive_handler(client, stream="raw", now=lambda: NOON)(deliveries))


async def document(client: AsyncOpenSearch, article: RawArticle) -> dict[str, Any]:
    return dict((await client.get(index="revisions", id=f"{article.article_id}.{article.revision}"))["_source"])


async def test_each_revision_is_kept_as_received_with_its_hash(archive: AsyncOpenSearch, entries: Entries) -> None:
    first, second = raw_article(revision=1_000), raw_article(revision=2_000, title="Ralat")
    assert await keep(archive, entries.of(first), entries.of(second)) == [Done(), Done()]
    for article in (first, second):
        kept = await document(archive, article)
        assert RawArticle.model_validate_json(kept["original"]) == article
        assert kept["original_sha256"] == sha256_hex(kept["original"].encode())


async def test_a_page_is_kept_byte_for_byte(archive: AsyncOpenSearch, entries: Entries) -> None:
    page = bytes(range(256))
    article = raw_article(content_form="page", body=None)
    await keep(archive, entries.of(article, page=page))
    kept = await document(archive, article)
    assert kept["page_sha256"] == sha256_hex(page)
    assert base64.b64decode(kept["page"]) == page


async def test_a_takedown_removes_the_text_of_every_earlier_revision(archive: AsyncOpenSearch, entries: Entries) -> None:
    old = [raw_article(revision=revision) for revision in (1_000, 1_500)]
    other = raw_article(2)
    await keep(archive, *map(entries.of, old), entries.of(other))
    takedown = raw_article(revision=2_000, status="canceled", reason="error of fact")
    assert await keep(archive, entries.of(takedown)) == [Done()]
    for article in old:
        kept = await document(archive, article)
        assert kept["redacted"] is True
        assert "original" not in kept
    assert (await document(archive, takedown))["reason"] == "error of fact"
    assert "original" in await document(archive, other)


async def test_takedowns_of_one_batch_each_remove_their_own_texts_and_no_others(archive: AsyncOpenSearch, entries: Entries) -> None:
    texts = [raw_article(number, revision=revision) for number in range(1, 5) for revision in (1_000, 1_500, 3_000)]
    await keep(archive, *map(entries.of, texts))
    takedowns = [
        raw_article(number, revision=revision, status="canceled") for number, revision in ((1, 1_200), (2, 2_000), (2, 1_100), (3, 4_000))
    ]
    assert await keep(archive, *map(entries.of, takedowns)) == [Done()] * 4
    covered = {1: 1_200, 2: 2_000, 3: 4_000, 4: 0}
    for number, until in covered.items():
        for article in (text for text in texts if text.article_id == raw_article(number).article_id):
            assert ("original" in await document(archive, article)) == (article.revision > until)


async def test_an_entry_whose_ids_are_not_those_of_its_message_is_not_kept_and_takes_nothing_down(
    archive: AsyncOpenSearch, entries: Entries
) -> None:
    good = raw_article(revision=1_000)
    await keep(archive, entries.of(good))
    takedown = entries.of(raw_article(revision=2_000, status="canceled"))
    crossed = Delivery(entry_id=takedown.entry_id, fields={**takedown.fields, b"article_id": b"f" * 32})
    assert await keep(archive, crossed) == [Done()]
    assert "original" in await document(archive, good)
    assert not await archive.exists(index="revisions", id=f"{good.article_id}.2000")


async def test_an_old_revision_replayed_after_its_takedown_is_kept_without_text(archive: AsyncOpenSearch, entries: Entries) -> None:
    old = raw_article(revision=1_000)
    await keep(archive, entries.of(raw_article(revision=2_000, status="canceled")))
    assert await keep(archive, entries.of(old)) == [Done()]
    assert "original" not in await document(archive, old)


async def test_a_revision_after_the_takedown_keeps_its_text(archive: AsyncOpenSearch, entries: Entries) -> None:
    await keep(archive, entries.of(raw_article(revision=2_000, status="canceled")))
    new = raw_article(revision=3_000)
    await keep(archive, entries.of(new))
    assert "original" in await document(archive, new)


async def test_a_takedown_and_its_old_revision_in_one_batch_leave_no_text(archive: AsyncOpenSearch, entries: Entries) -> None:
    old = raw_article(revision=1_000)
    await keep(archive, entries.of(raw_article(revision=2_000, status="canceled")), entries.of(old))
    assert "original" not in await document(archive, old)


async def test_an_entry_that_is_no_article_does_not_stop_the_archive(archive: AsyncOpenSearch, entries: Entries) -> None:
    good = raw_article()
    outcomes = await keep(archive, Delivery(entry_id=b"1-0", fields={b"data": b"\xff"}), entries.of(good))
    assert outcomes == [Done(), Done()]
    assert "original" in await document(archive, good)
