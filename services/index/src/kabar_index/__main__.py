"""`python -m kabar_index`: the only reader of the environment."""

import asyncio
import sys

from kabar_chassis.logs import configure_logging
from kabar_chassis.worker import run_worker

from kabar_index.app import index_worker
from kabar_index.settings import Settings


async def _run(settings: Settings) -> int:
    worker, client = index_worker(settings)
    try:
        return await run_worker(worker)
    finally:
        await client.close()


def main() -> None:
    """Run the worker until it is told to stop."""
    settings = Settings()
    configure_logging(service=f"index-{settings.role}", level=settings.log_level)
    sys.exit(asyncio.run(_run(settings)))


if __name__ == "__main__":
    main()
