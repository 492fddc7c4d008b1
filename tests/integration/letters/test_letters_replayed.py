"""Letters back on their streams, on a real server."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from articles import enriched_article, enriched_fields, raw_article, raw_fields
from kabar_chassis import redis_client
from kabar_chassis.delivery.dead_letters import marks_key, original_fields
from kabar_chassis.letters import replaying
from kabar_chassis.letters.choice import Choice
from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import chosen_letters
from kabar_chassis.letters.purging import purge
from kabar_chassis.letters.replaying import Again, Edit, Gone, Replayed, ReplayedBefore, Unreplayable, replay
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, ENRICHED_BACKFILL, RAW, RAW_BACKFILL, RAW_DEAD, Group, Stream
from kabar_embedded import RunningServer
from letters import entries, give_up
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError
from waiting import wait_until

NOW = datetime(2026, 5, 5, tzinfo=UTC)
ODD: dict[bytes, bytes] = {b"data": b"\x00\xff", b"": b"", b"dead.reason": b"theirs", b"dead.original.x": b"y", b"article_id": b"\xfe"}


async def only_letter(redis: Redis) -> Letter:
    (letter,) = [letter async for letter in chosen_letters(redis, Choice())]
    return letter


@pytest.mark.parametrize("fields", [raw_fields(raw_article(), page=b"\xff<html>"), ODD, {b"f%d" % n: b"" for n in range(6_000)}])
async def test_a_replayed_entry_has_the_original_fields_byte_for_byte(redis: Redis, fields: dict[bytes, bytes]) -> None:
    await give_up(redis, fields)
    await redis.delete(RAW.name)
    outcome = await replay(redis, await only_letter(redis), now=NOW)
    assert isinstance(outcome, Replayed)
    assert await entries(redis, RAW) == [(outcome.entry_id, fields)]


@pytest.mark.parametrize("stream", [RAW, RAW_BACKFILL, ENRICHED, ENRICHED_BACKFILL], ids=lambda stream: stream.name)
async def test_an_entry_goes_back_to_the_stream_it_came_from(redis: Redis, stream: Stream) -> None:
    await give_up(redis, enriched_fields(enriched_article()), stream=stream, stage=Group.INDEX)
    outcome = await replay(redis, await only_letter(redis), now=NOW)
    assert isinstance(outcome, Replayed)
    assert outcome.stream == stream.name
    assert await redis.xlen(stream.name) == 2


async def test_a_replayed_article_is_delivered_to_every_group_again(redis: Redis) -> None:
    await create_topology(redis)
    await give_up(redis, raw_fields(raw_article()))
    for group in RAW.groups:
        await redis.xreadgroup(group.value, "worker-1", {RAW.name: ">"})
    await replay(redis, await only_letter(redis), now=NOW)
    for group in RAW.groups:
        answer: Any = await redis.xreadgroup(group.value, "worker-1", {RAW.name: ">"})
        assert [fields for _, fields in answer[RAW.name.encode()][0]] == [raw_fields(raw_article())]


async def test_a_replayed_letter_stays_and_says_what_became_of_it(redis: Redis) -> None:
    await give_up(redis, raw_fields(raw_article()))
    outcome = await replay(redis, await only_letter(redis), now=NOW)
    mark = (await only_letter(redis)).mark
    assert mark is not None
    assert isinstance(outcome, Replayed)
    assert (mark.times, mark.at_ms, mark.stream, mark.entry_id, mark.note) == (
        1,
        int(NOW.timestamp() * 1000),
        RAW.name,
        outcome.entry_id,
        "",
    )


async def test_a_letter_is_replayed_again_only_when_asked_for(redis: Redis) -> None:
    await give_up(redis, raw_fields(raw_article()))
    letter = await only_letter(redis)
    await replay(redis, letter, now=NOW)
    assert isinstance(await replay(redis, letter, now=NOW), ReplayedBefore)
    assert isinstance(await replay(redis, letter, now=NOW, again=Again.REPLAY), Replayed)
    mark = (await only_letter(redis)).mark
    assert mark is not None
    assert mark.times == 2
    assert await redis.xlen(RAW.name) == 3


async def test_a_mark_that_nobody_can_read_still_counts(redis: Redis) -> None:
    await give_up(redis, raw_fields(raw_article()))
    letter = await only_letter(redis)
    await redis.hset(marks_key(RAW_DEAD.name), letter.letter_id.entry_id, "\x00?")
    assert await replay(redis, letter, now=NOW) == ReplayedBefore(None)


def in_between(monkeypatch: pytest.MonkeyPatch, url: str, act: Callable[[Redis], Awaitable[object]]) -> None:
    """Have somebody else act once, after a replay has read its letter and before it writes."""
    waiting = [act]

    async def acting() -> None:
        async with redis_client.connect(url) as other:
            await waiting.pop()(other)

    def hooked(letter: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        if waiting and threading.current_thread() is threading.main_thread():
            thread = threading.Thread(target=lambda: asyncio.run(acting()))
            thread.start()
            thread.join()
        return original_fields(letter)

    monkeypatch.setattr(replaying, "original_fields", hooked)


async def test_two_replays_at_once_put_one_entry_back(redis: Redis, redis_server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    await give_up(redis, raw_fields(raw_article()))
    letter = await only_letter(redis)
    in_between(monkeypatch, redis_server.url, lambda other: replay(other, letter, now=NOW))
    assert isinstance(await replay(redis, letter, now=NOW), ReplayedBefore)
    assert await redis.xlen(RAW.name) == 2


async def test_a_letter_that_is_purged_while_it_is_replayed_is_gone_and_leaves_no_mark(
    redis: Redis, redis_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give_up(redis, raw_fields(raw_article()))
    letter = await only_letter(redis)
    in_between(monkeypatch, redis_server.url, lambda other: purge(other, [letter]))
    assert await replay(redis, letter, now=NOW) == Gone()
    assert await redis.xlen(RAW.name) == 1
    assert not await redis.exists(marks_key(RAW_DEAD.name))


async def test_letters_are_replayed_while_others_are_written(redis: Redis) -> None:
    for number in range(30):
        await give_up(redis, raw_fields(raw_article(number)))
    letters = [letter async for letter in chosen_letters(redis, Choice())]

    async def more() -> None:
        for number in range(200):
            await give_up(redis, raw_fields(raw_article(number)), stream=RAW_BACKFILL)

    outcomes, _ = await asyncio.gather(_replay_each(redis, letters), more())
    assert all(isinstance(outcome, Replayed) for outcome in outcomes)


async def _replay_each(redis: Redis, letters: list[Letter]) -> list[object]:
    return [await replay(redis, letter, now=NOW) for letter in letters]


async def test_a_letter_that_was_purged_meanwhile_is_gone(redis: Redis) -> None:
    await give_up(redis, raw_fields(raw_article()))
    letter = await only_letter(redis)
    await purge(redis, [letter])
    assert await replay(redis, letter, now=NOW) == Gone()
    assert await redis.xlen(RAW.name) == 1
    assert not await redis.exists(marks_key(RAW_DEAD.name))


@pytest.mark.parametrize("origin", ["", "other 1-0", "{articles}.enriched.v1 1-0", "{articles}.raw.v1.dead 1-0"])
async def test_a_letter_from_nowhere_is_not_put_anywhere(redis: Redis, origin: str) -> None:
    await redis.xadd(RAW_DEAD.name, {"data": "x", "dead.origin": origin})
    assert isinstance(await replay(redis, await only_letter(redis), now=NOW), Unreplayable)
    assert [key async for key in redis.scan_iter("*")] == [RAW_DEAD.name.encode()]


async def test_a_letter_without_original_fields_cannot_go_back(redis: Redis) -> None:
    await redis.xadd(RAW_DEAD.name, {"dead.origin": f"{RAW.name} 1-0"})
    assert isinstance(await replay(redis, await only_letter(redis), now=NOW), Unreplayable)


async def test_at_maxmemory_nothing_goes_back_and_nothing_is_marked(redis: Redis) -> None:
    await give_up(redis, raw_fields(raw_article()))
    letter = await only_letter(redis)
    await redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(OutOfMemoryError):
            await replay(redis, letter, now=NOW)
    finally:
        await redis.config_set("maxmemory", 0)
    assert await redis.xlen(RAW.name) == 1
    assert (await only_letter(redis)).mark is None


async def test_an_edited_entry_goes_back_with_a_note_and_the_letter_stays_as_it_was(redis: Redis) -> None:
    await give_up(redis, raw_fields(raw_article()))
    letter = await only_letter(redis)
    edited = raw_fields(raw_article(title="Judul baru"))
    await replay(redis, letter, now=NOW, edit=Edit(edited, "edited  /title\n"))
    assert (await entries(redis, RAW))[-1][1] == edited
    mark = (await only_letter(redis)).mark
    assert mark is not None
    assert mark.note == "edited /title"
    assert (await entries(redis, RAW_DEAD))[0][1][b"data"] == raw_fields(raw_article())[b"data"]


async def test_a_replay_that_is_killed_and_started_again_doubles_nothing(redis: Redis, redis_server: RunningServer) -> None:
    fields = {b"data": b"x", b"dead.n": b""}
    for number in range(600):
        await give_up(redis, fields | {b"dead.n": b"%d" % number})
    await redis.delete(RAW.name)
    command = [sys.executable, "-m", "kabar_cli", "dlq", "replay", "--all", "--rate", "10000/s"]
    environment = {**os.environ, "KABAR_REDIS_URL": redis_server.url}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    await wait_until(lambda: _at_least(redis, 50), within_s=30, what="some letters are back")
    process.kill()
    await process.wait()
    back = await redis.xlen(RAW.name)
    assert back == await redis.hlen(marks_key(RAW_DEAD.name))
    assert back < 600
    await asyncio.to_thread(subprocess.run, command, env=environment, check=False, capture_output=True)
    assert sorted(int(fields[b"dead.n"]) for _, fields in await entries(redis, RAW)) == list(range(600))


async def _at_least(redis: Redis, number: int) -> bool:
    return int(await redis.xlen(RAW.name)) >= number
