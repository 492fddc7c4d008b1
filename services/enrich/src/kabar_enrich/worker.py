"""The enrich worker as a process."""

import asyncio

from kabar_chassis.logs import configure_logging
from kabar_chassis.startup import listen, read_settings
from kabar_chassis.worker import run_worker

from kabar_enrich.app import enrich_worker
from kabar_enrich.malloc_arenas import keep_to_one_arena
from kabar_enrich.settings import PREFIX, Settings


async def _run(settings: Settings) -> int:
    listener = listen(settings.host, settings.port, prefix=PREFIX)
    worker, pool = enrich_worker(settings)
    try:
        return await run_worker(worker, listener=listener)
    finally:
        pool.close()


def main() -> int:
    """Run the worker until it is told to stop. Returns the exit code."""
    keep_to_one_arena()
    settings = read_settings(Settings, prefix=PREFIX)
    configure_logging(service="enrich", level=settings.log_level)
    return asyncio.run(_run(settings))
