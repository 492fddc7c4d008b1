"""Which entries are worked out in a child process, without starting one."""

from typing import Any

import pytest
from kabar_chassis.delivery.outcome import Dead, Delivery, Reason, Retry
from kabar_chassis.delivery.quarantine import ChildDied, NotRun, Quarantine, Raised, Result, TimedOut, Verdict, each_in_safety


class Answering(Quarantine):
    """A quarantine whose child answers as told."""

    def __init__(self, *verdicts: Verdict[Any]) -> None:
        super().__init__()
        self.verdicts = list(verdicts)
        self.asked: list[Delivery] = []

    async def run_alone(self, function: Any, argument: Any) -> Verdict[Any]:
        assert callable(function)
        self.asked.append(argument)
        return self.verdicts.pop(0)


def delivery(*, attempts: int, data: bytes = b"good") -> Delivery:
    return Delivery(entry_id=b"1-0", fields={b"data": data}, attempts=attempts)


def data_of(entry: Delivery) -> bytes:
    if entry.fields[b"data"] == b"bad":
        raise ValueError("bad")
    return entry.fields[b"data"]


async def test_an_entry_at_its_first_delivery_costs_no_process() -> None:
    quarantine = Answering()
    assert await each_in_safety(data_of, [delivery(attempts=1)] * 3, quarantine=quarantine) == [b"good"] * 3
    assert quarantine.asked == []


async def test_an_entry_whose_owner_died_with_it_goes_into_quarantine() -> None:
    quarantine = Answering(Result(b"from there"))
    suspect = delivery(attempts=2)
    assert await each_in_safety(data_of, [delivery(attempts=1), suspect], quarantine=quarantine) == [b"good", b"from there"]
    assert quarantine.asked == [suspect]


async def test_an_entry_that_raises_goes_into_quarantine_and_its_neighbours_do_not() -> None:
    quarantine = Answering(Raised("ValueError: bad"))
    outcomes = await each_in_safety(data_of, [delivery(attempts=1), delivery(attempts=1, data=b"bad")], quarantine=quarantine)
    assert outcomes == [b"good", Dead(Reason.HANDLER_RAISED, "ValueError: bad")]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([ChildDied(-9), ChildDied(-11)], Dead(Reason.HANDLER_DIED, "the process working it out ended, 2 times: signal SIGSEGV")),
        ([TimedOut(30), TimedOut(30)], Dead(Reason.HANDLER_TIMED_OUT, "not worked out within 30 s, 2 times")),
        ([ChildDied(1), Result(b"fine")], b"fine"),
        ([TimedOut(30), Result(b"fine")], b"fine"),
        ([ChildDied(1), NotRun("no memory")], Retry("a suspect could not be worked out apart: no memory")),
        ([Raised("ValueError: x")], Dead(Reason.HANDLER_RAISED, "ValueError: x")),
    ],
    ids=[
        "two deaths are proof",
        "two time-outs are proof",
        "one death is none",
        "one time-out is none",
        "a machine without processes blames nobody",
        "what raises would raise again",
    ],
)
async def test_only_what_fails_alone_and_again_is_given_up(verdicts: list[Verdict[Any]], expected: object) -> None:
    assert await each_in_safety(data_of, [delivery(attempts=2)], quarantine=Answering(*verdicts)) == [expected]
