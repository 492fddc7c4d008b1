"""Every variable of the index worker: `KABAR_INDEX_*`."""

from pathlib import Path
from typing import Annotated, Final, Literal

from kabar_chassis.redis_address import RedisUrl
from kabar_contracts.streams import Lane
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "KABAR_INDEX_"


class Settings(BaseSettings):
    """Read once in `__main__` and passed on. Addresses and secrets have no default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    redis_url: RedisUrl
    """redis:// or rediss:// with user and password, or redis+sentinel://USER:PASSWORD@HOST:26379,HOST:26379/NAME."""
    opensearch_url: str
    """http:// or https:// of one node or of the load balancer before several."""
    opensearch_user: str | None = None
    opensearch_password: SecretStr | None = None
    opensearch_ca_file: Path | None = None
    opensearch_timeout_s: Annotated[float, Field(gt=0, le=300)] = 6.0
    """An answer that has not come by then is asked for again. Writes get more time, up to a minute, each time that it was too little."""
    role: Literal["articles", "archive"] = "articles"
    """`articles` writes what is searched, `archive` keeps every revision as received."""
    lane: Lane = Lane.LIVE
    host: str = "127.0.0.1"
    """Where `/livez` and `/readyz` listen."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8083
    batch_size: Annotated[int, Field(ge=1, le=2_000)] | None = None
    """Entries in one `_bulk` request.

    By default 500, because OpenSearch syncs its log once a request; 200 for the archive, whose entries may hold whole pages.
    """
    gather_ms: Annotated[int, Field(ge=0, le=10_000)] | None = None
    """After less than a batch, how long the next read waits for more to come. The first article after a silence never waits.

    By default 100; 500 for the archive, for which nobody waits.
    """
    readers: Annotated[int, Field(ge=1, le=8)] | None = None
    """Batches in hand. Two keep the node busy, while a third is read or settled; more gain nothing.

    By default three; one in the lane backfill, so that it takes a third of what live takes.
    """
    reclaim_after_ms: Annotated[int, Field(ge=500, le=3_600_000)] = 10_000
    replicas: Annotated[int, Field(ge=0, le=5)] = 1
    """Copies of each index, when this process creates it."""
    brake: bool = True
    """Whether the worker pauses when most of the last entries failed."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def gather_s(self) -> float:
        """The wait after less than a batch, in seconds."""
        if self.gather_ms is not None:
            return self.gather_ms / 1_000
        return 0.1 if self.role == "articles" else 0.5

    @property
    def batch_entries(self) -> int:
        """Entries in one `_bulk` request."""
        if self.batch_size is not None:
            return self.batch_size
        return 500 if self.role == "articles" else 200

    @property
    def reader_count(self) -> int:
        """How many batches are in hand at once."""
        if self.readers is not None:
            return self.readers
        return 3 if self.lane is Lane.LIVE else 1
