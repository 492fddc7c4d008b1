"""Hostile entries in real child processes: each gets its verdict, and the process that asks lives on."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from multiprocessing import active_children
from pathlib import Path

import hostile_functions
import pytest
from hostile_functions import act
from kabar_chassis.delivery import quarantine as module
from kabar_chassis.delivery.outcome import Dead, Delivery, Reason, Retry
from kabar_chassis.delivery.quarantine import ChildDied, NotRun, Quarantine, Raised, Result, TimedOut, each_in_safety
from waiting import wait_until


def delivery(data: str, *, attempts: int = 2) -> Delivery:
    return Delivery(entry_id=b"1-0", fields={b"data": data.encode()}, attempts=attempts)


@pytest.fixture(scope="module")
async def quarantine() -> AsyncIterator[Quarantine]:
    one = Quarantine(timeout_s=20, memory_mb=512)
    yield one
    one.close()


@pytest.fixture
async def impatient() -> AsyncIterator[Quarantine]:
    one = Quarantine(timeout_s=0.2)
    yield one
    one.close()


async def test_the_result_comes_back_from_another_process_that_is_kept_for_the_next(quarantine: Quarantine) -> None:
    first, second = [await quarantine.run_alone(act, delivery("pid")) for _ in range(2)]
    assert first == second
    assert first != Result(str(os.getpid()))
    assert await quarantine.run_alone(act, delivery("parent")) == Result(str(os.getpid()))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("exit 3", "exit code 3"),
        ("exit 0", "exit code 0"),
        ("system_exit 4", "exit code 4"),
        ("abort", "signal SIGABRT"),
        ("kill SIGSEGV", "signal SIGSEGV"),
        ("kill SIGKILL", "signal SIGKILL"),
        ("eat", "it ran out of memory"),
    ],
)
async def test_an_entry_that_ends_the_process_is_told_with_how(quarantine: Quarantine, data: str, told: str) -> None:
    verdict = await quarantine.run_alone(act, delivery(data))
    assert isinstance(verdict, ChildDied)
    assert str(verdict) == told


@pytest.mark.parametrize(
    ("data", "why"), [("raise no", "ValueError: no"), ("recurse x", "RecursionError"), ("unpicklable", "cannot be handed back")]
)
async def test_an_entry_that_raises_is_told_with_why(quarantine: Quarantine, data: str, why: str) -> None:
    verdict = await quarantine.run_alone(act, delivery(data))
    assert isinstance(verdict, Raised)
    assert why in verdict.why


async def test_a_long_reason_is_cut(quarantine: Quarantine) -> None:
    verdict = await quarantine.run_alone(act, delivery("raise " + "x" * 1_000_000))
    assert isinstance(verdict, Raised)
    assert len(verdict.why) == 1_000


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
async def test_a_signal_that_tells_the_whole_group_to_stop_blames_nobody(quarantine: Quarantine, name: str) -> None:
    assert await quarantine.run_alone(act, delivery(f"kill {name}")) == NotRun("it was told to stop")
    (outcome,) = await each_in_safety(act, [delivery(f"kill {name}")], quarantine=quarantine)
    assert isinstance(outcome, Retry)


async def test_an_entry_that_hangs_is_ended_while_the_worker_goes_on(impatient: Quarantine) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    ticking = asyncio.create_task(tick())
    verdict = await impatient.run_alone(act, delivery("hang"))
    ticking.cancel()
    assert verdict == TimedOut(0.2)
    assert ticks > 5


async def test_a_child_that_cannot_be_started_blames_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more_processes(_: int) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(module, "_start_child", no_more_processes)
    quarantine = Quarantine()
    assert isinstance(await quarantine.run_alone(act, delivery("pid")), NotRun)
    (outcome,) = await each_in_safety(act, [delivery("pid")], quarantine=quarantine)
    assert isinstance(outcome, Retry)


async def test_a_child_that_was_killed_while_nothing_was_in_hand_is_replaced(quarantine: Quarantine) -> None:
    first = await quarantine.run_alone(act, delivery("pid"))
    assert isinstance(first, Result)
    os.kill(int(first.value), signal.SIGKILL)
    second = await quarantine.run_alone(act, delivery("pid"))
    assert isinstance(second, Result)
    assert second != first


async def test_a_worker_that_stops_does_not_wait_for_a_suspect() -> None:
    async def stop_while_it_hangs() -> None:
        quarantine = Quarantine(timeout_s=60)
        await quarantine.run_alone(act, delivery("pid"))
        running = asyncio.create_task(quarantine.run_alone(act, delivery("hang")))
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert isinstance(await quarantine.run_alone(act, delivery("pid")), Result)
        quarantine.close()

    # A loop of its own ends only when every thread that it started has.
    await asyncio.wait_for(asyncio.to_thread(asyncio.run, stop_while_it_hangs()), timeout=10)


async def test_every_suspect_gets_its_own_verdict_and_healthy_neighbours_their_result(quarantine: Quarantine) -> None:
    outcomes = await each_in_safety(
        act, [delivery("pid", attempts=1), delivery("exit 3"), delivery("pid"), delivery("raise no")], quarantine=quarantine
    )
    assert outcomes[0] == str(os.getpid())
    assert outcomes[1] == Dead(Reason.HANDLER_DIED, "the process working it out ended, 2 times: exit code 3")
    assert isinstance(outcomes[2], str)
    assert outcomes[3] == Dead(Reason.HANDLER_RAISED, "ValueError: no")


async def test_an_entry_that_raises_at_its_first_delivery_is_given_up_and_its_neighbours_are_not(quarantine: Quarantine) -> None:
    outcomes = await each_in_safety(act, [delivery("raise no", attempts=1), delivery("pid", attempts=1)], quarantine=quarantine)
    assert outcomes == [Dead(Reason.HANDLER_RAISED, "ValueError: no"), str(os.getpid())]


async def test_a_process_that_dies_once_with_an_entry_is_no_proof_against_it(quarantine: Quarantine, tmp_path: Path) -> None:
    outcomes = await each_in_safety(act, [delivery(f"exit_once {tmp_path / 'mark'}")], quarantine=quarantine)
    assert outcomes == ["the second time"]


async def test_an_entry_that_hangs_twice_is_given_up(impatient: Quarantine) -> None:
    outcomes = await each_in_safety(act, [delivery("hang")], quarantine=impatient)
    assert outcomes == [Dead(Reason.HANDLER_TIMED_OUT, "not worked out within 0.2 s, 2 times")]


def _has_ended(pid: int) -> bool:
    # Whoever asks for the children of this process buries those that have ended.
    return pid not in [child.pid for child in active_children()]


async def test_a_child_that_nobody_needs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_S", 0.01)
    quarantine = Quarantine()
    verdict = await quarantine.run_alone(act, delivery("pid"))
    assert isinstance(verdict, Result)
    await wait_until(lambda: _has_ended(int(verdict.value)), within_s=5, what="the child has ended")


FORGETFUL = """
import asyncio
from hostile_functions import act
from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.delivery.quarantine import Quarantine

