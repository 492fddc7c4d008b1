"""The one way to connect to Redis."""

from typing import Any, Final

from redis.asyncio import Connection, ConnectionPool, Redis, SSLConnection
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff

from kabar_chassis.redis_address import sentinel_address

SOCKET_TIMEOUT_S: Final = 5.0
"""An answer that has not come by then is unknown."""
READ_TIMEOUT_S: Final = 3.0
"""The same of a read of a stream, which blocks for a second. What was read in a lost answer is taken up again."""

SENTINEL_TIMEOUT_S: Final = 1.0
"""The same of a Sentinel; then the next one is asked."""


class WaryPool(ConnectionPool):
    """A pool that mistrusts all idle connections as soon as one was lost.

    Where a firewall or a balancer forgot them they are all dead, and each would cost its own time-out, one after the other.
    """

    async def release(self, connection: AbstractConnection) -> None:
        """Take a connection back, and drop those that wait if it was lost."""
        await super().release(connection)
        if not connection.is_connected:
            await self.disconnect(inuse_connections=False)


class WarySentinelPool(WaryPool, SentinelConnectionPool):
    """The same for the master that the Sentinels name: whoever connects asks them anew."""

    async def aclose(self) -> None:
        """Close the connections, those to the Sentinels too."""
        await super().aclose()
        await self.sentinel_manager.aclose()


def connect(url: str) -> Redis:
    """A client that answers in bytes and repeats nothing by itself.

    redis-py would retry up to ten times; a retry after a lost answer writes an entry twice. Whoever calls decides.
    """
    return Redis.from_pool(pool_at(url, timeout_s=SOCKET_TIMEOUT_S, protocol=3))


def pool_at(url: str, *, timeout_s: float, protocol: int | None = None) -> WaryPool:
    """Connections to a server, or to the master that the Sentinels of a `redis+sentinel://` name. Raises ValueError for another URL."""
    options = _options(timeout_s) | {"protocol": protocol}
    address = sentinel_address(url)
    if address is None:
        return WaryPool.from_url(url, **options)
    manager = Sentinel(())  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    asked = {**address.sentinel_options, **_options(SENTINEL_TIMEOUT_S)}
    connection = SSLConnection if address.is_tls else Connection
    manager.sentinels = [
        Redis.from_pool(WaryPool(connection_class=connection, host=host, port=port, **asked)) for host, port in address.sentinels
    ]
    ours = {**address.options, **options, "ssl": address.is_tls}
    return WarySentinelPool(address.name, manager, **ours)  # type: ignore[no-untyped-call]  # the same


def _options(timeout_s: float) -> dict[str, Any]:
    return {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "socket_keepalive": True,
        "retry": Retry(NoBackoff(), 0),
        # No CLIENT SETINFO: a round trip, and one more right that each user would need.
        "driver_info": None,
    }
