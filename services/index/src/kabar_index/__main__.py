"""`python -m kabar_index`: the only reader of the environment."""

import asyncio
import sys

from kabar_chassis.logs import configure_logging
from kabar_chassis.startup import listen, read_settings
from kabar_chassis.worker import run_worker

from kabar_index.app import index_worker
from kabar_index.settings import PREFIX, Settings


async def _run(settings: Settings) -> int:
    listener = listen(settings.host, settings.port, prefix=PREFIX)
    worker, client = index_worker(settings)
    try:
        return await run_worker(worker, listener=listener)
    finally:
        await client.close()


def main() -> int:
    """Run the worker until it is told to stop. Returns the exit code."""
    settings = read_settings(Settings, prefix=PREFIX)
    configure_logging(service=f"index-{settings.role}", level=settings.log_level)
    return asyncio.run(_run(settings))


if __name__ == "__main__":
    sys.exit(main())