print(asyncio.run(Quarantine().run_alone(act, Delivery(entry_id=b"1-0", fields={b"data": b"pid"}))))
"""

WORKER = """
import asyncio
from hostile_functions import act
from kabar_chassis.delivery.outcome import Delivery
from kabar_chassis.delivery.quarantine import Quarantine

async def work():
    quarantine = Quarantine()
    print((await quarantine.run_alone(act, Delivery(entry_id=b"1-0", fields={b"data": b"pid"}))).value, flush=True)
    await quarantine.run_alone(act, Delivery(entry_id=b"2-0", fields={b"data": b"hang"}))

asyncio.run(work())
"""


async def _started(script: str) -> asyncio.subprocess.Process:
    support = str(Path(hostile_functions.__file__).parent)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, env=os.environ | {"PYTHONPATH": support}, stdout=asyncio.subprocess.PIPE
    )


async def test_a_worker_that_ends_is_not_held_up_by_a_child_it_forgot() -> None:
    worker = await _started(FORGETFUL)
    told, _ = await asyncio.wait_for(worker.communicate(), timeout=20)
    assert b"Result" in told
    assert worker.returncode == 0


async def test_a_child_does_not_outlive_a_worker_that_was_killed() -> None:
    worker = await _started(WORKER)
    assert worker.stdout is not None
    child = int(await worker.stdout.readline())
    worker.kill()
    await worker.wait()
    await wait_until(lambda: not _runs(child), within_s=10, what="the child has ended too")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Nobody may have buried it yet.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z")
