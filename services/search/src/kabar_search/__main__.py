"""`python -m kabar_search`: reads the environment, then serves until it is told to stop."""

import sys
from typing import Final

import structlog
import uvicorn
from kabar_chassis.logs import configure_logging
from kabar_chassis.startup import UNEXPECTED, end_quietly_on_signals, listen, read_settings, refusal

from kabar_search.app import build_app
from kabar_search.settings import PREFIX, Settings

_SHUTDOWN_S: Final = 10
"""How long requests in hand may take when the service stops."""


def main() -> int:
    """Serve. 0 after an orderly end; 2 for settings that cannot be, 1 when it could not start, with one line that says why."""
    settings = read_settings(Settings, prefix=PREFIX)
    configure_logging(service="search", level=settings.log_level)
    try:
        app = build_app(settings)
    except OSError as error:
        raise refusal(f"A file that the settings name cannot be read: {error}") from None
    listener = listen(settings.host, settings.port, prefix=PREFIX)
    server = uvicorn.Server(
        uvicorn.Config(
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
    )
    end_quietly_on_signals()
    structlog.get_logger().info("service_started", host=settings.host, port=listener.getsockname()[1])
    server.run(sockets=[listener])
    return 0 if server.started else UNEXPECTED


if __name__ == "__main__":
    sys.exit(main())
