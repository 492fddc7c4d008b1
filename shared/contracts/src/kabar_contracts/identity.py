"""Which article a message is about, and which of two versions of it is the newer one.

Ids are given once, at ingest, and never computed again: a `rel=canonical` found later is a field, not an identity.
The URL rule below is frozen with the version tag `v1`; it is our own and not a library's because an upgrade of a
library would give known articles new ids.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

Kind = Literal["native", "url", "text"]

VERSION_TAG: Final = "v1"
UNKNOWN_SOURCE: Final = "unknown"
"""The source of a text that came without a source and without an address."""
GENERATIONS: Final = 1_024
"""Enrichment generations that fit beside one revision in a document version."""
LARGEST_REVISION: Final = 2**52

_PLAIN: Final = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?)(?:\?([A-Za-z0-9._~=&+-]*))?")
"""Most addresses: nothing in them needs to be read twice, escaped or resolved."""
_HOSTS: Final = 4_096
"""Hosts whose form is remembered: articles come from few."""
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})?")
_TRACKING: Final = re.compile(r"(?:utm_[a-z_]+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid|_ga)", re.IGNORECASE)
_PORT: Final = re.compile(r":[0-9]+$")
_DEFAULT_PORT: Final = {"http": 80, "https": 443}


def article_id(*, source: str, native_id: str | None, url: str | None, text: str) -> str:
    """The id of an article: 32 hex characters, the same for every push of the same article.

    The key is the producer's `native_id`; without one the normalised URL; without one the SHA-256 of the text.
    """
    kind, key = _key(native_id=native_id, url=url, text=text)
    digest = hashlib.sha256()
    for part in (VERSION_TAG, kind, source, key):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:32]


def _key(*, native_id: str | None, url: str | None, text: str) -> tuple[Kind, str]:
    if native_id is not None:
        return "native", native_id
    if url is not None:
        return "url", normalized_url(url)
    return "text", sha256_hex(text.encode("utf-8", "surrogatepass"))


def normalized_url(url: str) -> str:
    """The form of `url` under which two spellings of one address are equal. Not meant to be opened.

    Scheme, user, default port, leading `www.`, fragment and tracking parameters are dropped; the host is lower case and
    in ASCII; dot segments are resolved; escapes of unreserved characters are undone and the rest is upper case; a bare
    percent sign is escaped. Order of parameters and a trailing slash are kept, since they can tell pages apart.
    Raises ValueError when `url` has no host.
    """
    if plain := _PLAIN.fullmatch(url):
        host, path, query = plain.groups()
        return _joined(_plain_host(host), path, query)
    parts = _parts(url)
    return _joined(_host(parts), _resolved_path(_unescaped(parts.path)), _unescaped(parts.query))


def _joined(host: str, path: str, query: str | None) -> str:
    pairs = [pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])] if query else ()
    return f"{host}{path or '/'}" + (f"?{'&'.join(pairs)}" if pairs else "")


def host_of(url: str) -> str:
    """The host of `url` without `www.`: the source of an article that names none. Raises ValueError without a host."""
    if plain := _PLAIN.fullmatch(url):
        return _plain_host(plain[1])
    return _PORT.sub("", _host(_parts(url)))


def _parts(url: str) -> SplitResult:
    parts = urlsplit(url.strip())
    if not parts.hostname:
        message = f"no host in URL {url!r}"
        raise ValueError(message)
    return parts


@lru_cache(_HOSTS)
def _plain_host(name: str) -> str:
    return _host(urlsplit(f"//{name}"))


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    if ":" in name:
        name = f"[{name}]"  # an IPv6 address: without its brackets it could not be told from a port
    else:
        try:
            name = name.encode("idna").decode("ascii").removeprefix("www.")
        except UnicodeError as error:
            message = f"host {name!r} is not a valid name: {error}"
            raise ValueError(message) from error
    port = parts.port
    return name if port is None or port == _DEFAULT_PORT.get(parts.scheme.lower()) else f"{name}:{port}"


def _unescaped(text: str) -> str:
    if text.isascii() and "%" not in text:
        return text  # most URLs, and this is the dearest part of an id

    def replace(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"  # a bare percent sign: an escape may not come into being when its neighbours are unescaped
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return "".join(
        character if character.isascii() else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
        for character in _ESCAPE.sub(replace, text)
    )


def _resolved_path(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", "..") and kept and kept[-1]:
        kept.append("")
    return "/".join(kept)


def revision(*, updated_at: datetime | None, accepted_at: datetime) -> int:
    """UTC milliseconds that order the versions of one article: the greater one is the newer.

    `updated_at` when the producer gives one, never later than the acceptance (a clock ahead must not block the
    corrections that follow), else the time of acceptance.
    """
    return milliseconds(accepted_at if updated_at is None else min(max(updated_at, _EPOCH), accepted_at))


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970 in UTC. `moment` must know its zone."""
    return (moment - _EPOCH) // _MILLISECOND


_MILLISECOND: Final = timedelta(milliseconds=1)


def document_version(*, revision: int, generation: int) -> int:
    """The external version of a document: a newer revision always wins, then a newer enricher.

    Raises ValueError when `generation` is not in 0..1023 or `revision` not in 0..2**52.
    """
    if not 0 <= generation < GENERATIONS or not 0 <= revision <= LARGEST_REVISION:
        message = f"no document version for revision {revision} and generation {generation}"
        raise ValueError(message)
    return revision * GENERATIONS + generation


def revision_id(*, article_id: str, revision: int) -> str:
    """The id of one revision in the archive."""
    return f"{article_id}.{revision}"


def sha256_hex(content: bytes) -> str:
    """SHA-256 as 64 lower-case hex characters."""
    return hashlib.sha256(content).hexdigest()
