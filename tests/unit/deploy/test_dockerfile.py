"""The Dockerfile passes its linter and keeps the promises of the images."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
DOCKERFILE: Final = ROOT / "deploy" / "Dockerfile"
TEXT: Final = DOCKERFILE.read_text(encoding="utf-8")
SERVICES: Final = sorted(path.name for path in (ROOT / "services").iterdir() if (path / "pyproject.toml").exists())
STAGES: Final = {
    name: (base, body) for base, name, body in re.findall(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", TEXT, re.MULTILINE | re.DOTALL)
}


def test_the_linter_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")

    finished = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False, timeout=30)

    assert (finished.returncode, finished.stdout) == (0, "")


def test_there_is_a_target_for_every_service() -> None:
    assert sorted(STAGES.keys() - {"build", "bare", "base", "runtime", "cli", "setup", "setup-build"}) == SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_a_target_starts_its_service_and_asks_its_own_port_for_its_health(service: str) -> None:
    base, body = STAGES[service]
    port = re.search(rf"KABAR_{service.upper()}_PORT=(\d+)", body)

    assert base == "runtime"
    assert port is not None
    assert re.search(rf"^EXPOSE .*\b{port[1]}\b", body, re.MULTILINE)
    assert f'CMD ["python", "-m", "kabar_{service}"]' in body
    assert f'CMD ["python", "/usr/local/lib/kabar/livez.py", "KABAR_{service.upper()}_PORT"]' in body
    assert (ROOT / "services" / service / "src" / f"kabar_{service}" / "__main__.py").exists()


def test_an_image_is_run_by_a_user_without_rights() -> None:
    assert "USER 10001:10001" in STAGES["runtime"][1]
    assert "USER 10001:10001" in STAGES["setup"][1]
    assert not any(re.search("^USER", body, re.MULTILINE) for name, (_, body) in STAGES.items() if name not in ("runtime", "setup"))


def test_every_installation_checks_hashes_or_takes_only_what_is_there() -> None:
    installations = re.findall(r"pip [^\n&]*\b(?:install|wheel)\b[^\n&]*", TEXT)

    assert len(installations) == 5
    assert all("--require-hashes" in line or ("--no-index" in line and "--no-deps" in line) for line in installations)


def test_nothing_is_compiled() -> None:
    assert not re.search(r"apt-get|gcc|build-essential", TEXT)
    assert TEXT.count("--only-binary :all:") == TEXT.count("--require-hashes")


def test_the_base_image_can_be_replaced_and_no_hub_is_asked_for_a_frontend() -> None:
    bases = {base for base, _ in STAGES.values()}

    assert bases == {"${PYTHON_IMAGE}", "scratch", "base", "runtime"}
    assert STAGES["bare"][0] == "${PYTHON_IMAGE}"
    assert "\nCOPY --from=bare / /\n" in STAGES["base"][1]
    assert "syntax=" not in TEXT


@pytest.mark.parametrize("service", SERVICES)
def test_every_file_that_is_copied_exists_and_the_build_may_see_it(service: str) -> None:
    ignored = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    copied = [source.replace("${SERVICE}", service) for source in re.findall(r"^COPY (?!--from)(\S+) \S+$", TEXT, re.MULTILINE)]

    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(Path(source).match(pattern) or source.startswith(f"{pattern}/") for pattern in allowed), source


@pytest.mark.parametrize(
    "requirements",
    [
        "deploy/build-requirements.txt",
        "deploy/setup/requirements.txt",
        "requirements/cli.txt",
        *(f"requirements/{service}.txt" for service in SERVICES),
    ],
)
def test_requirements_are_pinned_by_hash_and_name_no_address(requirements: str) -> None:
    text = (ROOT / requirements).read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9._\[\]-]+==\S+", text, re.MULTILINE)

    assert pinned
    assert text.count("--hash=sha256:") >= len(pinned)
    assert not re.search(r"https?://|--index-url|--find-links", text)
