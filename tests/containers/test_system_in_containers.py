"""Proves in a Docker engine: the shipped compose.yaml runs as it is, loses nothing, and confines what runs in it."""

import json
import sys
import time
from typing import Final

import pytest
from containers import ContainerStack, docker, sample_articles
from waiting import eventually

SERVICES: Final = ("ingest", "enrich", "index", "archive", "search")
ALL: Final = ("redis", "opensearch", *SERVICES)
MB: Final = 1_000_000
MIB: Final = 1024 * 1024
LIMITS_MB: Final = {"ingest": 180, "enrich": 450, "index": 180, "search": 180, "cli": 450, "setup": 180}


def test_the_sample_article_goes_the_whole_way(stack: ContainerStack) -> None:
    printed = stack.compose("--profile", "demo", "run", "--rm", "demo")

    assert "The demo article went the whole way" in printed
    assert "disclosed_ai_used" in printed


def test_a_thousand_articles_are_found_and_the_audit_adds_up(stack: ContainerStack) -> None:
    began = time.monotonic()

    accepted = stack.push(sample_articles("seribu", 1_000))

    stack.is_found(accepted)
    sys.stderr.write(f"\n1,000 articles from push to search: {time.monotonic() - began:.1f} s\n")
    stack.adds_up()


@pytest.mark.parametrize("service", ALL)
def test_a_container_that_is_killed_comes_back_and_nothing_is_lost(stack: ContainerStack, service: str) -> None:
    before = stack.push(sample_articles(f"sebelum-{service}", 50))
    began = time.monotonic()
    pid = stack.inspect(service)["State"]["Pid"]

    # Through the engine's own kill it would count as stopped by hand, and would not be started again.
    docker("run", "--rm", "--pid=host", "--privileged", "--entrypoint", "sh", "kabar-test/redis", "-c", f"kill -9 {pid}")

    eventually(lambda: stack.inspect(service)["State"]["Pid"] not in (0, pid), within_s=60, what=f"{service} runs again")
    after = stack.push(sample_articles(f"sesudah-{service}", 50))
    stack.is_found([*before, *after], within_s=300)  # a busy machine takes minutes to start Java
    sys.stderr.write(f"\n{service} killed: everything found after {time.monotonic() - began:.1f} s\n")


def test_the_audit_adds_up_after_all_these_crashes(stack: ContainerStack) -> None:
    stack.adds_up()


def test_data_and_passwords_outlive_the_containers(stack: ContainerStack) -> None:
    kept = stack.push(sample_articles("tetap", 20))
    stack.is_found(kept)

    stack.compose("down", "--timeout", "30")
    stack.compose("up", "--wait", "--wait-timeout", "300")

    stack.is_found(kept, within_s=60)
    stack.is_found(stack.push(sample_articles("lagi", 20)))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_nobody_and_can_write_nowhere_but_in_tmp(stack: ContainerStack, service: str) -> None:
    assert stack.exec(service, "id -u").stdout.strip() == "10001"
    assert "Read-only file system" in stack.exec(service, "echo x > /opt/kabar/x").stderr
    assert "Read-only file system" in stack.exec(service, "echo x > /usr/local/x").stderr
    assert "Read-only file system" in stack.exec(service, "echo x > /run/kabar/x").stderr
    assert stack.exec(service, "echo x > /tmp/x").returncode == 0
    capabilities = stack.exec(service, "grep CapEff /proc/self/status").stdout.split()
    assert capabilities == ["CapEff:", "0000000000000000"]


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_has_no_compiler_no_pip_and_no_cache(stack: ContainerStack, service: str) -> None:
    found = stack.exec(service, "command -v gcc cc make pip pip3; ls -d /opt/kabar/bin/pip* /root/.cache /build 2>/dev/null; true").stdout
    its_own = stack.exec(
        service, "for python in /usr/bin/python3 /usr/local/bin/python3; do $python -c 'import pip' && echo $python; done"
    ).stdout

    assert found.strip() == ""
    assert its_own.strip() == ""


_CONNECT: Final = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"


def _reaches(stack: ContainerStack, service: str, host: str, port: int) -> bool:
    return stack.exec(service, f'python -c "{_CONNECT}" {host} {port}').returncode == 0


@pytest.mark.parametrize(("service", "redis", "opensearch"), [("ingest", 1, 0), ("enrich", 1, 0), ("index", 1, 1), ("search", 1, 1)])
def test_a_container_reaches_the_stores_that_it_uses_and_no_other(stack: ContainerStack, service: str, redis: int, opensearch: int) -> None:
    assert _reaches(stack, service, "redis", 6379) == bool(redis)
    assert _reaches(stack, service, "opensearch", 9200) == bool(opensearch)


@pytest.mark.parametrize(("service", "has_way_out"), [("enrich", False), ("index", False), ("archive", False), ("ingest", True)])
def test_a_worker_has_no_way_out_of_the_machine(stack: ContainerStack, service: str, has_way_out: bool) -> None:  # noqa: FBT001  # a parameter of the test
    routes = stack.exec(service, "cat /proc/net/route").stdout.splitlines()[1:]

    assert any(line.split()[1] == "00000000" for line in routes) == has_way_out


def test_a_container_sees_its_own_secrets_alone(stack: ContainerStack) -> None:
    files = stack.exec("ingest", "ls /run/kabar").stdout.split()

    assert files == ["ca.pem", "kabar_ingest_redis_url"]


def test_the_command_reads_an_article_and_lists_the_rules_in_its_container(stack: ContainerStack) -> None:
    page = "<html lang=id><body><p>Pelabuhan dibuka.</p><p>Artikel ini diterjemahkan dengan bantuan DeepL.</p></body></html>"

    explained = stack.compose("run", "--rm", "-T", "kabar", "disclosure", "explain", "-", stdin=page)
    rules = stack.compose("run", "--rm", "kabar", "disclosure", "rules", "--language", "id", "--json")
    remapped = json.loads(stack.compose("run", "--rm", "kabar", "disclosure", "remap", "--all", "--dry-run", "--json"))

    assert "rule id.translated" in explained
    assert all(json.loads(line)["language"] == "id" for line in rules.splitlines())
    assert remapped["looked_at"] > 0


def test_sizes_of_the_images(stack: ContainerStack) -> None:
    base = _size(_base(stack))
    sys.stderr.write(f"\n{'image':<12}    MB   MiB   of them above the base of {base / MB:.0f} MB\n")
    for name, limit_mb in LIMITS_MB.items():
        size = _size(f"kabar-{name}")
        sys.stderr.write(f"kabar-{name:<6} {size / MB:5.0f} {size / MIB:5.0f}   {(size - base) / MB:4.0f}\n")
        assert size <= limit_mb * MB, name


def _size(image: str) -> int:
    """Bytes of all its layers, unpacked, as the engine counts them."""
    return int(docker("image", "inspect", "--format", "{{.Size}}", image).stdout)


def _base(stack: ContainerStack) -> str:
    return stack.env.get("KABAR_PYTHON_IMAGE", "python:3.13-slim-bookworm")
