"""`python -m kabar_ingest`: the service, with its settings from the environment."""

import sys
from contextlib import suppress

import structlog
import uvicorn
from kabar_chassis.logs import configure_logging
from kabar_chassis.startup import UNEXPECTED, end_quietly_on_signals, listen, read_settings

from kabar_ingest.app import build_app
from kabar_ingest.bounded_http import BoundedHttpProtocol
from kabar_ingest.settings import PREFIX, Settings


def main() -> int:
    """Serve until SIGTERM or SIGINT; requests in hand are finished. Returns the exit code."""
    settings = read_settings(Settings, prefix=PREFIX)
    configure_logging(service="ingest", level=settings.log_level)
    log = structlog.get_logger(__name__)
    listener = listen(settings.host, settings.port, prefix=PREFIX)
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
    end_quietly_on_signals()
    log.info("service_started", host=settings.host, port=listener.getsockname()[1])
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return 0 if server.started else UNEXPECTED


if __name__ == "__main__":
    sys.exit(main())
