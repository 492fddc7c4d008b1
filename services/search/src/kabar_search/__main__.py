"""`python -m kabar_search`: reads the environment, then serves until it is told to stop."""

import signal
import socket
import sys
from typing import Final

import structlog
import uvicorn
from kabar_chassis.logs import configure_logging
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kabar_search.app import build_app
from kabar_search.settings import Settings

_UNEXPECTED: Final = 1
_USAGE: Final = 2
_SHUTDOWN_S: Final = 10
"""How long requests in hand may take when the service stops."""


def main() -> int:
    """Serve. 0 after an orderly end; 2 for settings that cannot be, 1 when it could not start, with one line that says why."""
    try:
        settings = Settings()
    except ValidationError as error:
        return _refuse("; ".join(_named(details) for details in error.errors(include_input=False, include_url=False)), code=_USAGE)
    configure_logging(service="search", level=settings.log_level)
    try:
        app = build_app(settings)
    except OSError as error:
        return _refuse(f"a file that the settings name cannot be read: {error}", code=_USAGE)
    try:
        listener = _listener(settings.host, settings.port)
    except OSError as error:
        return _refuse(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}. Choose with KABAR_SEARCH_HOST and KABAR_SEARCH_PORT."
        )
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    server = uvicorn.Server(config)
    # uvicorn repeats the signal that ended it; by then the end was orderly.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    structlog.get_logger().info("service_started", host=settings.host, port=listener.getsockname()[1])
    server.run(sockets=[listener])
    return 0 if server.started else _UNEXPECTED


def _named(details: ErrorDetails) -> str:
    """A fault of the settings under the name of its variable; what concerns several of them names them itself."""
    name = "_".join(str(part) for part in details["loc"]).upper()
    return f"KABAR_SEARCH_{name}: {details['msg']}" if name else details["msg"]


def _listener(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address, family=family, backlog=1024)


def _refuse(reason: str, *, code: int = _UNEXPECTED) -> int:
    sys.stderr.write(f"kabar search: {reason}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
