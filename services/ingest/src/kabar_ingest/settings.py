"""Every setting of the service."""

from typing import Annotated

from kabar_chassis.logs import Level
from kabar_chassis.redis_address import RedisUrl
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "KABAR_INGEST_"
MIB = 1024 * 1024

Positive = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """The variables `KABAR_INGEST_*`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    redis_url: RedisUrl
    """Where Redis is, with user and password if it has them: `redis://user:password@host:6379/0`, or who knows it:
    `redis+sentinel://user:password@host:26379,host:26379/NAME`."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8081
    """0 takes a free one and logs it."""
    log_level: Level = "info"

    article_bytes: Positive = 16 * MIB
    """The largest article: a body that holds one, or a line of a batch, after decompression."""
    request_bytes: Positive = 64 * MIB
    """The largest body as it is received."""
    batch_bytes: Positive = 256 * MIB
    """The largest batch after decompression."""
    batch_lines: Positive = 10_000
    """Most articles in one batch."""
    compression_ratio: Annotated[int, Field(gt=1)] = 200
    """How many times its size a body may grow when it is decompressed."""
    body_idle_s: Annotated[float, Field(gt=0)] = 30.0
    """How long the next bytes of a body are waited for."""
    open_requests: Positive = 2_000
    """Most requests that are worked on at the same time."""

    redis_memory_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Which share of Redis's `maxmemory` may be used before articles are refused, so that the workers can go on."""
    redis_memory_mb: Positive | None = None
    """The same in MiB; needed where Redis has no `maxmemory`. The smaller of the two counts."""
    backlog_entries: Positive = 1_000_000
    """How many articles of a lane may wait for the slowest group before more are refused."""
    backfill_share: Annotated[float, Field(gt=0, le=1)] = 0.25
    """Which share of these limits the backfill lane may use, so that it never takes live's room."""
    held_bytes: Positive = 1024 * MIB
    """How much of bodies is held in memory at the same time; each batch counts as one article of the largest size."""

    retry_after_s: Positive = 5
    """What a producer is told to wait when Redis does not take articles."""
    recent_pushes: Annotated[int, Field(ge=0)] = 65_536
    """How many pushes are remembered to say `duplicate`."""
    shutdown_s: Positive = 20
    """How long requests in hand may take when the service stops."""


def variable(field: str) -> str:
    """The name of the environment variable that sets `field`."""
    return f"{PREFIX}{field.upper()}"
