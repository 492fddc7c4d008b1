"""A small world on a real Redis and a real OpenSearch node, broken in each way; the audit names exactly that."""

import asyncio
from typing import Any

import pytest
from hand_pipeline import HandPipeline, article
from kabar_cli.audit.accounts import Fate, Wrong
from kabar_cli.audit.run import Audit, Report
from kabar_contracts.raw import RawArticle
from kabar_contracts.streams import Group, Lane
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis

Named = tuple[Wrong, str, int | None]


@pytest.fixture
async def pipeline(redis: Redis, opensearch: AsyncOpenSearch) -> HandPipeline:
    """Three plain articles, one corrected, one taken down, one withheld; all of it has gone the whole way."""
    pipeline = HandPipeline(redis=redis, opensearch=opensearch)
    await pipeline.prepare()
    await pipeline.push(
        article(1, revision=1_000),
        article(2, revision=1_000),
        article(3, revision=1_000),
        article(4, revision=1_000),
        article(4, revision=2_000, title="Ralat"),
        article(5, revision=1_000),
        article(5, revision=2_000, status="canceled"),
        article(6, revision=1_000, status="withheld"),
    )
    return pipeline


async def audited(pipeline: HandPipeline, *, sample: int | None = None) -> Report:
    await pipeline.refresh()
    return await Audit(redis=pipeline.redis, client=pipeline.opensearch, sleep=asyncio.sleep, sample=sample, pause_s=0.05).run()


async def named(pipeline: HandPipeline) -> list[Named]:
    report = await audited(pipeline)
    assert report.adds_up is not bool(report.findings)
    return [(finding.wrong, finding.article_id, finding.revision) for finding in report.findings]


def name(wrong: Wrong, accepted: RawArticle) -> Named:
    return (wrong, accepted.article_id, accepted.revision)


async def change(pipeline: HandPipeline, index: str, document_id: str, **fields: Any) -> None:
    await pipeline.opensearch.update(index=index, id=document_id, body={"doc": fields})


async def test_a_whole_world_adds_up(pipeline: HandPipeline) -> None:
    report = await audited(pipeline)

    assert report.adds_up
    assert report.accepted == 8
    assert +report.fates == {Fate.INDEXED: 5, Fate.SUPERSEDED: 1, Fate.CANCELED: 2}
    assert (report.documents, report.originals_checked) == (6, 6)


async def test_a_trimmed_world_adds_up(pipeline: HandPipeline) -> None:
    await pipeline.trim()

    report = await audited(pipeline)

    assert (report.adds_up, report.accepted) == (True, 8)


@pytest.mark.parametrize("lane", Lane)
async def test_what_is_on_its_way_and_what_was_given_up_adds_up(pipeline: HandPipeline, lane: Lane) -> None:
    pipeline.lane = lane
    await pipeline.accept(article(10))
    await pipeline.archive()
    await pipeline.give_up(Group.ENRICH)
    await pipeline.accept(article(11))
    await pipeline.enrich()
    await pipeline.archive()
    await pipeline.give_up(Group.INDEX)
    for number in (12, 13, 14, 15, 16):
        await pipeline.accept(article(number))
        match number:
            case 12:
                await pipeline.enrich()  # before the index, not archived
            case 13:
                await pipeline.archive()
                await pipeline.read(Group.ENRICH)  # with an enricher
            case 14:
                await pipeline.archive()  # before the enricher
            case 15:
                await pipeline.read(Group.ARCHIVE)  # with an archive worker
            case _:
                pass

    report = await audited(pipeline)

    assert [finding.as_json() for finding in report.findings] == []
    assert report.adds_up
    assert (report.accepted, report.fates[Fate.DEAD], report.fates[Fate.IN_FLIGHT]) == (15, 2, 5)


async def test_an_article_that_the_index_has_before_the_archive_is_on_its_way(pipeline: HandPipeline) -> None:
    await pipeline.accept(article(10))
    await pipeline.enrich()
    await pipeline.index()

    report = await audited(pipeline)

    assert (report.adds_up, report.accepted, report.fates[Fate.IN_FLIGHT]) == (True, 9, 1)


