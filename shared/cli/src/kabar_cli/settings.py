"""Every variable of the command: `KABAR_UP_*` for the system it starts, `KABAR_*_URL` for one that runs elsewhere."""

import os
from pathlib import Path
from typing import Annotated

from kabar_chassis.startup import SECRETS_DIR
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65_535)]
ChosenPort = Annotated[int, Field(ge=1, le=65_535)]


class UpSettings(BaseSettings):
    """The local system. Ports for people are fixed; for the rest 0 takes a free one, the same again at the next start."""

    model_config = SettingsConfigDict(env_prefix="KABAR_UP_", frozen=True, env_ignore_empty=True)

    state_dir: Path = Path(".kabar")
    """Everything it keeps: data of both servers, logs, what runs."""
    search_port: ChosenPort = 8080
    ingest_port: ChosenPort = 8081
    enrich_port: Port = 0
    index_port: Port = 0
    archive_port: Port = 0
    enrich_backfill_port: Port = 0
    index_backfill_port: Port = 0
    archive_backfill_port: Port = 0
    redis_port: Port = 0
    opensearch_port: Port = 0
    """Up to 9299."""
    redis_memory_mb: Annotated[int, Field(ge=64, le=1_048_576)] = 1_024
    """What Redis may take; ingest refuses articles long before."""
    backfill: bool = False
    """Whether the workers of the lane backfill run, too."""
    opensearch_heap_mb: Annotated[int, Field(ge=256, le=32_768)] = 1_024
    log_level: str = "info"


class ClientSettings(BaseSettings):
    """Where the services are. Without these, the system that `kabar up` started in this folder."""

    model_config = SettingsConfigDict(env_prefix="KABAR_", frozen=True, env_ignore_empty=True)

    ingest_url: str | None = None
    search_url: str | None = None
    redis_url: str | None = None
    opensearch_url: str | None = None
    opensearch_user: str | None = None
    opensearch_password: SecretStr | None = None
    opensearch_ca_file: Path | None = None
    timeout_s: Annotated[float, Field(gt=0, le=3_600)] = 30.0


def client_settings() -> ClientSettings:
    """The settings from the environment and, where `KABAR_SECRETS_DIR` names one, the folder of secrets. Raises ValidationError."""
    return ClientSettings(_secrets_dir=os.environ.get(SECRETS_DIR) or None)
