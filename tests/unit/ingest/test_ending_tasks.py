"""Proves: ingest ends its loops although one of them loses a cancellation."""

import asyncio

from kabar_ingest.app import end


async def test_a_loop_that_lost_a_cancellation_is_cancelled_again() -> None:
    lost = 0

    async def deaf_once() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(3_600)
            except asyncio.CancelledError:
                lost += 1
                if lost > 1:
                    raise

    loop = asyncio.create_task(deaf_once())
    await asyncio.sleep(0)

    async with asyncio.timeout(10):
        await end([loop])

    assert (lost, loop.cancelled()) == (2, True)
