"""Proves with real certificates: a service's user gets to the master over TLS to a Sentinel and over TLS to Redis, and not otherwise."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import pytest
from kabar_chassis.redis_client import connect
from kabar_embedded import free_port
from redis import Redis
from redis.exceptions import ConnectionError, RedisError  # noqa: A004  # redis-py calls it so
from secured_servers import ADMIN_PASSWORD, SecuredRedis, redis_with_tls
from sentinel import start_sentinel

RAW: Final = "{articles}.raw.v1"
NAME: Final = "kabar"


@pytest.fixture(scope="module")
def sentinel_port(secured_redis: SecuredRedis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A Sentinel with TLS and a password that knows the secured Redis."""
    folder, port, files = tmp_path_factory.mktemp("sentinel"), free_port(), secured_redis.secrets / "redis"
    settings = (
        "port 0",
        f"tls-port {port}",
        f"tls-cert-file {files / 'redis.pem'}",
        f"tls-key-file {files / 'redis-key.pem'}",
        f"tls-ca-cert-file {files / 'ca.pem'}",
        "tls-auth-clients no",
        "tls-replication yes",
        f"requirepass {ADMIN_PASSWORD}",
        f"sentinel monitor {NAME} 127.0.0.1 {secured_redis.port} 1",
        f"sentinel auth-user {NAME} admin",
        f"sentinel auth-pass {NAME} {ADMIN_PASSWORD}",
    )

    def knows_the_master() -> bool:
        try:
            with Redis(port=port, password=ADMIN_PASSWORD, ssl=True, ssl_ca_certs=str(files / "ca.pem"), socket_timeout=1) as asked:
                state = asked.sentinel_master(NAME)
        except RedisError:
            return False
        return bool(state["is_master"] and not state["is_sdown"])

    binary = redis_with_tls()
    assert binary is not None, "the secured Redis runs on it"
    with start_sentinel(folder, binary=binary, port=port, settings=settings, ready=knows_the_master):
        yield port
    # What is refused on purpose here is nothing that a service asked for.
    with Redis.from_url(secured_redis.admin_url) as admin:
        admin.acl_log_reset()


def url_of_ingest(secured_redis: SecuredRedis, sentinel_port: int) -> str:
    """The address that the first-start job wrote for ingest, by way of the Sentinel."""
    parts = urlsplit(secured_redis.url("ingest"))
    user, _, _ = parts.netloc.rpartition("@")
    return f"rediss+sentinel://{user}@127.0.0.1:{sentinel_port}/{NAME}/0?{parts.query}&sentinel_password={ADMIN_PASSWORD}"


async def test_a_service_gets_to_the_master_with_its_own_user(secured_redis: SecuredRedis, sentinel_port: int) -> None:
    async with connect(url_of_ingest(secured_redis, sentinel_port)) as redis:
        assert await redis.xadd(RAW, {"data": "{}"})
        with pytest.raises(RedisError, match="permissions"):
            await redis.delete(RAW)


async def test_a_certificate_of_a_stranger_is_refused(secured_redis: SecuredRedis, sentinel_port: int) -> None:
    url = url_of_ingest(secured_redis, sentinel_port)
    without_authority = url.replace(f"ssl_ca_certs={secured_redis.secrets / 'redis' / 'ca.pem'}&", "")
    assert without_authority != url

    async with connect(without_authority) as redis:
        with pytest.raises(ConnectionError, match="No master found"):
            await redis.ping()


async def test_nothing_is_said_in_plain_text(secured_redis: SecuredRedis, sentinel_port: int) -> None:
    plain = url_of_ingest(secured_redis, sentinel_port).replace("rediss+", "redis+").partition("?")[0]

    async with connect(plain) as redis:
        with pytest.raises(ConnectionError, match="No master found"):
            await redis.ping()


async def test_a_wrong_password_for_the_sentinel_is_named_and_not_shown(secured_redis: SecuredRedis, sentinel_port: int) -> None:
    async with connect(url_of_ingest(secured_redis, sentinel_port).replace(f"={ADMIN_PASSWORD}", "=not-this-one")) as redis:
        with pytest.raises(ConnectionError, match="AuthenticationError") as refused:
            await redis.ping()

    assert "not-this-one" not in str(refused.value)
