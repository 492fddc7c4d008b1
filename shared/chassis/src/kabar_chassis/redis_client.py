"""The one way to connect to Redis."""

from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

SOCKET_TIMEOUT_S: Final = 5.0
"""An answer that has not come by then is unknown. Blocking reads must stay well below."""


def connect(url: str) -> Redis:
    """A client that answers in bytes and repeats nothing by itself.

    redis-py would retry up to ten times; a retry after a lost answer writes an entry twice. Whoever calls decides.
    """
    return Redis.from_url(
        url,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=SOCKET_TIMEOUT_S,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
        protocol=3,
    )
