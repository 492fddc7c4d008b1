"""The one way to connect to Redis."""

from typing import Final

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

SOCKET_TIMEOUT_S: Final = 5.0
"""An answer that has not come by then is unknown."""
READ_TIMEOUT_S: Final = 3.0
"""The same of a read of a stream, which blocks for a second. What was read in a lost answer is taken up again."""


class WaryPool(ConnectionPool):
    """A pool that mistrusts all idle connections as soon as one was lost.

    Where a firewall or a balancer forgot them they are all dead, and each would cost its own time-out, one after the other.
    """

    async def release(self, connection: AbstractConnection) -> None:
        """Take a connection back, and drop those that wait if it was lost."""
        await super().release(connection)
        if not connection.is_connected:
            await self.disconnect(inuse_connections=False)


def connect(url: str) -> Redis:
    """A client that answers in bytes and repeats nothing by itself.

    redis-py would retry up to ten times; a retry after a lost answer writes an entry twice. Whoever calls decides.
    """
    pool = WaryPool.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=SOCKET_TIMEOUT_S,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
        protocol=3,
        # No CLIENT SETINFO: a round trip, and one more right that each user would need.
        driver_info=None,
    )
    return Redis.from_pool(pool)
