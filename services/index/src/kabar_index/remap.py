"""`python -m kabar_index.remap`: the job after an upgrade that changed the mapping of disclosures. Safe beside all that runs."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

import structlog
from kabar_chassis.logs import configure_logging
from kabar_chassis.startup import read_settings
from opensearchpy.exceptions import OpenSearchException

from kabar_index.opensearch_client import connect
from kabar_index.remapping import Remapped, Remapping, RemapStoppedError
from kabar_index.settings import PREFIX, Settings

log: structlog.stdlib.BoundLogger = structlog.get_logger()


async def remap_all(settings: Settings, *, is_trial: bool) -> Remapped:
    """What a run did. Raises RemapStoppedError and OpenSearchException."""
    async with connect(settings) as client:
        return await Remapping(
            client=client, sleep=asyncio.sleep, tell=lambda line: log.info("records_remapped", what=line), is_trial=is_trial
        ).run()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the job; exit code 1 and one line when it cannot be done, 3 when some records could not."""
    parser = argparse.ArgumentParser(prog="python -m kabar_index.remap", description="Derive the mapping of all disclosure records anew.")
    parser.add_argument("--dry-run", action="store_true", help="count what would change, and write nothing")
    is_trial: bool = parser.parse_args(arguments).dry_run
    settings = read_settings(Settings, prefix=PREFIX)
    configure_logging(service="remap", level=settings.log_level)
    try:
        done = asyncio.run(remap_all(settings, is_trial=is_trial))
    except (OpenSearchException, RemapStoppedError) as error:
        log.error("remap_failed", error=str(error))  # noqa: TRY400  # the cause is known
        sys.exit(1)
    log.info("remap_finished", is_trial=is_trial, **done.as_json())
    if done.not_done:
        sys.exit(3)


if __name__ == "__main__":
    main()
