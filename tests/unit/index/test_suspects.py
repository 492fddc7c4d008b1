"""Suspects of the index worker: worked out in a child process, and given up only for what happens there."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from articles import NOON, enriched_article, enriched_fields, raw_article, raw_fields
from kabar_chassis.delivery.outcome import Dead, Delivery, Done, Handler, Reason, Retry
from kabar_chassis.delivery.quarantine import ChildDied, NotRun, Quarantine, Raised, Result, TimedOut, Verdict
from kabar_index.archive import archive_handler
from kabar_index.articles import article_handler
from opensearchpy import AsyncOpenSearch


class Answering(Quarantine):
    """A quarantine whose child answers as told, or else as the function does."""

    def __init__(self, *verdicts: Verdict[Any]) -> None:
        super().__init__()
        self.verdicts = list(verdicts)
        self.asked: list[Delivery] = []

    async def run_alone(self, function: Callable[[Any], Any], argument: Any) -> Verdict[Any]:
        self.asked.append(argument)
        return self.verdicts.pop(0) if self.verdicts else Result(function(argument))


@pytest.fixture
async def nowhere() -> AsyncIterator[AsyncOpenSearch]:
    async with AsyncOpenSearch("http://127.0.0.1:1", max_retries=0) as client:
        yield client


def handler(role: str, client: AsyncOpenSearch, quarantine: Quarantine) -> Handler:
    if role == "articles":
        return article_handler(client, now=lambda: NOON, quarantine=quarantine)
    return archive_handler(client, stream="raw", now=lambda: NOON, quarantine=quarantine)


def delivery(role: str, *, attempts: int) -> Delivery:
    fields = enriched_fields(enriched_article()) if role == "articles" else raw_fields(raw_article())
    return Delivery(entry_id=b"1-0", fields=fields, attempts=attempts)


@pytest.mark.parametrize("role", ["articles", "archive"])
@pytest.mark.parametrize(
    ("verdicts", "reason"),
    [
        ([ChildDied(-11), ChildDied(-11)], Reason.HANDLER_DIED),
        ([TimedOut(30), TimedOut(30)], Reason.HANDLER_TIMED_OUT),
        ([Raised("RecursionError: too deep")], Reason.HANDLER_RAISED),
    ],
)
async def test_a_suspect_that_fails_alone_is_given_up_with_its_reason(
    nowhere: AsyncOpenSearch, role: str, verdicts: list[Verdict[Any]], reason: Reason
) -> None:
    (outcome,) = await handler(role, nowhere, Answering(*verdicts))([delivery(role, attempts=2)])
    assert isinstance(outcome, Dead)
    assert outcome.reason is reason


@pytest.mark.parametrize("role", ["articles", "archive"])
async def test_a_suspect_that_does_no_harm_goes_on_as_any_other(nowhere: AsyncOpenSearch, role: str) -> None:
    quarantine = Answering()
    suspect = delivery(role, attempts=3)
    (outcome,) = await handler(role, nowhere, quarantine)([suspect])
    assert quarantine.asked == [suspect]
    assert isinstance(outcome, Retry), "it was sent, and there is no OpenSearch here"


@pytest.mark.parametrize("role", ["articles", "archive"])
async def test_a_machine_without_processes_gives_nobody_up(nowhere: AsyncOpenSearch, role: str) -> None:
    (outcome,) = await handler(role, nowhere, Answering(NotRun("no memory")))([delivery(role, attempts=2)])
    assert isinstance(outcome, Retry)


@pytest.mark.parametrize("role", ["articles", "archive"])
async def test_a_first_delivery_is_worked_out_here(nowhere: AsyncOpenSearch, role: str) -> None:
    quarantine = Answering()
    await handler(role, nowhere, quarantine)([delivery(role, attempts=1)])
    assert quarantine.asked == []


async def test_an_entry_that_is_no_article_is_left_to_enrich_even_from_quarantine(nowhere: AsyncOpenSearch) -> None:
    broken = Delivery(entry_id=b"1-0", fields={b"data": b"{"}, attempts=2)
    assert await handler("archive", nowhere, Answering())([broken]) == [Done()]
