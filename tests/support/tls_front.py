"""TLS and passwords before an OpenSearch that has neither: what its security plug-in does for a client, for tests.

Reads the users of the plug-in's own file, `internal_users.yml`. Knows no roles: who has a password may do everything.
"""

import argparse
import re
import ssl
from base64 import b64decode
from binascii import Error
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

import bcrypt
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web

LARGEST_BODY = 256 * 1024 * 1024
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "host", "authorization", "content-length", "content-encoding"})


class Front:
    """A reverse proxy that lets in who has a password."""

    def __init__(self, *, to: str, users: dict[str, str]) -> None:
        self._to = to
        self._users = users
        self._session: ClientSession | None = None
        self._knows = lru_cache(maxsize=64)(self._has_password)

    def app(self) -> web.Application:
        """The application that serves it."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        app.cleanup_ctx.append(self._with_session)
        return app

    async def _with_session(self, _: web.Application) -> AsyncIterator[None]:
        async with ClientSession(timeout=ClientTimeout(total=120), cookie_jar=DummyCookieJar(), auto_decompress=False) as session:
            self._session = session
            yield

    async def _pass_on(self, request: web.Request) -> web.Response:
        if not self._is_let_in(request.headers.get("authorization", "")):
            return web.Response(status=401, text="Unauthorized", headers={"www-authenticate": 'Basic realm="OpenSearch Security"'})
        if self._session is None:
            return web.Response(status=503)
        kept = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP - {"content-encoding"}}
        body = await request.read()
        async with self._session.request(request.method, f"{self._to}{request.path_qs}", headers=kept, data=body or None) as answer:
            headers = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP - {"content-encoding"}}
            return web.Response(status=answer.status, headers=headers, body=await answer.read())

    def _is_let_in(self, header: str) -> bool:
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            user, _, password = b64decode(encoded).decode().partition(":")
        except (Error, UnicodeDecodeError):
            return False
        return self._knows(user, password)

    def _has_password(self, user: str, password: str) -> bool:
        hashed = self._users.get(user)
        return hashed is not None and bcrypt.checkpw(password.encode(), hashed.encode())


def users_of(path: Path) -> dict[str, str]:
    """User -> hash of the password, as the security plug-in's file has them."""
    return dict(re.findall(r'^(\w+):\n  hash: "([^"]+)"', path.read_text(encoding="utf-8"), re.MULTILINE))


def serve(*, certificate: Path, key: Path, users: Path, to: str, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    web.run_app(Front(to=to, users=users_of(users)).app(), host=host, port=port, ssl_context=context, print=None)


def main() -> None:
    """Serve until it is told to stop."""
    parser = argparse.ArgumentParser()
    for name in ("certificate", "key", "users"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    serve(**vars(options))


if __name__ == "__main__":
    main()
