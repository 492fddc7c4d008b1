"""Exit codes, and how a command ends with one."""

from enum import IntEnum

import typer
from rich.console import Console

err = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """What a script can rely on."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    PARTIAL = 3
    NOTHING_FOUND = 4
    UNAVAILABLE = 5
    INTERRUPTED = 130


def failure(code: Exit, message: str) -> typer.Exit:
    """Say what is wrong on stderr; the result is to be raised and ends the command with this code."""
    err.print(message, markup=False, style="bold red")
    return typer.Exit(code)
