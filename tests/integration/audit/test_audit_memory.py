"""An audit holds pages, not ids: its memory does not grow with the number of revisions."""

import asyncio
import tracemalloc

from kabar_chassis.topology import create_topology
from kabar_cli.audit.run import Audit
from kabar_index.migration import migrate
from many_revisions import write_many
from opensearchpy import AsyncOpenSearch
from redis.asyncio import Redis


async def peak_bytes_of_an_audit(redis: Redis, opensearch: AsyncOpenSearch, *, revisions: int) -> int:
    tracemalloc.start()
    report = await Audit(redis=redis, client=opensearch, sleep=asyncio.sleep, sample=50, page=200).run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (report.adds_up, report.accepted) == (True, revisions)
    return peak


async def test_eight_times_the_revisions_need_no_more_memory(redis: Redis, opensearch: AsyncOpenSearch) -> None:
    await create_topology(redis)
    await migrate(opensearch, replicas=0, say=lambda _: None)
    few = await peak_bytes_of_an_audit(redis, opensearch, revisions=await write_many(opensearch, 700))
    many = await peak_bytes_of_an_audit(redis, opensearch, revisions=await write_many(opensearch, 5_600))

    assert many < few * 1.5
