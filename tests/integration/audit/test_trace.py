"""The way of one article, as `kabar trace` finds it on a real Redis and a real OpenSearch node."""

import asyncio
import json
import os
import subprocess
import sys

import pytest
from hand_pipeline import HandPipeline, article
from kabar_chassis.whereabouts import Place
from kabar_cli.trace.search import way_of
from kabar_cli.trace.way import Way, now_lines, timeline
from kabar_contracts.streams import Group, Lane
from kabar_embedded import RunningServer
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis

RAW, ENRICHED = "{articles}.raw.v1", "{articles}.enriched.v1"
ARTICLE_ID = article(1).article_id


@pytest.fixture
async def pipeline(redis: Redis, opensearch: AsyncOpenSearch) -> HandPipeline:
    pipeline = HandPipeline(redis=redis, opensearch=opensearch)
    await pipeline.prepare()
    return pipeline


async def traced(pipeline: HandPipeline, *, scan: int = 1_000, article_id: str = ARTICLE_ID) -> Way:
    return await way_of(article_id, redis=pipeline.redis, client=pipeline.opensearch, scan=scan)


def steps(way: Way) -> list[str]:
    return [what.partition(" as ")[0].partition(":")[0] for _, what in timeline(way)]


async def test_the_whole_way_of_two_revisions_is_told_in_order(pipeline: HandPipeline) -> None:
    await pipeline.push(article(1), article(2))
    await pipeline.push(article(1, title="Ralat"))

    way = await traced(pipeline)

    added, enriched = f"added to {RAW}", f"added to {ENRICHED}"
    told = steps(way)
    assert sorted(told) == sorted([added, "archived", enriched, added, "archived", "enriched", enriched, "indexed"])
    assert [at for at, _ in timeline(way)] == sorted(at for at, _ in timeline(way))
    assert told[0] == added
    assert told[-1] == "indexed"
    assert {where.place for entry in way.entries for where in entry.groups.values()} == {Place.DONE}
    assert (way.notes, now_lines(way)[-1].endswith("a search finds it")) == ([], True)


@pytest.mark.parametrize("lane", Lane)
async def test_an_entry_on_its_way_is_shown_with_whom_it_is(pipeline: HandPipeline, lane: Lane) -> None:
    pipeline.lane = lane
    await pipeline.accept(article(1))
    await pipeline.read(Group.ENRICH)

    (entry,) = (await traced(pipeline)).entries

    assert (entry.stream, entry.is_on_stream) == (pipeline.stream_of(Group.ENRICH).name, True)
    assert (entry.groups["enrich"].place, entry.groups["enrich"].consumer) == (Place.PENDING, "by-hand")
    assert entry.groups["archive"].place is Place.WAITING


async def test_an_entry_that_was_trimmed_is_known_from_the_archive(pipeline: HandPipeline) -> None:
    await pipeline.push(article(1))
    await pipeline.trim()

    way = await traced(pipeline)

    assert [(entry.stream, entry.is_on_stream) for entry in way.entries] == [(RAW, False)]
    assert now_lines(way)[0].endswith("enrich done, and trimmed; archive done, and trimmed")


async def test_an_entry_removed_unread_is_told_as_such(pipeline: HandPipeline) -> None:
    await pipeline.accept(article(1))
    await pipeline.archive()
    await pipeline.refresh()
    await pipeline.trim()

    assert "never read it: it was removed" in now_lines(await traced(pipeline))[0]


async def test_a_dead_letter_is_shown_with_its_reason_and_its_replay(pipeline: HandPipeline) -> None:
    await pipeline.accept(article(1))
    await pipeline.give_up(Group.ENRICH)
    given_up = await traced(pipeline)
    await pipeline.replay_all()
    replayed = await traced(pipeline)

    assert any("given up by enrich: invalid_message" in what for _, what in timeline(given_up))
    assert any("kabar dlq show raw:" in line for line in now_lines(given_up))
    assert [letter["replayed_as"] for letter in replayed.as_json()["dead_letters"]] == [f"{RAW} {replayed.entries[-1].entry_id}"]


async def test_a_takedown_is_shown_with_its_mark(pipeline: HandPipeline) -> None:
    await pipeline.push(article(1, revision=1_000))
    await pipeline.push(article(1, revision=2_000, status="canceled"))

    told = [what for _, what in timeline(await traced(pipeline))]

    assert "takedown marked in the archive, up to revision 2000" in told
    assert "archived: revision 1000, usable, without its text" in told
    assert any(what == "indexed: revision 2000, canceled" for what in told)


async def test_a_search_that_was_cut_says_so(pipeline: HandPipeline) -> None:
    for number in range(1, 8):
        await pipeline.accept(article(number))

    way = await traced(pipeline, scan=5)

    assert not way.is_known
    assert way.notes == [f"{RAW}: only the newest 5 of 7 entries were read; --scan reads more"]


async def kabar(redis_server: RunningServer, opensearch_node: RunningServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"KABAR_REDIS_URL": redis_server.url, "KABAR_OPENSEARCH_URL": opensearch_node.url}
    command = [sys.executable, "-m", "kabar_cli", *arguments]
    return await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, text=True, check=False, timeout=60)


async def test_the_command_prints_json_for_a_receipt(
    pipeline: HandPipeline, redis_server: RunningServer, opensearch_node: RunningServer
) -> None:
    await pipeline.push(article(1))

    known = await kabar(redis_server, opensearch_node, "trace", pipeline.accepted[0], "--json")

    assert (known.returncode, json.loads(known.stdout)["searchable"]) == (0, True)


async def test_the_command_ends_with_4_for_an_unknown_article(
    pipeline: HandPipeline, redis_server: RunningServer, opensearch_node: RunningServer
) -> None:
    assert await pipeline.redis.ping()

    unknown = await kabar(redis_server, opensearch_node, "trace", "0" * 32)

    assert (unknown.returncode, unknown.stdout) == (4, f"Nothing is known of {'0' * 32}.\n")


async def test_the_audit_command_ends_with_3_and_names_what_helps_when_it_does_not_add_up(
    pipeline: HandPipeline, redis_server: RunningServer, opensearch_node: RunningServer
) -> None:
    await pipeline.push(article(1), article(2))
    await pipeline.opensearch.delete(index="articles", id=ARTICLE_ID)
    await pipeline.refresh()

    broken = await kabar(redis_server, opensearch_node, "audit", "--pause", "0")

    assert broken.returncode == 3
    assert f"lost: {ARTICLE_ID}" in broken.stdout
    assert f"kabar trace {ARTICLE_ID}" in broken.stdout


async def test_the_audit_command_ends_with_0_when_it_adds_up(
    pipeline: HandPipeline, redis_server: RunningServer, opensearch_node: RunningServer
) -> None:
    await pipeline.push(article(1))
    await pipeline.refresh()

    whole = await kabar(redis_server, opensearch_node, "audit", "--json")

    assert (whole.returncode, json.loads(whole.stdout)["adds_up"]) == (0, True)
