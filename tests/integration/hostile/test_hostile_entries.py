"""Each class of hostile entry gets its own dead letter with its reason, and holds no neighbour up."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import orjson
import pytest
from articles import raw_article, raw_fields
from hostile_reading import NAUGHTY, read_or_misbehave
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.room import Room
from kabar_chassis.subscription import IntakeBroker, entries_of
from kabar_chassis.topology import create_topology
from kabar_contracts.streams import ENRICHED, RAW, RAW_DEAD, Group
from kabar_embedded import RunningServer
from kabar_enrich.app import article_handler
from kabar_enrich.reading_pool import ReadingPool
from redis.asyncio import Redis
from waiting import wait_until

NEIGHBOURS = 150
ARTICLE_TIMEOUT_S = 3.0

Fields = dict[bytes, bytes]


def altered(**changes: Any) -> Fields:
    """A good entry whose message has these changes; None removes a field."""
    fields = raw_fields(raw_article(9_000))
    message = orjson.loads(fields[b"data"]) | changes
    return fields | {b"data": orjson.dumps({name: value for name, value in message.items() if value is not None})}


def with_data(data: bytes) -> Fields:
    return raw_fields(raw_article(9_000)) | {b"data": data}


def with_field(name: bytes, value: bytes | None) -> Fields:
    fields = raw_fields(raw_article(9_000))
    return {key: content for key, content in (fields | {name: value or b""}).items() if key != name or value is not None}


ENTRY, MESSAGE = "invalid_entry", "invalid_message"
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000

CLASSES: dict[str, tuple[Fields, str]] = {
    "no field at all that we know": ({b"nothing": b"here"}, ENTRY),
    "an empty data": (with_data(b""), MESSAGE),
    "data that is missing": (with_field(b"data", None), ENTRY),
    "broken JSON": (with_data(b'{"title": '), MESSAGE),
    "JSON and something after it": (with_data(raw_fields(raw_article(1))[b"data"] + b"}"), MESSAGE),
    "two JSON documents": (with_data(raw_fields(raw_article(1))[b"data"] * 2), MESSAGE),
    "a JSON list": (with_data(b"[]"), MESSAGE),
    "a JSON string": (with_data(b'"article"'), MESSAGE),
    "a JSON null": (with_data(b"null"), MESSAGE),
    "a number": (with_data(b"42"), MESSAGE),
    "NaN": (with_data(b"NaN"), MESSAGE),
    "bytes that are no UTF-8": (with_data(b'{"title": "\xff\xfe"}'), MESSAGE),
    "UTF-16": (with_data(raw_fields(raw_article(1))[b"data"].decode().encode("utf-16")), MESSAGE),
    "gzip": (with_data(b"\x1f\x8b\x08\x00" + b"\x00" * 64), MESSAGE),
    "a lone surrogate": (with_data(b'{"title": "\\ud800"}'), MESSAGE),
    "NUL bytes": (with_data(b"\x00" * 4_096), MESSAGE),
    "100,000 levels of nesting": (with_data(DEEP), MESSAGE),
    "20 MB of nothing": (with_data(b" " * 20_000_000), MESSAGE),
    "a content type that is not JSON": (with_field(b"content_type", b"application/xml"), ENTRY),
    "no revision": (with_field(b"revision", None), ENTRY),
    "a revision that is a word": (with_field(b"revision", b"now"), ENTRY),
    "a negative revision": (with_field(b"revision", b"-5"), ENTRY),
    "a revision beyond all time": (with_field(b"revision", b"9" * 30), ENTRY),
    "a revision in other digits": (with_field(b"revision", "١٢٣".encode()), ENTRY),
    "a revision that is another than the message's": (with_field(b"revision", b"7"), ENTRY),
    "no article id": (with_field(b"article_id", None), ENTRY),
    "an article id that is another than the message's": (with_field(b"article_id", b"0" * 32), ENTRY),
    "an article id in capitals": (with_field(b"article_id", b"ABCDEF" + b"0" * 26), ENTRY),
    "an article id that is no UTF-8": (with_field(b"article_id", b"\xff" * 32), ENTRY),
    "a page that is promised and not there": (altered(content_form="page", body=None), ENTRY),
    "no source": (altered(source=None), MESSAGE),
    "a source that is a number": (altered(source=42), MESSAGE),
    "no time of receipt": (altered(received_at=None), MESSAGE),
    "a time without a zone": (altered(published_at="2026-01-01T00:00:00"), MESSAGE),
    "a time that is a word": (altered(updated_at="yesterday"), MESSAGE),
    "an unknown status": (altered(status="deleted"), MESSAGE),
    "an unknown form": (altered(content_form="pdf"), MESSAGE),
    "another schema version": (altered(schema_version=2), MESSAGE),
    "authors that are no list": (altered(authors="Sari"), MESSAGE),
    "a title that is an object": (altered(title={"text": "x"}), MESSAGE),
    "a title over the limit": (altered(title="x" * 3_000), MESSAGE),
    "a script as address": (altered(url="javascript:alert(1)"), MESSAGE),
    "one that ends its process": (raw_fields(raw_article(9_001)) | {NAUGHTY: b"exits"}, "enricher_died"),
    "one that has its process killed": (raw_fields(raw_article(9_002)) | {NAUGHTY: b"is killed"}, "enricher_died"),
    "one that eats all memory": (raw_fields(raw_article(9_003)) | {NAUGHTY: b"eats memory"}, "enricher_died"),
    "one on which our code fails": (raw_fields(raw_article(9_006)) | {NAUGHTY: b"raises"}, "handler_raised"),
    "one that hangs": (raw_fields(raw_article(9_004)) | {NAUGHTY: b"hangs"}, "enricher_timed_out"),
    "one that never ends": (raw_fields(raw_article(9_005)) | {NAUGHTY: b"spins"}, "enricher_timed_out"),
}


@pytest.fixture
async def enricher(redis: Redis, redis_server: RunningServer) -> AsyncIterator[Room]:
    """The real enricher, with a reader that does what a marked entry says."""
    await create_topology(redis)
    pool = ReadingPool(processes=2, article_timeout_s=ARTICLE_TIMEOUT_S, memory_mb=700, read=read_or_misbehave)
    await pool.begin()
    handle = article_handler(pool, now=lambda: datetime.now(UTC))
    room = Room(redis=redis, stream=RAW, next_stream=ENRICHED, group=Group.ENRICH, consumer="enricher", handle=handle)
    intake = Intake(room=room)
    broker = IntakeBroker(redis_server.url, intake)
    for _ in range(2):

        @broker.subscriber(stream=entries_of(room))
        async def work(deliveries: Any) -> None:
            await intake.take_up(deliveries)

    await broker.start()
    yield room
    room.stopping.set()
    await wait_until(lambda: intake.is_quiet, within_s=10, what="the enricher has stopped")
    await broker.stop()
    await asyncio.to_thread(pool.close)


MISBEHAVING = {name for name, (fields, _) in CLASSES.items() if NAUGHTY in fields}


@pytest.mark.parametrize(
    ("names", "healthy_within_s"),
    [
        pytest.param(CLASSES.keys() - MISBEHAVING, 30.0, id="cannot be read"),
        # Each of these ends or blocks a process twice before it is known, and a new one takes seconds to be ready.
        pytest.param(MISBEHAVING, 120.0, id="hurt who reads them"),
    ],
)
async def test_every_class_of_hostile_entry_is_given_up_with_its_reason_and_no_neighbour_is_blamed(
    enricher: Room, redis: Redis, names: set[str], healthy_within_s: float
) -> None:
    hostile = {name: fields for name, (fields, _) in CLASSES.items() if name in names}
    origins = await mix(redis, hostile, [raw_fields(raw_article(number)) for number in range(NEIGHBOURS)])

    async def handed_over() -> bool:
        return int(await redis.xlen(ENRICHED.name)) == NEIGHBOURS

    async def given_up() -> bool:
        return int(await redis.xlen(RAW_DEAD.name)) == len(hostile)

    await wait_until(handed_over, within_s=healthy_within_s, what="every healthy neighbour is handed over")
    await wait_until(given_up, within_s=60, what="every hostile entry has its letter")
    letters: Any = await redis.xrange(RAW_DEAD.name)
    found = {origins[letter[b"dead.origin"].decode()]: letter for _, letter in letters}
    assert {name: letter[b"dead.reason"].decode() for name, letter in found.items()} == {name: CLASSES[name][1] for name in names}
    assert all(letter[b"dead.detail"] for letter in found.values())
    assert {letter[b"dead.attempts"] for letter in found.values()} == {b"1"}
    summary: Any = await redis.xpending(RAW.name, Group.ENRICH)
    assert summary["pending"] == 0
    assert enricher.blocked is None


async def mix(redis: Redis, hostile: dict[str, Fields], healthy: list[Fields]) -> dict[str, str]:
    """Put the hostile entries on the stream with healthy ones before and after each. Where each hostile one lies -> its name."""
    origins: dict[str, str] = {}
    size = len(healthy) // (len(hostile) + 1)
    neighbours = iter(healthy)
    for name, fields in hostile.items():
        await put(redis, *islice(neighbours, size))
        (entry_id,) = await put(redis, fields)
        origins[f"{RAW.name} {entry_id}"] = name
    await put(redis, *neighbours)
    return origins


async def put(redis: Redis, *entries: Fields) -> list[str]:
    ids: list[Any] = [await redis.xadd(RAW.name, fields) for fields in entries]  # type: ignore[arg-type]
    return [entry_id.decode() for entry_id in ids]


def test_there_are_forty_classes_at_least() -> None:
    assert len(CLASSES) >= 40