async def test_a_deleted_document_is_lost(pipeline: HandPipeline) -> None:
    gone = article(2, revision=1_000)
    await pipeline.opensearch.delete(index="articles", id=gone.article_id)

    assert await named(pipeline) == [name(Wrong.LOST, gone)]


async def test_a_correction_that_never_arrived_is_lost(pipeline: HandPipeline) -> None:
    lost = article(1, revision=5_000)
    await pipeline.accept(lost)
    await pipeline.archive()
    (delivery,) = await pipeline.read(Group.ENRICH)
    await pipeline.redis.xack("{articles}.raw.v1", "enrich", delivery.entry_id)
    await pipeline.trim()

    assert await named(pipeline) == [name(Wrong.LOST, lost)]


async def test_an_enriched_entry_that_was_acknowledged_unwritten_is_lost(pipeline: HandPipeline) -> None:
    waiting, lost = article(20, revision=9_000), article(21, revision=9_000)
    await pipeline.accept(waiting)
    await pipeline.accept(lost)
    await pipeline.archive()
    await pipeline.enrich()
    _, delivery = await pipeline.read(Group.INDEX)
    await pipeline.redis.xack("{articles}.enriched.v1", "index", delivery.entry_id)

    assert await named(pipeline) == [name(Wrong.LOST, lost)]


async def test_an_entry_that_was_removed_unread_is_lost(pipeline: HandPipeline) -> None:
    lost = article(22, revision=9_000)
    await pipeline.accept(lost)
    await pipeline.archive()
    await pipeline.trim()

    assert await named(pipeline) == [name(Wrong.LOST, lost)]


async def test_a_wrong_content_hash_is_named(pipeline: HandPipeline) -> None:
    changed = article(3, revision=1_000)
    await change(pipeline, "articles", changed.article_id, content_sha256="0" * 64)

    assert await named(pipeline) == [name(Wrong.CONTENT_DIFFERS, changed)]


async def test_a_document_that_was_never_accepted_is_named(pipeline: HandPipeline) -> None:
    stranger = article(30, revision=7_000)
    copied = (await pipeline.opensearch.get(index="articles", id=article(1).article_id))["_source"]
    copied |= {"article_id": stranger.article_id, "revision": 7_000}
    await pipeline.opensearch.index(index="articles-write", id=stranger.article_id, body=copied)

    assert await named(pipeline) == [name(Wrong.EXTRA, stranger)]


async def test_a_second_document_of_an_article_is_named(pipeline: HandPipeline) -> None:
    own = article(1, revision=1_000)
    copied = (await pipeline.opensearch.get(index="articles", id=own.article_id))["_source"]
    await pipeline.opensearch.index(index="articles-write", id="another", body=copied)

    assert await named(pipeline) == [name(Wrong.DUPLICATE, own)]


async def test_a_revision_that_the_archive_lost_is_named(pipeline: HandPipeline) -> None:
    unarchived = article(4, revision=1_000)
    await pipeline.opensearch.delete(index="revisions", id=f"{unarchived.article_id}.1000")

    assert await named(pipeline) == [name(Wrong.NOT_ARCHIVED, unarchived)]


async def test_a_missing_tombstone_is_named(pipeline: HandPipeline) -> None:
    taken_down = article(5, revision=2_000)
    await pipeline.opensearch.delete(index="articles", id=taken_down.article_id)
    await pipeline.trim()

    assert await named(pipeline) == [name(Wrong.LOST, article(5, revision=1_000)), name(Wrong.MISSING_TOMBSTONE, taken_down)]


async def test_a_takedown_that_is_shown_as_usable_is_named(pipeline: HandPipeline) -> None:
    taken_down = article(5, revision=2_000)
    await change(pipeline, "articles", taken_down.article_id, status="usable")

    assert await named(pipeline) == [name(Wrong.MISSING_TOMBSTONE, taken_down)]


async def test_a_missing_mark_of_a_takedown_is_named(pipeline: HandPipeline) -> None:
    taken_down = article(5, revision=2_000)
    await pipeline.opensearch.delete(index="revisions", id=f"{taken_down.article_id}.takedown")

    assert await named(pipeline) == [name(Wrong.MISSING_MARK, taken_down)]


