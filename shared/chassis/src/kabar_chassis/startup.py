"""How a process of Kabar begins: its settings, its port, its signals. What is wrong is one line a person can act on."""

import errno
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings
from pydantic_settings.exceptions import SettingsError

UNEXPECTED: Final = 1
USAGE: Final = 2
BACKLOG: Final = 2_048

SECRETS_DIR: Final = "KABAR_SECRETS_DIR"
"""A folder with a file for each setting that is a secret, of its variable's name in lower case. A variable goes before its file."""

S = TypeVar("S", bound=BaseSettings)


def read_settings(settings_class: Callable[..., S], *, prefix: str) -> S:
    """The settings from the environment and the folder of secrets. Ends the process with code 2 and a line for each that is wrong."""
    folder = os.environ.get(SECRETS_DIR) or None
    try:
        return settings_class(_secrets_dir=folder)
    except SettingsError as error:
        raise refusal(f"{SECRETS_DIR}: {error}") from None
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        raise refusal("\n".join(_line(prefix, fault) for fault in faults)) from None


def _line(prefix: str, fault: ErrorDetails) -> str:
    """A fault under the name of its variable; what concerns several of them names them itself."""
    name = "_".join(str(part) for part in fault["loc"]).upper()
    return f"{prefix}{name}: {fault['msg']}" if name else fault["msg"]


def listen(host: str, port: int, *, prefix: str) -> socket.socket:
    """A socket that listens there. Ends the process with code 1 and a line that names the variable to change."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        what = f"Port {port} on {host} is taken." if taken else f"Cannot listen on {host} port {port}: {error.strerror}."
        raise refusal(f"{what} Choose another with {prefix}PORT or {prefix}HOST.", code=UNEXPECTED) from None


def end_quietly_on_signals() -> None:
    """Let SIGTERM and SIGINT do nothing by themselves.

    uvicorn takes them, stops in good order, and raises them again; with the default handler the process would then end
    as one that was killed.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)


def refusal(reason: str, *, code: int = USAGE) -> SystemExit:
    """Say on stderr why the process cannot run; the result is to be raised."""
    sys.stderr.write(f"{reason}\n")
    return SystemExit(code)
