"""Images once a session, and the shipped compose.yaml with stand-ins for the two servers."""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from containers import ROOT, ContainerStack, docker, engine_answers
from kabar_embedded.artifacts import ensure_artifacts
from kabar_embedded.cache_folder import cache_folder

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def images() -> None:
    """The stand-ins and Kabar's own images, built from this tree."""
    if not engine_answers():
        pytest.skip("no Docker engine with Compose answers")
    ensure_artifacts()
    base = os.environ.get("KABAR_PYTHON_IMAGE", "python:3.13-slim-bookworm")
    argument = ("--quiet", "--build-arg", f"PYTHON_IMAGE={base}")
    began = time.monotonic()
    docker("build", *argument, "--tag", "kabar-test/redis", str(HERE / "redis"))
    opensearch = ("--build-context", f"cache={cache_folder()}", "--file", str(HERE / "opensearch" / "Dockerfile"))
    docker("build", *argument, "--tag", "kabar-test/opensearch", *opensearch, str(ROOT))
    ContainerStack("kabar-test-build").compose("--profile", "tools", "build", "--quiet", timeout_s=1_800)
    say(f"images built in {time.monotonic() - began:.0f} s")


@pytest.fixture(scope="module")
def stack(images: None) -> Iterator[ContainerStack]:  # noqa: ARG001  # they must be there
    """A system that runs, started as README says."""
    running = ContainerStack(f"kabar-test-{secrets.token_hex(3)}")
    began = time.monotonic()
    try:
        running.compose("up", "--wait", "--wait-timeout", "300")
        say(f"docker compose up --wait took {time.monotonic() - began:.0f} s")
        yield running
    finally:
        running.compose("--profile", "backfill", "--profile", "tools", "--profile", "demo", "down", "--volumes", "--timeout", "20")


def say(line: str) -> None:
    """Figures for whoever watches."""
    sys.__stderr__.write(f"\n{line}\n") if sys.__stderr__ is not None else None
