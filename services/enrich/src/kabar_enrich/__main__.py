"""`python -m kabar_enrich`: the only reader of the environment."""

import asyncio
import sys

from kabar_chassis.logs import configure_logging
from kabar_chassis.worker import run_worker

from kabar_enrich.app import enrich_worker
from kabar_enrich.settings import Settings


async def _run(settings: Settings) -> int:
    worker, pool = enrich_worker(settings)
    try:
        return await run_worker(worker)
    finally:
        pool.close()


def main() -> None:
    """Run the worker until it is told to stop."""
    settings = Settings()
    configure_logging(service="enrich", level=settings.log_level)
    sys.exit(asyncio.run(_run(settings)))


if __name__ == "__main__":
    main()
