"""Waiting for a condition, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

POLL_S = 0.05


async def wait_until(condition: Callable[[], object | Awaitable[object]], *, within_s: float, what: str) -> object:
    """The first truthy answer of `condition`. Fails the test when there is none within `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while True:
        answer = condition()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() > deadline:
            message = f"not within {within_s:g} s: {what}"
            raise AssertionError(message)
        await asyncio.sleep(POLL_S)


def eventually(condition: Callable[[], object], *, within_s: float, what: str) -> object:
    """As `wait_until`, where nothing runs in this process meanwhile."""
    deadline = time.monotonic() + within_s
    while not (answer := condition()):
        if time.monotonic() > deadline:
            message = f"not within {within_s:g} s: {what}"
            raise AssertionError(message)
        time.sleep(POLL_S)
    return answer
