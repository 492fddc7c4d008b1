"""`kabar index migrate` and `kabar topology`: what the servers need before the services start."""

import asyncio
import os
from typing import TYPE_CHECKING, Any

import typer

from kabar_cli.exits import Exit, err, failure
from kabar_cli.services_client import address_of

if TYPE_CHECKING:
    from kabar_index.settings import Settings

index_app = typer.Typer(no_args_is_help=True, help="The indices in OpenSearch.")


@index_app.command("migrate")
def migrate() -> None:
    """Make missing indices, and copy older ones to this release's mapping. Workers wait meanwhile."""
    topology()


def topology() -> None:
    """Create what is missing: streams and groups in Redis, indices in OpenSearch. Safe to run twice."""
    from kabar_index.migration import MigrationError  # noqa: PLC0415  # only these commands need the clients of both servers
    from kabar_index.topology import create_all  # noqa: PLC0415
    from opensearchpy.exceptions import OpenSearchException  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    try:
        asyncio.run(create_all(_settings(), say=lambda line: err.print(line, markup=False)))
    except (RedisError, OpenSearchException) as error:
        raise failure(Exit.UNAVAILABLE, str(error)) from error
    except MigrationError as error:
        raise failure(Exit.UNEXPECTED, str(error)) from error
    err.print("topology and indices are as this release needs them")


def _settings() -> "Settings":
    """The index worker's own variables where they are set, else the system that runs here, which has one node."""
    from kabar_index.settings import Settings  # noqa: PLC0415

    values: dict[str, Any] = {}
    if "KABAR_INDEX_REDIS_URL" not in os.environ:
        values["redis_url"] = address_of("redis")
    if "KABAR_INDEX_OPENSEARCH_URL" not in os.environ:
        values |= {"opensearch_url": address_of("opensearch"), "replicas": 0}
    return Settings(**values)
