"""`python -m kabar_ingest`: the service, with its settings from the environment."""

import errno
import signal
import socket
import sys
from contextlib import suppress
from typing import Final

import structlog
import uvicorn
from kabar_chassis.logs import configure_logging
from pydantic import ValidationError

from kabar_ingest.app import build_app
from kabar_ingest.bounded_http import BoundedHttpProtocol
from kabar_ingest.settings import Settings, variable

UNEXPECTED: Final = 1
USAGE: Final = 2
BACKLOG: Final = 2_048


def main() -> int:
    """Serve until SIGTERM or SIGINT; requests in hand are finished. Returns the exit code."""
    try:
        settings = Settings()
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=False):
            _complain(f"{variable(str(details['loc'][0]))}: {details['msg']}")
        return USAGE
    configure_logging(service="ingest", level=settings.log_level)
    log = structlog.get_logger(__name__)
    try:
        listener = _listener(settings.host, settings.port)
    except OSError as error:
        _complain(_why_not_listening(settings, error))
        return UNEXPECTED
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(settings),
            loop="uvloop",
            http=BoundedHttpProtocol,
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=settings.shutdown_s,
        )
    )
    _end_quietly_on_signals()
    log.info("service_started", host=settings.host, port=listener.getsockname()[1])
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return 0 if server.started else UNEXPECTED


def _listener(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _why_not_listening(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} on {settings.host} is taken. Stop what listens there, or choose another with {variable('port')}."
    names = f"{variable('host')} and {variable('port')}"
    return f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. See {names}."


def _end_quietly_on_signals() -> None:
    # uvicorn raises the signal again after it has stopped in good order; with the default handler the exit code would
    # say that the process was killed.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)


def _complain(line: str) -> None:
    sys.stderr.write(f"kabar-ingest: {line}\n")


if __name__ == "__main__":
    sys.exit(main())
