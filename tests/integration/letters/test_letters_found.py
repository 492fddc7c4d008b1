"""Writing and finding dead letters on a real server."""

import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest
from articles import enriched_article, enriched_fields, raw_article, raw_fields
from kabar_chassis.delivery.dead_letters import lookup_key
from kabar_chassis.delivery.outcome import Reason
from kabar_chassis.letters.choice import Choice, Order
from kabar_chassis.letters.letter import Letter
from kabar_chassis.letters.letter_streams import (
    PAGE_LETTERS,
    chosen_letters,
    letter_page,
    letters_of,
    letters_without_lookup,
    up_to_now,
    whole_letter,
)
from kabar_chassis.letters.purging import purge
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, ENRICHED_DEAD, RAW, RAW_BACKFILL, RAW_DEAD, Group
from letters import entries, give_up
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError

MANY = 100_000


async def found(redis: Redis, choice: Choice, order: Order = Order.OLDEST) -> list[Letter]:
    return [letter async for letter in chosen_letters(redis, choice, order=order)]


async def ids(redis: Redis, choice: Choice, order: Order = Order.OLDEST) -> list[str]:
    return [str(letter.letter_id) for letter in await found(redis, choice, order)]


async def output_bytes(redis: Redis) -> int:
    return int((await redis.info("stats"))["total_net_output_bytes"])


async def test_a_letter_tells_why_when_and_from_where(redis: Redis) -> None:
    fields = raw_fields(raw_article())
    written = await give_up(redis, fields, reason=Reason.ENRICHER_DIED, detail="exit code 139", stream=RAW_BACKFILL, attempts=3)
    (letter,) = await found(redis, Choice())
    assert letter.letter_id == written
    assert (letter.reason, letter.detail, letter.stage, letter.attempts) == ("enricher_died", "exit code 139", "enrich", 3)
    assert letter.origin is RAW_BACKFILL
    assert letter.origin_id == (await entries(redis, RAW_BACKFILL))[0][0]
    assert (letter.article_id, letter.source) == (raw_article().article_id, "warta.example")
    assert letter.size_bytes > sum(map(len, fields.values()))


async def test_the_letters_of_an_article_are_found_in_both_streams_the_newest_first(redis: Redis) -> None:
    first = await give_up(redis, raw_fields(raw_article()))
    await give_up(redis, raw_fields(raw_article(2)))
    second = await give_up(redis, enriched_fields(enriched_article()), stream=ENRICHED, stage=Group.INDEX)
    assert [letter.letter_id for letter in await letters_of(redis, raw_article().article_id)] == [second, first]
    assert await letters_of(redis, "0" * 32) == []


async def test_the_lookup_of_articles_is_one_key_a_stream_however_many_letters_there_are(redis: Redis) -> None:
    for number in range(50):
        await give_up(redis, raw_fields(raw_article(number)))
    assert sorted(await redis.keys("*")) == sorted(name.encode() for name in (RAW.name, RAW_DEAD.name, lookup_key(RAW_DEAD.name)))
    assert await letters_without_lookup(redis) == 0


async def test_finding_the_letters_of_an_article_reads_no_other_letter(redis: Redis) -> None:
    for number in range(1_000):
        await give_up(redis, raw_fields(raw_article(number)))
    await redis.config_resetstat()
    assert len(await found(redis, Choice(article_id=raw_article(500).article_id))) == 1
    assert (await redis.info("commandstats"))["cmdstat_xrange"]["calls"] == 1


async def test_at_maxmemory_neither_the_letter_nor_the_acknowledgement_is_written(redis: Redis) -> None:
    await create_topology(redis)
    await redis.xadd(RAW.name, {"data": "x"})
    await redis.xreadgroup(Group.ENRICH, "worker-1", {RAW.name: ">"})
    await redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(OutOfMemoryError):
            await _give_up_pending(redis)
    finally:
        await redis.config_set("maxmemory", 0)
    assert await redis.xlen(RAW_DEAD.name) == 0
    assert await redis.zcard(lookup_key(RAW_DEAD.name)) == 0
    assert (await redis.xpending(RAW.name, Group.ENRICH))["pending"] == 1


