"""What a room does about each failure of a read, without a server."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from kabar_chassis.delivery.intake import Intake
from kabar_chassis.delivery.outcome import Delivery, Done, Outcome
from kabar_chassis.delivery.room import Room
from kabar_contracts.streams import RAW, Group
from redis import exceptions


async def done(deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
    return [Done()] * len(deliveries)


class NoRedis:
    """A server that has forgotten everything and takes nothing."""

    async def xgroup_create(self, *_: Any, **__: Any) -> None:
        raise exceptions.ConnectionError("away")


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch) -> Intake:
    room = Room(redis=cast("Any", NoRedis()), stream=RAW, group=Group.ENRICH, consumer="w", handle=done)

    async def at_once(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    waits: list[float] = []
    monkeypatch.setattr(Room, "wait", lambda _, seconds: at_once(seconds))
    monkeypatch.setattr(Room, "waits", waits, raising=False)
    return Intake(room=room)


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ConnectionError("Connection refused"),
        exceptions.TimeoutError("Timeout reading"),
        exceptions.BusyLoadingError("Redis is loading the dataset in memory"),
        exceptions.ReadOnlyError("You can't write against a read only replica."),
        exceptions.ResponseError("MISCONF Redis is configured to save RDB snapshots"),
        exceptions.NoPermissionError("this user has no permissions"),
        exceptions.OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        exceptions.ResponseError("NOGROUP No such key or consumer group"),
        exceptions.AuthenticationError("WRONGPASS"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_read_that_fails_brings_nothing_and_waits_longer_each_time(intake: Intake, error: Exception) -> None:
    async def fetch() -> Any:
        raise error

    for _ in range(6):
        assert await intake.read(fetch) == ()
    waits: list[float] = intake.room.waits  # type: ignore[attr-defined]
    assert waits[0] <= 0.2
    assert 1.5 <= waits[-1] <= 3.0
    assert intake.is_quiet


async def test_nothing_is_read_once_the_room_is_stopping(intake: Intake) -> None:
    async def fetch() -> Any:
        pytest.fail("it must not read")

    intake.room.stopping.set()
    assert await intake.read(fetch) == ()


async def test_nothing_is_read_while_there_is_a_reason_to_pause(intake: Intake) -> None:
    async def fetch() -> Any:
        pytest.fail("it must not read")

    async def live_lags() -> str:
        return "the live lane has 1,000 entries waiting"

    intake.pause = live_lags
    assert await intake.read(fetch) == ()


async def test_a_batch_that_was_read_and_not_taken_up_keeps_the_room_from_being_quiet(intake: Intake) -> None:
    async def fetch() -> Any:
        return [["stream", [(b"1-0", {})]]]

    await intake.read(fetch)
    assert not intake.is_quiet
    intake.room.in_hand.clear()
    intake.room.redis = cast("Any", None)
    await intake.take_up([])
    assert intake.is_quiet


async def test_a_room_that_neither_reads_nor_works_is_taken_for_dead(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert intake.silence() is None
    monkeypatch.setattr("kabar_chassis.delivery.intake.SILENT_S", -1.0)
    assert intake.silence() is not None
    intake.room.in_hand[b"1-0"] = Delivery(entry_id=b"1-0", fields={})
    assert intake.silence() is None


async def test_after_a_small_batch_the_next_read_waits_and_after_a_full_one_or_a_silence_it_does_not(intake: Intake) -> None:
    sizes = iter([3, intake.room.batch_size, 0, 1, 0])

    async def fetch() -> Any:
        size = next(sizes)
        return [(b"stream", [(b"1-0", {})] * size)] if size else []

    intake.gather_s = 5.0
    waits: list[float] = intake.room.waits  # type: ignore[attr-defined]
    waited = []
    for _ in range(5):
        before = len(waits)
        await intake.read(fetch)
        waited.append(len(waits) > before)
    assert waited == [False, True, False, False, True]
    assert all(4 < seconds <= 5 for seconds in waits)
