"""Every setting of the search service: the variables `KABAR_SEARCH_*`."""

from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from kabar_chassis.logs import Level
from kabar_chassis.redis_address import RedisUrl
from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "KABAR_SEARCH_"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        message = f"no time zone is called {name!r}; write one like Asia/Jakarta"
        raise ValueError(message) from error
    return name


class Settings(BaseSettings):
    """What an operator may choose. Read once, in `__main__`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    opensearch_url: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+/?$")]
    """Address of the cluster, for example `http://127.0.0.1:9200`. A user and password go into their own settings."""
    opensearch_user: str | None = None
    opensearch_password: SecretStr | None = None
    opensearch_password_file: Path | None = None
    """File that holds the password; a line end at its end is dropped."""
    opensearch_ca_file: Path | None = None
    """PEM file of the authorities to trust instead of the system's."""
    articles_alias: Annotated[str, Field(min_length=1)] = "articles"
    revisions_alias: Annotated[str, Field(min_length=1)] = "revisions"
    """The archive, which receipts are looked up in."""
    redis_url: RedisUrl | None = None
    """redis://, rediss:// or redis+sentinel:// of a user that may only read streams. Without it receipts tell what OpenSearch knows."""
    query_timeout_ms: Annotated[int, Field(ge=100, le=60_000)] = 5_000
    """Longest wait for one answer of the cluster; after it the client gets 503."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8_080
    """0 lets the system choose."""
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Jakarta"
    """In which days are counted and times are shown, unless a request names another."""
    ui_language: Literal["id", "en"] = "id"
    """Language of the page for readers who ask for neither Indonesian nor English."""
    log_level: Level = "info"

    @model_validator(mode="after")
    def _credentials_are_whole(self) -> Self:
        if self.opensearch_password is not None and self.opensearch_password_file is not None:
            message = "give one of KABAR_SEARCH_OPENSEARCH_PASSWORD and KABAR_SEARCH_OPENSEARCH_PASSWORD_FILE"
            raise ValueError(message)
        has_password = self.opensearch_password is not None or self.opensearch_password_file is not None
        if has_password != (self.opensearch_user is not None):
            message = "KABAR_SEARCH_OPENSEARCH_USER and its password belong together"
            raise ValueError(message)
        return self
