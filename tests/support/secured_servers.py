"""The servers as they are deployed: the shipped configuration, certificates of a private authority, a user a service."""

import datetime as dt
import importlib.util
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

import redis
from kabar_embedded import free_port, start_opensearch
from waiting import eventually

ROOT: Final = Path(__file__).resolve().parents[2]
ACL: Final = (ROOT / "deploy" / "redis" / "users.acl").read_text(encoding="utf-8")
ADMIN_PASSWORD: Final = "of-the-tests-alone"


def first_start() -> ModuleType:
    """The script of the first-start job, as a module."""
    spec = importlib.util.spec_from_file_location("first_start", ROOT / "deploy" / "setup" / "first_start.py")
    if spec is None or spec.loader is None:
        raise ImportError("deploy/setup/first_start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_secrets(folder: Path) -> Path:
    """What the first-start job makes."""
    first_start().make_all(folder, acl=ACL, now=dt.datetime.now(dt.UTC))
    return folder


def redis_with_tls() -> Path | None:
    """A redis-server that was built with TLS; the one out of a package was not."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        return None
    # Without a certificate it cannot start either way; what it complains of tells what it is.
    options = ("--port", "0", "--tls-port", "1", "--save", "")
    tried = subprocess.run([binary, *options], capture_output=True, text=True, check=False, timeout=10)
    said = tried.stdout + tried.stderr
    return None if "TLS support" in said or "Bad directive" in said else Path(binary)


@dataclass(frozen=True, slots=True)
class SecuredRedis:
    """A Redis that speaks TLS and knows the users of the deployment, and `admin` of the tests besides."""

    port: int
    secrets: Path

    def url(self, user: str) -> str:
        """The address that the first-start job wrote for this user, at the port of this server."""
        names = {"ops": "kabar_redis_url", "ingest": "kabar_ingest_redis_url", "enrich": "kabar_enrich_redis_url"}
        names |= {"search": "kabar_search_redis_url"}
        return self._here((self.secrets / user / names.get(user, "kabar_index_redis_url")).read_text())

    @property
    def admin_url(self) -> str:
        """Of a user that may do everything."""
        return self._here(f"rediss://admin:{ADMIN_PASSWORD}@redis:6379/0?ssl_ca_certs=/run/kabar/ca.pem")

    def answers(self) -> bool:
        """Whether it does."""
        try:
            with redis.Redis.from_url(self.admin_url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _here(self, url: str) -> str:
        return url.replace("@redis:6379", f"@localhost:{self.port}").replace("/run/kabar", str(self.secrets / "redis"))


@contextmanager
def start_secured_redis(folder: Path, *, secrets: Path, binary: Path) -> Iterator[SecuredRedis]:
    """redis-server with the shipped redis.conf; only ports and folders are of this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    server = SecuredRedis(port=free_port(), secrets=secrets)
    users, config, log_path = folder / "users.acl", folder / "redis.conf", folder / "redis.log"
    users.write_text((secrets / "redis" / "users.acl").read_text() + f"user admin on >{ADMIN_PASSWORD} ~* &* +@all\n")
    shipped = (ROOT / "deploy" / "redis" / "redis.conf").read_text(encoding="utf-8")
    config.write_text(
        shipped.replace("tls-port 6379", f"tls-port {server.port}\nbind 127.0.0.1")
        .replace("/run/kabar/users.acl", str(users))
        .replace("/run/kabar", str(secrets / "redis"))
        .replace("dir /data", f"dir {folder}")
    )
    with log_path.open("wb") as log:
        child = subprocess.Popen([binary, config], stdout=log, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: child.poll() is not None or server.answers(), within_s=20, what="Redis")
        assert child.poll() is None, log_path.read_text()
        yield server
    finally:
        child.terminate()
        child.wait(20)


@dataclass(frozen=True, slots=True)
class SecuredOpenSearch:
    """A node behind TLS and passwords."""

    url: str
    plain_url: str
    secrets: Path

    @property
    def ca_file(self) -> Path:
        """The authority that its certificate is from."""
        return self.secrets / "opensearch" / "ca.pem"


@contextmanager
def start_secured_opensearch(folder: Path, *, secrets: Path) -> Iterator[SecuredOpenSearch]:
    """A real node; TLS and passwords are before it, because the packages it comes from have no security plug-in."""
    port, files = free_port(), secrets / "opensearch"
    with start_opensearch(folder / "node") as node:
        front = subprocess.Popen(
            [
                *(sys.executable, Path(__file__).with_name("tls_front.py"), "--to", node.url, "--port", str(port)),
                *("--certificate", files / "node.pem", "--key", files / "node-key.pem", "--users", files / "internal_users.yml"),
            ]
        )
        try:
            eventually(lambda: _listens(port), within_s=20, what="the front")
            yield SecuredOpenSearch(url=f"https://localhost:{port}", plain_url=node.url, secrets=secrets)
        finally:
            front.terminate()
            front.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
