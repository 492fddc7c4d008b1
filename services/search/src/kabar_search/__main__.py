"""`python -m kabar_search`: reads the environment, then serves until it is told to stop."""

import signal
import socket
import sys

import uvicorn
from kabar_chassis.logs import configure_logging
from pydantic import ValidationError

from kabar_search.app import build_app
from kabar_search.settings import Settings


def main() -> int:
    """Serve. 0 after an orderly end, 1 when it could not start, with one line that says why."""
    try:
        settings = Settings()
    except ValidationError as error:
        return _refuse(
            "; ".join(f"KABAR_SEARCH_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        )
    configure_logging(service="search", level=settings.log_level)
    try:
        app = build_app(settings)
    except OSError as error:
        return _refuse(f"a file named in the settings cannot be read: {error}")
    try:
        listener = _listener(settings.host, settings.port)
    except OSError as error:
        return _refuse(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}; choose with KABAR_SEARCH_HOST and KABAR_SEARCH_PORT"
        )
    server = uvicorn.Server(
        uvicorn.Config(app, http="httptools", log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=10)
    )
    # uvicorn repeats the signal that ended it; by then the end was orderly.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    return 0


def _listener(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address, family=family, backlog=1024)


def _refuse(reason: str) -> int:
    sys.stderr.write(f"kabar search: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
