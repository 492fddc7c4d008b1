"""`python -m kabar_index.topology`: the one-shot job before the first start and at each upgrade. Safe to run twice.

It creates the streams' groups in Redis and the indices in OpenSearch, and brings older indices to this release's mapping.
"""

import asyncio
import sys
from collections.abc import Callable

import structlog
from kabar_chassis import redis_client
from kabar_chassis.logs import configure_logging
from kabar_chassis.startup import read_settings
from kabar_chassis.topology import create_topology
from opensearchpy.exceptions import OpenSearchException
from redis.exceptions import RedisError

from kabar_index.migration import MigrationError, migrate
from kabar_index.opensearch_client import connect
from kabar_index.settings import PREFIX, Settings

log: structlog.stdlib.BoundLogger = structlog.get_logger()


async def create_all(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Create and migrate, with one line for each thing done. Raises RedisError, OpenSearchException, MigrationError."""
    async with redis_client.connect(settings.redis_url.get_secret_value()) as redis:
        for made in await create_topology(redis):
            say(f"created group {made}")
    async with connect(settings) as client:
        await migrate(client, replicas=settings.replicas, say=say)


def main() -> None:
    """Run the job; exit code 1 and one line when it cannot be done."""
    settings = read_settings(Settings, prefix=PREFIX)
    configure_logging(service="topology", level=settings.log_level)
    try:
        asyncio.run(create_all(settings, say=lambda line: log.info("topology_changed", what=line)))
    except (RedisError, OpenSearchException, MigrationError) as error:
        log.error("topology_failed", error=str(error))  # noqa: TRY400  # the cause is known
        sys.exit(1)
    log.info("topology_ready")


if __name__ == "__main__":
    main()
