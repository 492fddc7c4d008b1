"""The shipped compose.yaml in a Docker engine, under a project name of its own and on free ports."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kabar_embedded import free_port
from waiting import eventually

ROOT: Final = Path(__file__).resolve().parents[2]
UP_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class ContainerStack:
    """One system in containers; `compose` runs a command of Compose on it."""

    project: str
    overrides: tuple[Path, ...] = ()
    """More files for Compose, beside the shipped one."""
    search_port: int = field(default_factory=free_port)
    ingest_port: int = field(default_factory=free_port)

    @property
    def env(self) -> dict[str, str]:
        """What Compose reads."""
        return os.environ | {
            "COMPOSE_PROJECT_NAME": self.project,
            "KABAR_INGEST_PORT": str(self.ingest_port),
            "KABAR_SEARCH_PORT": str(self.search_port),
            "KABAR_REDIS_IMAGE": "kabar-test/redis",
            "KABAR_OPENSEARCH_IMAGE": "kabar-test/opensearch",
        }

    def compose(
        self,
        *arguments: str,
        timeout_s: float = UP_S,
        overrides: Sequence[Path] | None = None,
        also_fine: int = 0,
        stdin: str | None = None,
    ) -> str:
        """What `docker compose …` prints. Raises AssertionError with its words when it ends with another code than 0 or `also_fine`."""
        chosen = self.overrides if overrides is None else overrides
        files = [part for file in (ROOT / "compose.yaml", *chosen) for part in ("--file", str(file))]
        command = ["docker", "compose", "--project-directory", str(ROOT), *files, *arguments]
        done = subprocess.run(command, env=self.env, input=stdin, capture_output=True, text=True, check=False, timeout=timeout_s)
        assert done.returncode in (0, also_fine), f"{' '.join(arguments)}: {done.stdout[-3_000:]}{done.stderr[-3_000:]}"
        return done.stdout

    def container(self, service: str) -> str:
        """The id of a service's container."""
        return self.compose("ps", "--all", "--quiet", service).strip()

    def exec(self, service: str, script: str) -> subprocess.CompletedProcess[str]:
        """What this shell script gives inside the container of a service."""
        return docker("exec", self.container(service), "sh", "-c", script, check=False)

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine knows of the container."""
        return dict(json.loads(docker("inspect", self.container(service)).stdout)[0])

    def push(self, articles: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Push these articles in one batch, again until each is accepted, as a producer does. Returns the answers, in order."""
        lines = "\n".join(json.dumps(article) for article in articles).encode()
        deadline = time.monotonic() + UP_S
        while True:
            try:
                answers = self._post_lines(lines)
                if all("article_id" in answer for answer in answers) and len(answers) == len(articles):
                    return answers
                why = str(answers[:1])
            except (OSError, urllib.error.URLError) as error:
                why = str(error)
            assert time.monotonic() < deadline, f"not accepted: {why}"
            time.sleep(0.5)

    def _post_lines(self, lines: bytes) -> list[dict[str, Any]]:
        request = urllib.request.Request(  # our own service
            f"http://127.0.0.1:{self.ingest_port}/v1/articles", data=lines, headers={"content-type": "application/x-ndjson"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return [json.loads(line) for line in answer.read().splitlines() if line.strip()]

    def status_of(self, article_id: str) -> int:
        """What search answers for one article; 0 when it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.search_port}/v1/articles/{article_id}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def is_found(self, answers: Sequence[dict[str, Any]], *, within_s: float = 120) -> None:
        """Wait until search has every one of these accepted articles."""
        missing = {answer["article_id"] for answer in answers}

        def none_is_missing() -> bool:
            for article_id in tuple(missing):
                status = self.status_of(article_id)
                if status not in (200, 404):
                    break  # search waits for OpenSearch, and would for each of them
                if status == 200:
                    missing.discard(article_id)
            return not missing

        eventually(none_is_missing, within_s=within_s, what=f"{len(answers)} articles in the search")

    def adds_up(self) -> None:
        """Raises AssertionError when the audit finds one article that is not accounted for."""
        report = json.loads(self.compose("run", "--rm", "kabar", "audit", "--json").strip().splitlines()[-1])
        assert report["adds_up"] is True, report

    def title_of(self, article_id: str) -> str:
        """The title that search shows."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.search_port}/v1/articles/{article_id}", timeout=10) as answer:
            return str(json.loads(answer.read())["title"])


def sample_articles(name: str, count: int) -> list[dict[str, Any]]:
    """Articles of a source of their own, each with its number in the title."""
    body = "Pemerintah kota mengumumkan jadwal baru kereta ringan untuk pekerja malam di pelabuhan. " * 4
    return [
        {"url": f"https://warta.example/{name}/{number}", "title": f"Kereta {name} {number}", "body": f"{body} {number}"}
        for number in range(count)
    ]


def docker(*arguments: str, check: bool = True, timeout_s: float = UP_S) -> subprocess.CompletedProcess[str]:
    """What `docker …` gives. With `check`, raises AssertionError with its words when it fails."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False, timeout=timeout_s)
    assert done.returncode == 0 or not check, f"docker {' '.join(arguments)}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}"
    return done


def engine_answers() -> bool:
    """Whether there is a Docker engine with Compose."""
    try:
        return docker("compose", "version", check=False).returncode == 0 and docker("info", check=False).returncode == 0
    except FileNotFoundError:
        return False
