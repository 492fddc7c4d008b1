"""The backlog of a group, on both servers: what the server says of it, and what is true."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from kabar_chassis import metrics as declared
from kabar_chassis.backlog import backlog_of, export_backlog, standing_of
from kabar_chassis.metrics import Metrics
from kabar_chassis.redis_client import connect
from kabar_chassis.telemetry import Telemetry
from kabar_contracts.streams import RAW, Group
from kabar_embedded import RunningServer, start_redis
from redis.asyncio import Redis
from waiting import wait_until

STREAM: Final = RAW.name
GROUP: Final = Group.ENRICH.value
START_MS: Final = 1_700_000_000_000
STEPS: Final = 60


@pytest.fixture
async def corrects_itself(redis: Redis) -> bool:
    """Whether the server counts right again after a gap; Redis 7 does not."""
    return "valkey_version" in await redis.info("server")


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START_MS / 1000 + seconds, UTC)


@dataclass(slots=True)
class Model:
    """What must be true: a list of entries, one a second, and where the group stands."""

    redis: Redis
    ids: list[int] = field(default_factory=list)
    delivered: int = 0
    pending: set[int] = field(default_factory=set)
    added: int = 0

    async def begin(self) -> None:
        await self.redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)

    async def add(self, count: int) -> None:
        for _ in range(count):
            self.added += 1
            await self.redis.xadd(STREAM, {"data": "x"}, id=entry_id(self.added))
            self.ids.append(self.added)

    async def read(self, count: int) -> None:
        await self.redis.xreadgroup(GROUP, "worker", {STREAM: ">"}, count=count)
        given = [number for number in self.ids if number > self.delivered][:count]
        self.pending |= set(given)
        self.delivered = given[-1] if given else self.delivered

    async def acknowledge(self, numbers: list[int]) -> None:
        if numbers:
            await self.redis.xack(STREAM, GROUP, *[entry_id(number) for number in numbers])
        self.pending -= set(numbers)

    async def delete(self, numbers: list[int]) -> None:
        if numbers:
            await self.redis.xdel(STREAM, *[entry_id(number) for number in numbers])
        self.ids = [number for number in self.ids if number not in numbers]

    async def trim_behind_the_floor(self) -> None:
        await self.trim_to(min(self.pending, default=self.delivered + 1))

    async def trim_to(self, first: int) -> None:
        await self.redis.xtrim(STREAM, minid=entry_id(first), approximate=False)
        self.ids = [number for number in self.ids if number >= first]

    async def make_the_group_anew(self) -> None:
        await self.redis.xgroup_destroy(STREAM, GROUP)
        await self.redis.xgroup_create(STREAM, GROUP, id="0")
        self.delivered, self.pending = 0, set()

    @property
    def lag(self) -> int:
        return sum(number > self.delivered for number in self.ids)

    @property
    def oldest_age_s(self) -> float:
        waiting = [*self.pending, *[number for number in self.ids if number > self.delivered]]
        return self.added + 1 - min(waiting) if waiting else 0.0

    async def told(self, **limits: int) -> Any:
        return await backlog_of(self.redis, STREAM, GROUP, now=at(self.added + 1), **limits)

    async def lag_by_the_server(self) -> int | None:
        (group,) = await self.redis.xinfo_groups(STREAM)
        lag: int | None = group["lag"]
        return lag


def entry_id(number: int) -> str:
    return f"{START_MS + number * 1000}-0"


@pytest.fixture
async def model(redis: Redis) -> Model:
    made = Model(redis)
    await made.begin()
    return made


async def assert_true(model: Model) -> None:
    told = await model.told()
    assert told.lag_is_counted
    assert (told.lag, told.pending, told.entries) == (model.lag, len(model.pending), len(model.ids))
    assert told.oldest_age_s == pytest.approx(model.oldest_age_s)


async def any_change(model: Model, chance: random.Random) -> None:
    """Whatever can happen to a stream, what must not happen included: entries removed before the group had them."""
    some = chance.randint(1, 6)
    match chance.choice(("add", "add", "read", "read", "acknowledge", "floor", "delete", "gap", "anew")):
        case "add":
            await model.add(some)
        case "read":
            await model.read(some)
        case "acknowledge":
            await model.acknowledge(chance.sample(sorted(model.pending), min(some, len(model.pending))))
        case "floor":
            await model.trim_behind_the_floor()
        case "delete":
            await model.delete(chance.sample(model.ids, min(some, len(model.ids))))
        case "gap":
            await model.trim_to(model.delivered + some)
        case "anew":
            await model.make_the_group_anew()


async def proper_change(model: Model, chance: random.Random) -> None:
    """What the pipeline itself does: entries are removed only behind the floor, and a lost group is made anew."""
    some = chance.randint(1, 6)
    match chance.choice(("add", "add", "add", "read", "read", "acknowledge", "acknowledge", "floor", "floor", "anew")):
        case "add":
            await model.add(some)
        case "read":
            await model.read(some)
        case "acknowledge":
            await model.acknowledge(sorted(model.pending)[:some])
        case "floor":
            await model.trim_behind_the_floor()
        case "anew":
            await model.make_the_group_anew()


@pytest.mark.parametrize("seed", range(8))
async def test_the_backlog_is_true_whatever_was_trimmed_deleted_or_made_anew(model: Model, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    for _ in range(STEPS):
        await any_change(model, chance)
        await assert_true(model)


@pytest.mark.parametrize("seed", range(4))
async def test_a_lag_that_is_too_long_to_count_stays_true_while_only_the_pipeline_trims(model: Model, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    for _ in range(STEPS):
        await proper_change(model, chance)
        assert (await model.told(walk_entries=2)).lag == model.lag


@pytest.mark.parametrize("seed", range(4))
async def test_a_lag_that_is_too_long_to_count_is_never_outside_of_what_was_counted(model: Model, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    for _ in range(STEPS):
        await any_change(model, chance)
        told, standing = await model.told(walk_entries=4), await standing_of(model.redis, STREAM, GROUP, walk_entries=4)
        if told.lag_is_counted:
            assert told.lag == model.lag
        assert standing.ahead <= told.lag <= standing.entries - standing.behind
        assert standing.ahead <= model.lag <= standing.entries - standing.behind


async def test_a_stream_that_does_not_exist_has_no_backlog(redis: Redis) -> None:
    told = await backlog_of(redis, STREAM, GROUP, now=at(0))
    assert (told.lag, told.pending, told.oldest_age_s, told.entries) == (0, 0, 0.0, 0)


async def test_to_a_group_that_does_not_exist_everything_is_new(model: Model) -> None:
    await model.add(3)
    await model.redis.xgroup_destroy(STREAM, GROUP)
    told = await model.told()
    assert (told.lag, told.pending, told.oldest_age_s) == (3, 0, 3.0)


async def test_the_oldest_entry_is_one_in_hand_as_long_as_it_is_not_acknowledged(model: Model) -> None:
    await model.add(5)
    await model.read(2)
    assert (await model.told()).oldest_age_s == 5.0
    await model.acknowledge([1, 2])
    assert (await model.told()).oldest_age_s == 3.0


async def test_a_clock_that_is_behind_makes_no_negative_age(model: Model) -> None:
    await model.add(1)
    assert (await backlog_of(model.redis, STREAM, GROUP, now=at(-60))).oldest_age_s == 0.0


async def test_a_reader_may_ask_who_may_not_write(model: Model, redis_server: RunningServer) -> None:
    await model.add(2)
    await model.redis.acl_setuser("reader", enabled=True, nopass=True, keys=["*"], categories=["+@read"], commands=["+eval_ro"])
    try:
        async with connect(redis_server.url.replace("redis://", "redis://reader:any@")) as reader:
            assert (await backlog_of(reader, STREAM, GROUP, now=at(3))).lag == 2
    finally:
        await model.redis.acl_deluser("reader")


# What the servers say, and when it is not so. An upgrade that changes it is noticed here.


async def test_fact_the_servers_lag_is_true_after_trimming_behind_the_floor(model: Model) -> None:
    await model.add(10)
    await model.read(4)
    await model.trim_to(5)
    assert await model.lag_by_the_server() == model.lag == 6


async def test_fact_the_servers_lag_counts_what_was_trimmed_before_it_was_delivered(model: Model) -> None:
    await model.add(10)
    await model.read(2)
    await model.trim_to(6)
    assert (await model.lag_by_the_server(), model.lag) == (8, 5)
    await assert_true(model)


async def test_fact_redis_7_never_forgets_such_a_gap_and_valkey_does_with_the_next_read(model: Model, *, corrects_itself: bool) -> None:
    await model.add(10)
    await model.read(2)
    await model.trim_to(6)
    await model.read(10)
    assert await model.lag_by_the_server() == (0 if corrects_itself else 3)
    await assert_true(model)


async def test_fact_the_server_has_no_lag_once_an_undelivered_entry_is_deleted(model: Model) -> None:
    await model.add(10)
    await model.read(4)
    await model.delete([7])
    assert await model.lag_by_the_server() is None
    await model.read(3)
    assert await model.lag_by_the_server() is None
    await assert_true(model)


async def test_fact_the_server_tells_a_lag_of_an_emptied_stream(model: Model) -> None:
    await model.add(10)
    await model.read(4)
    await model.delete(list(range(1, 11)))
    assert (await model.lag_by_the_server(), model.lag) == (6, 0)
    await assert_true(model)


async def test_fact_redis_7_counts_deleted_entries_at_the_head_as_lag_for_good(model: Model, *, corrects_itself: bool) -> None:
    await model.add(10)
    await model.read(4)
    await model.delete([1, 2, 3, 4, 5, 6])
    await model.read(1)
    assert await model.lag_by_the_server() == (3 if corrects_itself else 5)
    await assert_true(model)


async def test_fact_a_group_made_anew_has_no_lag_by_the_server_where_an_entry_was_deleted(model: Model) -> None:
    await model.add(10)
    await model.read(6)
    await model.delete([3])
    await model.make_the_group_anew()
    await model.read(5)
    assert await model.lag_by_the_server() is None
    await assert_true(model)


@pytest.fixture
async def long_stream(redis: Redis) -> Redis:
    """A million entries, added where they lie, and two groups: one at the beginning, one in the middle."""
    fill = "for at = tonumber(ARGV[1]), tonumber(ARGV[2]) do redis.call('XADD', KEYS[1], at .. '-1', 'data', 'x') end"
    for first in range(1, 1_000_001, 100_000):
        await redis.eval(fill, 1, STREAM, str(first), str(first + 99_999))
    await redis.xgroup_create(STREAM, GROUP, id="0")
    await redis.xgroup_create(STREAM, "middle", id="400000-1")
    return redis


async def test_a_million_entries_are_told_without_holding_redis_up(long_stream: Redis) -> None:
    await long_stream.config_set("slowlog-log-slower-than", "50000")
    await long_stream.slowlog_reset()
    everything = await backlog_of(long_stream, STREAM, GROUP, now=at(0))
    middle = await backlog_of(long_stream, STREAM, "middle", now=at(0))
    assert everything.lag == 1_000_000
    assert everything.lag_is_counted
    # The server lost count of a group that was set somewhere; ids are times, and these are evenly spaced.
    assert middle.lag == pytest.approx(600_000, rel=0.01)
    assert not middle.lag_is_counted
    assert await long_stream.slowlog_get() == []


async def test_walking_ends_after_so_many_bytes(model: Model) -> None:
    for _ in range(6):
        model.added += 1
        await model.redis.xadd(STREAM, {"data": "x" * 1_000_000}, id=entry_id(model.added))
        model.ids.append(model.added)
    await model.read(3)
    standing = await standing_of(model.redis, STREAM, GROUP, walk_bytes=1_500_000)
    assert (standing.ahead, standing.behind, standing.is_counted) == (1, 1, False)
    assert (await model.told(walk_bytes=1_500_000)).lag == 3


async def test_the_backlog_is_shown_in_the_gauges_and_unknown_while_redis_is_away(tmp_path: Path) -> None:
    stopping, telemetry = asyncio.Event(), Telemetry(Metrics())

    def shown() -> tuple[float | None, ...]:
        room = {"stream": STREAM, "group": GROUP}
        value = telemetry.metrics.registry.get_sample_value
        return (
            value(declared.LAG_ENTRIES.name, room),
            value(declared.PENDING_ENTRIES.name, room),
            value(declared.OLDEST_ENTRY_AGE.name, room),
            value(declared.STREAM_ENTRIES.name, {"stream": STREAM}),
        )

    with start_redis(tmp_path) as server:
        async with connect(server.url) as client:
            model = Model(client)
            await model.begin()
            await model.add(3)
            await model.read(1)
            groups = [(RAW, Group.ENRICH)]
            exporting = asyncio.create_task(
                export_backlog(client, groups, telemetry=telemetry, now=lambda: at(4), stopping=stopping, every_s=0.01)
            )
            await wait_until(lambda: shown() == (2.0, 1.0, 3.0, 3.0), within_s=5, what="the gauges show the backlog")
            server.stop()
            await wait_until(lambda: all(value != value for value in shown()), within_s=5, what="the gauges are unknown")  # noqa: PLR0124  # NaN
            stopping.set()
            await exporting
