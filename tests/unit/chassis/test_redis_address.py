"""The URL of Redis: of one server, or of Sentinels that know the master."""

import pytest
from kabar_chassis.redis_address import RedisUrl, SentinelAddress, sentinel_address
from kabar_chassis.redis_client import WaryPool, WarySentinelPool, pool_at
from pydantic import TypeAdapter, ValidationError
from redis.asyncio import SSLConnection
from redis.asyncio.sentinel import SentinelManagedConnection, SentinelManagedSSLConnection

TLS = "rediss+sentinel://enrich:p%40ss@one:26379,two:26380/kabar/3?ssl_ca_certs=/run/ca.pem&sentinel_username=asks&sentinel_password=s%26t"


@pytest.mark.parametrize("url", ["redis://h:6379/0", "rediss://u:p@h/0?ssl_ca_certs=/ca.pem", "unix:///run/redis.sock"])
def test_the_url_of_a_server_names_no_sentinels(url: str) -> None:
    assert sentinel_address(url) is None
    assert type(pool_at(url, timeout_s=1)) is WaryPool


def test_sentinels_may_come_without_port_password_and_database() -> None:
    address = sentinel_address("redis+sentinel://one,[::1]:26380/kabar")

    assert address == SentinelAddress(
        sentinels=(("one", 26379), ("::1", 26380)), name="kabar", is_tls=False, options={}, sentinel_options={}
    )


def test_password_and_options_are_those_of_redis_and_the_sentinels_have_their_own() -> None:
    address = sentinel_address(TLS)

    assert address == SentinelAddress(
        sentinels=(("one", 26379), ("two", 26380)),
        name="kabar",
        is_tls=True,
        options={"username": "enrich", "password": "p@ss", "db": 3, "ssl_ca_certs": "/run/ca.pem"},
        sentinel_options={"username": "asks", "password": "s&t", "ssl_ca_certs": "/run/ca.pem"},
    )


def test_with_tls_neither_redis_nor_a_sentinel_is_spoken_to_in_plain_text() -> None:
    pool = pool_at(TLS, timeout_s=1)

    assert isinstance(pool, WarySentinelPool)
    assert pool.connection_class is SentinelManagedSSLConnection
    assert pool.connection_kwargs["ssl_ca_certs"] == "/run/ca.pem"
    assert [sentinel.connection_pool.connection_class for sentinel in pool.sentinel_manager.sentinels] == [SSLConnection, SSLConnection]
    assert "p@ss" not in str([sentinel.connection_pool.connection_kwargs for sentinel in pool.sentinel_manager.sentinels])


def test_neither_redis_nor_a_sentinel_is_asked_twice() -> None:
    pool = pool_at("redis+sentinel://one/kabar", timeout_s=1)

    assert isinstance(pool, WarySentinelPool)
    assert pool.connection_class is SentinelManagedConnection
    (sentinel,) = pool.sentinel_manager.sentinels
    for connections in (pool, sentinel.connection_pool):
        assert connections.make_connection().retry.get_retries() == 0


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("redis+sentinel://one:26379", "must name the set of servers"),
        ("redis+sentinel://one,,two/kabar", "a Sentinel is missing"),
        ("redis+sentinel:///kabar", "a Sentinel is missing"),
        ("redis+sentinel://one:port/kabar", "[Pp]ort"),
        ("http://secret@one/", "schemes"),
    ],
)
def test_a_url_that_cannot_be_read_is_refused_without_telling_its_secrets(url: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why) as refused:
        TypeAdapter(RedisUrl).validate_python(url)

    assert "secret" not in str(refused.value.errors(include_input=False, include_context=False))
