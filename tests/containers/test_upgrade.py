"""Proves in a Docker engine: the release before and this one run side by side, in the documented order, and nothing is lost."""

import os
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from containers import ROOT, ContainerStack, docker, sample_articles

PREVIOUS: Final = os.environ.get("KABAR_PREVIOUS", "0a6afe8")
"""The revision to upgrade from: by default the first whose secrets are files."""
ORDER: Final[tuple[tuple[str, ...], ...]] = (("topology",), ("index", "archive"), ("enrich",), ("search",), ("ingest",))
"""As the runbook has it: who reads a message comes before who writes it."""
IMAGES: Final = {"topology": "index", "index": "index", "archive": "index", "enrich": "enrich", "search": "search", "ingest": "ingest"}
ARTICLES: Final = 1_000
BATCH: Final = 10


@pytest.fixture(scope="module")
def previous_images(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The images of the revision before, tagged `previous`. Built first: the names without a tag are this tree's afterwards."""
    tree = tmp_path_factory.mktemp("previous")
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", PREVIOUS], capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"{PREVIOUS} is not in this clone: {archive.stderr.decode()[:200]}")
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive.stdout, check=True)
    base = os.environ.get("KABAR_PYTHON_IMAGE", "python:3.13-slim-bookworm")
    for name in sorted(set(IMAGES.values())):
        arguments = ("--build-arg", f"PYTHON_IMAGE={base}", "--build-arg", f"SERVICE={name}", "--target", name)
        docker("build", "--quiet", *arguments, "--tag", f"kabar-{name}:previous", "--file", str(tree / "deploy" / "Dockerfile"), str(tree))


@pytest.fixture
def old_stack(previous_images: None, images: None) -> Iterator[ContainerStack]:  # noqa: ARG001  # they must be there
    """A system of the release before."""
    stack = ContainerStack(f"kabar-test-{secrets.token_hex(3)}")
    with tempfile.TemporaryDirectory() as folder:
        try:
            stack.compose("up", "--wait", "--wait-timeout", "300", overrides=[_previous(Path(folder), IMAGES)])
            yield stack
        finally:
            stack.compose("--profile", "tools", "down", "--volumes", "--timeout", "20")


def _previous(folder: Path, services: Sequence[str] | dict[str, str]) -> Path:
    """A file for Compose by which these services are of the release before."""
    lines = ["services:", *(f"  {service}: {{image: 'kabar-{IMAGES[service]}:previous'}}" for service in services)]
    path = folder / "previous.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_both_releases_side_by_side_lose_nothing(old_stack: ContainerStack, tmp_path: Path) -> None:
    articles = sample_articles("upgrade", ARTICLES)
    accepted: list[dict[str, Any]] = []
    upgraded = threading.Event()

    def push_all() -> None:
        for start in range(0, ARTICLES, BATCH):
            accepted.extend(old_stack.push(articles[start : start + BATCH]))
            if not upgraded.is_set():
                upgraded.wait(1.0)

    pushing = threading.Thread(target=push_all)
    pushing.start()
    remaining = list(IMAGES)
    for step in ORDER:
        remaining = [service for service in remaining if service not in step]
        overrides = [_previous(tmp_path, remaining)] if remaining else []
        if step == ("topology",):
            old_stack.compose("run", "--rm", "topology", overrides=overrides)
        else:
            old_stack.compose("up", "--wait", "--no-deps", "--wait-timeout", "120", *step, overrides=overrides)
    upgraded.set()
    pushing.join(600)

    assert len(accepted) == ARTICLES
    for service in ("ingest", "enrich", "index", "archive", "search"):
        assert old_stack.inspect(service)["Config"]["Image"] == f"kabar-{IMAGES[service]}"
    old_stack.is_found(accepted)
    wrong = [
        (article["title"], shown)
        for article, answer in zip(articles, accepted, strict=True)
        if (shown := old_stack.title_of(answer["article_id"])) != article["title"]
    ]
    assert wrong == []
    old_stack.adds_up()
    # 4: nothing found.
    assert "reason" not in old_stack.compose("run", "--rm", "kabar", "dlq", "ls", "--json", also_fine=4)