async def _give_up_pending(redis: Redis) -> None:
    from kabar_chassis.delivery.dead_letters import add_letter  # noqa: PLC0415  # the only test that settles by hand
    from kabar_chassis.delivery.outcome import Dead, Delivery  # noqa: PLC0415
    from letters import GIVEN_UP  # noqa: PLC0415

    (entry_id, fields), *_ = await entries(redis, RAW)
    delivery = Delivery(entry_id=entry_id.encode(), fields=fields)
    async with redis.pipeline(transaction=True) as transaction:
        add_letter(
            transaction,
            delivery,
            Dead(Reason.INVALID_ENTRY, ""),
            stream=RAW.name,
            stage="enrich",
            dead_stream=RAW_DEAD.name,
            now=GIVEN_UP,
        )
        transaction.xack(RAW.name, Group.ENRICH.value, entry_id)
        await transaction.execute()


async def test_a_letter_is_written_once_even_where_its_lookup_cannot_be(redis: Redis) -> None:
    await redis.set(lookup_key(RAW_DEAD.name), "no sorted set")
    await give_up(redis, raw_fields(raw_article()))
    assert await redis.xlen(RAW_DEAD.name) == 1
    assert await letters_without_lookup(redis) == 1


async def test_a_letter_that_is_not_in_the_lookup_is_found_by_reading_all(redis: Redis) -> None:
    await give_up(redis, raw_fields(raw_article(2)))
    await redis.xadd(RAW_DEAD.name, {"article_id": raw_article().article_id, "dead.reason": "by_hand"})
    (letter,) = await found(redis, Choice(article_id=raw_article().article_id))
    assert letter.reason == "by_hand"


async def test_letters_are_filtered_by_reason_source_stage_stream_and_article(redis: Redis) -> None:
    one = str(await give_up(redis, raw_fields(raw_article())))
    two = str(await give_up(redis, raw_fields(raw_article(2, source="harian.example")), reason=Reason.INVALID_ENTRY))
    three = str(await give_up(redis, enriched_fields(enriched_article()), stream=ENRICHED, stage=Group.INDEX))
    assert await ids(redis, Choice(reasons=("invalid_entry",))) == [two]
    assert await ids(redis, Choice(sources=("warta.example",))) == [one, three]
    assert await ids(redis, Choice(stages=("index",))) == [three]
    assert await ids(redis, Choice(streams=(ENRICHED_DEAD,))) == [three]
    assert await ids(redis, Choice(article_id=raw_article().article_id, streams=(RAW_DEAD,))) == [one]
    assert await ids(redis, Choice(article_id=raw_article().article_id, stages=("index",))) == [three]


async def hand_written(redis: Redis, *entry_ids: str, stream: str = RAW_DEAD.name) -> None:
    for entry_id in entry_ids:
        await redis.xadd(stream, {"article_id": raw_article().article_id}, id=entry_id)
        await redis.zadd(lookup_key(stream), {f"{raw_article().article_id}:{entry_id}": 0})


@pytest.mark.parametrize("article_id", [None, raw_article().article_id], ids=["all", "of an article"])
@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"since_ms": 2_000}, ["2000-0", "2000-1", "3000-0"]),
        ({"until_ms": 2_000}, ["1000-0", "2000-0", "2000-1"]),
        ({"since_ms": 1_001, "until_ms": 1_999}, []),
        ({"since_ms": -5, "until_ms": 1_000}, ["1000-0"]),
    ],
)
async def test_letters_are_filtered_by_the_time_they_were_given_up(
    redis: Redis, article_id: str | None, choice: dict[str, int], expected: Sequence[str]
) -> None:
    await hand_written(redis, "1000-0", "2000-0", "2000-1", "3000-0")
    for order in Order:
        letters = await found(redis, Choice(article_id=article_id, since_ms=choice.get("since_ms"), until_ms=choice.get("until_ms")), order)
        assert [letter.letter_id.entry_id for letter in letters] == (expected if order is Order.OLDEST else [*reversed(expected)])


async def test_both_streams_are_listed_together_by_time(redis: Redis) -> None:
    await hand_written(redis, "1000-0", "3000-0", "3000-1")
    await hand_written(redis, "2000-0", "4000-0", stream=ENRICHED_DEAD.name)
    expected = ["raw:1000-0", "enriched:2000-0", "raw:3000-0", "raw:3000-1", "enriched:4000-0"]
    assert await ids(redis, Choice(), Order.OLDEST) == expected
    assert await ids(redis, Choice(), Order.NEWEST) == expected[::-1]


