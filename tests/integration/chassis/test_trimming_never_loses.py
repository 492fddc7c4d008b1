"""Whatever groups, workers and trimmers do: no entry that any group still needs is ever trimmed.

A model walks beside a real server. `make test` tries some hundred stories in seconds; HYPOTHESIS_PROFILE=thorough tries
thousands. The last tests run the same machine over trimmers that are wrong on purpose, and it must find each of them out.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from kabar_chassis.delivery import possession
from kabar_chassis.redis_client import connect
from kabar_chassis.trimming import trim
from kabar_contracts.streams import RAW, Group, Stream
from kabar_embedded import RunningServer, start_redis
from redis.asyncio import Redis
from redis_binaries import BINARIES, IDS

STREAM: Final = Stream(RAW.name, RAW.written_by, tuple(Group), RAW.message)
"""The raw stream with all three groups on it."""
GROUPS: Final = st.sampled_from(Group)
CONSUMERS: Final = st.sampled_from(["first", "second"])

Trim = Callable[[Redis, int], Awaitable[object]]
"""Trims the stream, about so many entries at most."""


async def trim_right(redis: Redis, at_most: int) -> object:
    return await trim(redis, STREAM, keep_ms=0, at_most=at_most)


@dataclass
class Scene:
    """A server, the clients of two workers, and the loop they live in."""

    runner: asyncio.Runner
    server: RunningServer
    binary: Path
    clients: tuple[Redis, Redis]
    trim: Trim = trim_right
    was_restarted: bool = False

    def run(self, *waiting: Awaitable[Any]) -> list[Any]:
        """Answers of what was asked at once, in order."""

        async def all_of_them() -> list[Any]:
            return await asyncio.gather(*waiting)

        return self.runner.run(all_of_them())

    def ask(self, waiting: Awaitable[Any]) -> Any:
        return self.run(waiting)[0]


@dataclass
class Needs:
    """What one group has still to do, as the model knows it."""

    undelivered: list[bytes] = field(default_factory=list)
    pending: dict[bytes, str] = field(default_factory=dict)
    exists: bool = True

    @property
    def all(self) -> set[bytes]:
        return {*self.undelivered, *self.pending}


def machine(scene: Scene) -> type[RuleBasedStateMachine]:  # noqa: C901  # a machine is its rules
    """The machine over this server."""
    redis, other = scene.clients

    class Pipeline(RuleBasedStateMachine):
        """Three groups on one stream, with the workers that read, die and trim."""

        def __init__(self) -> None:
            super().__init__()
            self.needs = {group: Needs() for group in Group}

        @initialize(node_entries=st.sampled_from([1, 3, 100]))
        def begin(self, node_entries: int) -> None:
            # Small nodes, so that a few entries already reach over several of them.
            scene.ask(redis.flushall())
            scene.ask(redis.config_set("stream-node-max-entries", node_entries))
            for group in Group:
                scene.ask(redis.xgroup_create(STREAM.name, group.value, id="0", mkstream=True))

        @rule(count=st.integers(1, 12))
        def entries_are_added(self, count: int) -> None:
            pipeline = redis.pipeline(transaction=False)
            for _ in range(count):
                pipeline.xadd(STREAM.name, {"data": "x"})
            for entry_id in scene.ask(pipeline.execute()):
                for needs in self.needs.values():
                    needs.undelivered.append(entry_id)

        @rule(group=GROUPS, consumer=CONSUMERS, count=st.integers(1, 12))
        def a_worker_reads(self, group: Group, consumer: str, count: int) -> None:
            needs = self.needs[group]
            if not needs.exists:
                return
            answer = scene.ask(redis.xreadgroup(group.value, consumer, {STREAM.name: ">"}, count=count))
            got = [entry_id for entry_id, _ in answer[STREAM.name.encode()][0]] if answer else []
            assert got == needs.undelivered[:count], f"{group.value} was not delivered what was next"
            needs.pending |= dict.fromkeys(got, consumer)
            del needs.undelivered[:count]

        @rule(group=GROUPS, choice=st.data(), every=st.booleans())
        def a_worker_acknowledges(self, group: Group, choice: Any, every: bool) -> None:  # noqa: FBT001  # drawn, not passed
            needs = self.needs[group]
            if not needs.exists or not needs.pending:
                return
            some = st.lists(st.sampled_from(sorted(needs.pending)), min_size=1, unique=True)
            done = list(needs.pending) if every else choice.draw(some)
            scene.ask(redis.xack(STREAM.name, group.value, *done))
            for entry_id in done:
                del needs.pending[entry_id]

        @rule(group=GROUPS, alive=CONSUMERS, at_most=st.integers(1, 20))
        def a_worker_dies_and_the_living_takes_over(self, group: Group, alive: str, at_most: int) -> None:
            needs = self.needs[group]
            if not needs.exists:
                return
            rows = scene.ask(possession.pending_entries(redis, STREAM.name, group.value, idle_ms=0, at_most=at_most))
            claimed = scene.ask(possession.claim(redis, STREAM.name, group.value, alive, rows, idle_ms=0)) if rows else []
            assert {delivery.entry_id for delivery in claimed} == {row.entry_id for row in rows}, "an entry vanished under its owner"
            needs.pending |= {delivery.entry_id: alive for delivery in claimed}

        @rule(group=GROUPS)
        def a_dead_worker_is_forgotten(self, group: Group) -> None:
            if self.needs[group].exists:
                scene.ask(possession.remove_idle_consumers(redis, STREAM.name, group.value, idle_ms=-1, keep=""))

        @rule(slow=GROUPS, at_most=st.sampled_from([1, 5, 2_000]))
        def all_but_one_group_catch_up_and_a_trimmer_trims(self, slow: Group, at_most: int) -> None:
            for group in (one for one in Group if one is not slow):
                self.a_worker_reads(group, "first", 1_000)
                if self.needs[group].exists and (pending := list(self.needs[group].pending)):
                    scene.ask(redis.xack(STREAM.name, group.value, *pending))
                    self.needs[group].pending.clear()
            self.a_trimmer_trims(at_most)

        @precondition(lambda self: self.are_complete())
        @rule(group=GROUPS, luck=st.integers(1, 2))
        def a_group_is_deleted(self, group: Group, luck: int) -> None:
            if luck == 1:
                scene.ask(redis.xgroup_destroy(STREAM.name, group.value))
                self.needs[group].exists = False

        @precondition(lambda self: not self.are_complete())
        @rule()
        def the_deleted_group_is_made_again(self) -> None:
            group = next(group for group, needs in self.needs.items() if not needs.exists)
            scene.ask(redis.xgroup_create(STREAM.name, group.value, id="0"))
            present = present_entries()
            assert self.needs[group].all <= set(present), f"what {group.value} had not done went while it was missing"
            self.needs[group] = Needs(undelivered=present)

        @rule(at_most=st.sampled_from([1, 5, 2_000]))
        def a_trimmer_trims(self, at_most: int) -> None:
            before = scene.ask(redis.xlen(STREAM.name))
            scene.ask(scene.trim(redis, at_most))
            assert self.are_complete() or scene.ask(redis.xlen(STREAM.name)) == before, "it trimmed while a group was missing"

        @rule(count=st.integers(1, 12))
        def two_trim_while_others_add_and_read(self, count: int) -> None:
            group = next((group for group, needs in self.needs.items() if needs.exists), None)
            added = [redis.xadd(STREAM.name, {"data": "x"}) for _ in range(3)]
            reading = [redis.xreadgroup(group.value, "first", {STREAM.name: ">"}, count=count)] if group else []
            answers = scene.run(scene.trim(redis, 2_000), *added, scene.trim(other, 2_000), *reading, scene.trim(other, 2_000))
            for entry_id in sorted((answer for answer in answers if isinstance(answer, bytes)), key=as_numbers):
                for needs in self.needs.values():
                    needs.undelivered.append(entry_id)
            if group is None or not (answer := answers[-2]):
                return
            needs, got = self.needs[group], [entry_id for entry_id, _ in answer[STREAM.name.encode()][0]]
            assert got == needs.undelivered[: len(got)], f"{group.value} was not delivered what was next"
            needs.pending |= dict.fromkeys(got, "first")
            del needs.undelivered[: len(got)]

        def are_complete(self) -> bool:
            return all(needs.exists for needs in self.needs.values())

        @invariant()
        def no_entry_that_a_group_needs_is_gone(self) -> None:
            present = set(present_entries())
            for group, needs in self.needs.items():
                assert needs.all <= present, f"{len(needs.all - present)} entries that {group.value} needs were trimmed"

        @precondition(lambda self: self.are_complete())
        @rule()
        def lag_and_pending_are_what_they_are(self) -> None:
            for info in scene.ask(redis.xinfo_groups(STREAM.name)):
                needs = self.needs[Group(info["name"].decode())]
                assert info["pending"] == len(needs.pending)
                # Redis 7.0 has forgotten the lag after it was started again, until the group has caught up.
                assert info["lag"] == len(needs.undelivered) or (info["lag"] is None and scene.was_restarted)

        def teardown(self) -> None:
            """When all is done a trim leaves nothing."""
            if not scene.ask(redis.exists(STREAM.name)):
                return
            for group, needs in self.needs.items():
                if not needs.exists:
                    scene.ask(redis.xgroup_create(STREAM.name, group.value, id="0"))
                scene.ask(redis.xreadgroup(group.value, "first", {STREAM.name: ">"}))
                rows = scene.ask(redis.xpending_range(STREAM.name, group.value, "-", "+", 100_000))
                if rows:
                    scene.ask(redis.xack(STREAM.name, group.value, *[row["message_id"] for row in rows]))
            scene.ask(scene.trim(redis, 100_000))
            assert scene.ask(redis.xlen(STREAM.name)) == 0, "all is done, and something is left"

    def present_entries() -> list[bytes]:
        return [entry_id for entry_id, _ in scene.ask(redis.xrange(STREAM.name))]

    return Pipeline


def as_numbers(entry_id: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition(b"-")
    return int(milliseconds), int(sequence)


THOROUGH: Final = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
QUICK: Final = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    print_blob=False,
)
STORIES: Final = settings(QUICK, max_examples=2_000, stateful_step_count=60) if THOROUGH else QUICK
WITH_KILLS: Final = settings(QUICK, max_examples=100 if THOROUGH else 10, stateful_step_count=20)
FAULT_FINDING: Final = settings(QUICK, max_examples=300, derandomize=True, database=None, phases=[Phase.generate])


@pytest.fixture(scope="module", params=BINARIES, ids=IDS)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    binary: Path = request.param
    # With a loop of its own, which leaves the one of the other tests alone.
    with (
        start_redis(tmp_path_factory.mktemp("redis"), binary=binary, fsync="everysec") as server,
        asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner,
    ):
        scene = Scene(runner, server, binary, (connect(server.url), connect(server.url)))
        yield scene
        scene.run(*[client.aclose() for client in scene.clients])
        scene.server.stop()


def test_no_entry_that_a_group_needs_is_ever_trimmed(scene: Scene) -> None:
    scene.trim = trim_right
    run_state_machine_as_test(machine(scene), settings=STORIES)


def test_no_entry_that_a_group_needs_is_trimmed_when_the_server_is_killed_too(scene: Scene) -> None:
    scene.trim = trim_right

    class PipelineOnACrashingServer(machine(scene)):  # type: ignore[misc]  # the class is made for its server
        @rule()
        def the_server_is_killed_and_comes_back(self) -> None:
            scene.server.kill()
            scene.was_restarted = True
            scene.server = start_redis(scene.server.directory, port=scene.server.port, binary=scene.binary)
            scene.run(*[client.connection_pool.disconnect() for client in scene.clients])

    run_state_machine_as_test(PipelineOnACrashingServer, settings=WITH_KILLS)


async def last_delivered(redis: Redis, group: Group) -> bytes | None:
    groups = {info["name"].decode(): info["last-delivered-id"] for info in await redis.xinfo_groups(STREAM.name)}
    return groups.get(group.value)


async def first_pending(redis: Redis, group: Group) -> bytes | None:
    rows: Any = await redis.xpending_range(STREAM.name, group.value, "-", "+", 1)
    return rows[0]["message_id"] if rows else None


def following(entry_id: bytes) -> bytes:
    milliseconds, sequence = as_numbers(entry_id)
    return b"%d-%d" % (milliseconds, sequence + 1)


async def cut(redis: Redis, needed: list[bytes]) -> None:
    await redis.xtrim(STREAM.name, minid=min(needed, key=as_numbers), approximate=False)


async def trim_without_asking_the_archive(redis: Redis, _: int) -> None:
    delivered = [await last_delivered(redis, group) for group in Group]
    if None not in delivered:
        asked = (Group.ENRICH, Group.INDEX)
        await cut(redis, [await first_pending(redis, group) or following(await last_delivered(redis, group) or b"0-0") for group in asked])


async def trim_behind_the_delivered(redis: Redis, _: int) -> None:
    delivered = [await last_delivered(redis, group) for group in Group]
    if None not in delivered:
        await cut(redis, [following(entry_id) for entry_id in delivered if entry_id])


async def trim_without_the_missing(redis: Redis, _: int) -> None:
    needed = [
        await first_pending(redis, group) or following(entry_id) for group in Group if (entry_id := await last_delivered(redis, group))
    ]
    if needed:
        await cut(redis, needed)


async def trim_one_too_many(redis: Redis, _: int) -> None:
    delivered = [await last_delivered(redis, group) for group in Group]
    if None not in delivered:
        await cut(
            redis,
            [
                following(await first_pending(redis, group) or entry_id)
                for group, entry_id in zip(Group, delivered, strict=True)
                if entry_id
            ],
        )


async def trim_to_a_length(redis: Redis, _: int) -> None:
    infos = await redis.xinfo_groups(STREAM.name)
    if len(infos) == len(Group):
        await redis.xtrim(STREAM.name, maxlen=max((info["lag"] or 0) + info["pending"] for info in infos), approximate=False)


@pytest.mark.parametrize(
    "wrong",
    [trim_without_asking_the_archive, trim_behind_the_delivered, trim_without_the_missing, trim_one_too_many, trim_to_a_length],
)
def test_a_trimmer_that_is_wrong_is_found_out(scene: Scene, wrong: Trim) -> None:
    scene.trim = wrong
    with pytest.raises(AssertionError, match=r"needs were trimmed|was missing|was not delivered|vanished|not done went"):
        run_state_machine_as_test(machine(scene), settings=FAULT_FINDING)
