"""Every variable of the enrich worker: `KABAR_ENRICH_*`."""

import os
from typing import Annotated, Final, Literal

from kabar_chassis.redis_address import RedisUrl
from kabar_contracts.streams import Lane
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "KABAR_ENRICH_"


class Settings(BaseSettings):
    """Read once in `__main__` and passed on. Addresses and secrets have no default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    redis_url: RedisUrl
    """redis:// or rediss:// with user and password, or redis+sentinel://USER:PASSWORD@HOST:26379,HOST:26379/NAME."""
    lane: Lane = Lane.LIVE
    host: str = "127.0.0.1"
    """Where `/livez` and `/readyz` listen."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8082
    processes: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=lambda: os.cpu_count() or 1)
    """Child processes that read articles; one a core."""
    article_timeout_s: Annotated[float, Field(gt=0, le=600)] = 20.0
    """An article that takes longer, alone and again, is given up."""
    process_memory_mb: Annotated[int, Field(ge=256, le=65_536)] = 1_024
    """What one of these processes may take; more ends it, and the article alone is blamed."""
    batch_size: Annotated[int, Field(ge=1, le=1_000)] = 64
    """Entries in one hand-over."""
    gather_ms: Annotated[int, Field(ge=0, le=10_000)] = 50
    """After less than a batch, how long the next read waits for more to come. The first article after a silence never waits."""
    readers: Annotated[int, Field(ge=1, le=8)] | None = None
    """Batches in hand at once: one is read while another is handed over.

    By default two; one in the lane backfill, so that it takes at most half of what live takes.
    """
    reclaim_after_ms: Annotated[int, Field(ge=500, le=3_600_000)] = 10_000
    brake: bool = True
    """Whether the worker pauses when most of the last entries failed."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def reader_count(self) -> int:
        """How many batches are in hand at once."""
        if self.readers is not None:
            return self.readers
        return 2 if self.lane is Lane.LIVE else 1
