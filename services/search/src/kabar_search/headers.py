"""Headers of every answer: what a browser may do with it. And one log line a request, and its count."""

import time
from typing import Final

import structlog
from kabar_chassis.metrics import PATH, RequestMeter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger()

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Our own style sheet and nothing else: no script runs, whatever an article contains."""

_HEADERS: Final = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_PROBES: Final = ("/livez", "/readyz", PATH)
_NO_ROUTE: Final = "other"


class AnswerHeaders:
    """ASGI middleware that adds the headers and logs each request, without its query: what people search for is theirs."""

    def __init__(self, app: ASGIApp, *, requests: RequestMeter) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            log = _log.debug if scope["path"] in _PROBES else _log.info
            took_s = time.perf_counter() - started
            # The router leaves its route here; a path that is none of ours must not become a label.
            self._requests.note(route=getattr(scope.get("route"), "path", _NO_ROUTE), status=status, seconds=took_s)
            took_ms = round(took_s * 1000, 1)
            log("request_answered", method=scope["method"], path=scope["path"], status=status, took_ms=took_ms)