async def test_letters_that_come_later_are_not_meant_by_a_choice_of_now(redis: Redis) -> None:
    before = str(await give_up(redis, raw_fields(raw_article())))
    choice = await up_to_now(redis, Choice())
    await give_up(redis, raw_fields(raw_article()))
    await give_up(redis, enriched_fields(enriched_article()), stream=ENRICHED, stage=Group.INDEX)
    assert await ids(redis, choice) == [before]


async def test_an_article_with_more_letters_than_a_page_is_listed_whole(redis: Redis) -> None:
    await hand_written(redis, *(f"{1_000_000_000_000 + number}-0" for number in range(PAGE_LETTERS * 2 + 10)))
    for order in Order:
        assert len(await found(redis, Choice(article_id=raw_article().article_id), order)) == PAGE_LETTERS * 2 + 10


FILL = """
for _ = 1, tonumber(ARGV[1]) do
  redis.call('XADD', KEYS[1], '*', 'data', string.rep('x', 1000), 'article_id', ARGV[2], 'dead.reason', 'invalid_message')
end
"""


async def test_a_hundred_thousand_letters_are_listed_page_by_page_without_their_texts(redis: Redis) -> None:
    for _ in range(MANY // 10_000):
        await redis.eval(FILL, 1, RAW_DEAD.name, "10000", raw_article().article_id)
    await redis.config_resetstat()
    listed = 0
    async for _letter in chosen_letters(redis, Choice()):
        listed += 1
    assert listed == MANY
    # One a page; whoever else reads this server meanwhile may add a few.
    assert (await redis.info("commandstats"))["cmdstat_eval_ro"]["calls"] < 2 * MANY // PAGE_LETTERS
    assert await output_bytes(redis) < MANY * 400


async def test_listing_holds_one_page_of_letters(redis: Redis) -> None:
    await redis.eval(FILL, 1, RAW_DEAD.name, "10000", raw_article().article_id)
    tracemalloc.start()
    async for _letter in chosen_letters(redis, Choice()):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024  # ten thousand letters are twelve megabytes


async def test_letters_of_sixty_megabytes_are_listed_without_reading_them(redis: Redis) -> None:
    for _ in range(3):
        await redis.xadd(RAW_DEAD.name, {"data": b"\xff" * 60_000_000, "dead.reason": "invalid_message"})
    sent = await output_bytes(redis)
    page = await letter_page(redis, RAW_DEAD, start="-", end="+", order=Order.OLDEST)
    letters = await found(redis, Choice())
    assert len(page) == 1  # a page ends early when its letters are large
    assert [letter.size_bytes > 60_000_000 for letter in letters] == [True] * 3
    assert await output_bytes(redis) - sent < 100_000


HOSTILE: list[dict[bytes, bytes]] = [
    {b"x": b""},
    {b"": b""},
    {b"data": b"\x00\xff\xfe", b"article_id": b"\xff" * 40},
    {b"dead.reason": b"\xff\x1b[2J", b"dead.attempts": b"-1", b"dead.origin": b"\x00", b"article_id": b"x" * 100_000},
    {b"dead.origin": b"{articles}.enriched.v1 1-0", b"dead.last_at": b"9" * 30},
    {b"dead.detail": b"\xf0\x9f" * 20_000},
    {b"f%d" % number: b"v" for number in range(5_000)},
]


@pytest.mark.parametrize("fields", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_letter_is_listed_shown_and_purged(redis: Redis, fields: dict[bytes, bytes]) -> None:
    await redis.xadd(RAW_DEAD.name, fields)  # type: ignore[arg-type]  # the stub wants a wider, invariant dict
    (letter,) = await found(redis, Choice())
    assert letter.field_count == len(fields)
    assert await whole_letter(redis, letter.letter_id) == fields
    assert await purge(redis, [letter]) == 1
    assert await found(redis, Choice()) == []


async def test_a_purge_leaves_nothing_of_a_letter_behind(redis: Redis) -> None:
    await give_up(redis, raw_fields(raw_article()))
    await give_up(redis, {b"data": b"\xff", b"article_id": b"none"})
    await give_up(redis, enriched_fields(enriched_article()), stream=ENRICHED, stage=Group.INDEX)
    letters = await found(redis, Choice())
    assert await purge(redis, letters) == 3
    assert await purge(redis, letters) == 0
    keys: list[Any] = await redis.keys("*dead*")
    assert sorted(keys) == [ENRICHED_DEAD.name.encode(), RAW_DEAD.name.encode()]  # both empty
    assert await letters_without_lookup(redis) == 0