@pytest.mark.parametrize("is_marked", [True, False])
async def test_a_text_that_a_takedown_left_is_named(pipeline: HandPipeline, *, is_marked: bool) -> None:
    covered = article(5, revision=1_000)
    await change(pipeline, "revisions", f"{covered.article_id}.1000", original="{}", redacted=is_marked)

    assert (Wrong.TEXT_LEFT, covered.article_id, 1_000) in await named(pipeline)


async def test_an_original_without_its_hash_is_named(pipeline: HandPipeline) -> None:
    altered = article(2, revision=1_000)
    await change(pipeline, "revisions", f"{altered.article_id}.1000", original="{}")

    assert await named(pipeline) == [name(Wrong.ORIGINAL_DIFFERS, altered)]


async def test_an_unreadable_entry_is_in_flight_then_dead_and_else_lost(pipeline: HandPipeline) -> None:
    entry_id: Any = await pipeline.redis.xadd("{articles}.raw.v1", {"data": "?"})
    await pipeline.archive()
    waiting = await audited(pipeline)
    deliveries = await pipeline.read(Group.ENRICH)
    await pipeline.redis.xack("{articles}.raw.v1", "enrich", deliveries[0].entry_id)
    lost = await audited(pipeline)
    await pipeline.redis.xgroup_setid("{articles}.raw.v1", "enrich", f"{int(entry_id.partition(b'-')[0]) - 1}-0")
    await pipeline.give_up(Group.ENRICH)
    dead = await audited(pipeline)

    assert (waiting.adds_up, waiting.fates[Fate.IN_FLIGHT]) == (True, 1)
    assert [finding.wrong for finding in lost.findings] == [Wrong.LOST]
    assert (dead.adds_up, dead.fates[Fate.DEAD]) == (True, 1)


async def test_a_broken_message_that_nobody_could_archive_is_dead(pipeline: HandPipeline) -> None:
    await pipeline.redis.xadd("{articles}.raw.v1", {"data": "{", "article_id": article(50).article_id, "revision": "1000"})
    await pipeline.archive()
    await pipeline.give_up(Group.ENRICH)

    report = await audited(pipeline)

    assert (report.adds_up, report.accepted, report.fates[Fate.DEAD]) == (True, 9, 1)


async def test_a_replayed_letter_is_followed(pipeline: HandPipeline) -> None:
    await pipeline.accept(article(40))
    await pipeline.archive()
    await pipeline.give_up(Group.ENRICH)
    await pipeline.replay_all()
    on_its_way = await audited(pipeline)
    await pipeline.run()
    arrived = await audited(pipeline)

    assert (on_its_way.adds_up, on_its_way.fates[Fate.IN_FLIGHT]) == (True, 1)
    assert (arrived.adds_up, arrived.fates[Fate.INDEXED]) == (True, 6)


async def test_an_audit_of_a_living_system_names_nothing(pipeline: HandPipeline) -> None:
    async def live() -> None:
        for number in range(100, 160):
            await pipeline.accept(article(number))
            if number % 3 == 0:
                await pipeline.enrich()
            if number % 4 == 0:
                await pipeline.archive()
            if number % 5 == 0:
                await pipeline.write(await pipeline.read(Group.INDEX))

    life = asyncio.create_task(live())
    reports = []
    while not life.done():
        reports.append(await audited(pipeline))
    await life

    assert [finding.as_json() for report in reports for finding in report.findings] == []
    assert all(report.adds_up for report in reports)


async def test_an_audit_changes_nothing(pipeline: HandPipeline) -> None:
    before = {key: await pipeline.redis.dump(key) for key in await pipeline.redis.keys("*")}
    counts = [await pipeline.opensearch.count(index=index) for index in ("articles", "revisions")]
    await audited(pipeline)

    assert {key: await pipeline.redis.dump(key) for key in await pipeline.redis.keys("*")} == before
    assert [await pipeline.opensearch.count(index=index) for index in ("articles", "revisions")] == counts
