# ruff: noqa: INP001  # a script that is copied into the images, not a module of a package
"""Exit 0 when the service in this container lives: `python livez.py VARIABLE`, where VARIABLE holds its port.

A container's health check. Needs nothing but the standard library, and no proxy is asked.
"""

import http.client
import os
import sys

TIMEOUT_S = 4.0


def main() -> int:
    """0 when `GET /livez` answers 200; otherwise 1, with the reason on stdout, where `docker inspect` shows it."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ[sys.argv[1]]), timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/livez")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stdout.write(f"no answer from /livez: {error!r}\n")
        return 1
    finally:
        connection.close()
    sys.stdout.write(f"/livez answered {status}\n")
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
