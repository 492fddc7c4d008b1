"""Where Redis is, as one URL: the server itself, or the Sentinels that know which server is the master.

`redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME/DB`: NAME is what the Sentinels call the set of servers. User, password and the
options of redis-py after `?` are for Redis; the Sentinels' own are `?sentinel_username=` and `?sentinel_password=`. With
`rediss+sentinel://` all of them speak TLS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from pydantic import AfterValidator, SecretStr
from redis.asyncio.connection import parse_url

SENTINEL_PORT: Final = 26_379
_SCHEMES: Final = {"redis+sentinel": "redis", "rediss+sentinel": "rediss"}
_OF_SENTINELS: Final = ("sentinel_username", "sentinel_password")


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Who to ask for the master, and how to speak to it."""

    sentinels: tuple[tuple[str, int], ...]
    """Host and port of each."""
    name: str
    """The set of servers, as the Sentinels call it."""
    is_tls: bool
    options: Mapping[str, Any]
    """User, password, database and TLS of Redis, as redis-py's keyword arguments."""
    sentinel_options: Mapping[str, Any]
    """The same of the Sentinels."""


def sentinel_address(url: str) -> SentinelAddress | None:
    """What the URL says of Sentinels; None when it is the URL of a server. Raises ValueError when it says too little."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        return None
    user, _, hosts = parts.netloc.rpartition("@")
    sentinels = tuple(_host_and_port(host) for host in hosts.split(","))
    name, _, database = unquote(parts.path).strip("/").partition("/")
    if not name:
        raise ValueError("after the Sentinels the URL must name the set of servers, as in redis+sentinel://host:26379/kabar")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    asked = {option.removeprefix("sentinel_"): query.pop(option) for option in _OF_SENTINELS if option in query}
    # redis-py reads what it would read of a server's URL.
    scheme = _SCHEMES[parts.scheme]
    options: dict[str, Any] = {**parse_url(f"{scheme}://{user}@server/{database}?{urlencode(query)}")}
    for option in ("host", "connection_class"):
        options.pop(option, None)
    tls = {option: value for option, value in options.items() if option.startswith("ssl_")}
    return SentinelAddress(sentinels=sentinels, name=name, is_tls=scheme == "rediss", options=options, sentinel_options=tls | asked)


def _host_and_port(host: str) -> tuple[str, int]:
    parts = urlsplit(f"//{host}")
    if not parts.hostname:
        raise ValueError("between the commas of the URL a Sentinel is missing")
    return parts.hostname, parts.port or SENTINEL_PORT


def _checked(url: SecretStr) -> SecretStr:
    if sentinel_address(url.get_secret_value()) is None:
        parse_url(url.get_secret_value())
    return url


RedisUrl = Annotated[SecretStr, AfterValidator(_checked)]
"""The setting: a URL that can be read."""
