"""What an entry can make the code that reads it do. Importable, so that a child process can run it too."""

import os
import signal
import sys
import threading
from multiprocessing import parent_process
from pathlib import Path
from typing import NoReturn

from kabar_chassis.delivery.outcome import Delivery


def act(delivery: Delivery) -> str:
    """Do what the entry's `data` says."""
    what, _, argument = delivery.fields[b"data"].decode().partition(" ")
    return _ACTS[what](argument)


def _pid(_: str) -> str:
    return str(os.getpid())


def _exit(argument: str) -> NoReturn:
    os._exit(int(argument))


def _system_exit(argument: str) -> NoReturn:
    sys.exit(int(argument))


def _abort(_: str) -> NoReturn:
    os.abort()


def _kill(argument: str) -> str:
    os.kill(os.getpid(), signal.Signals[argument])
    return "survived"


def _eat(_: str) -> str:
    eaten = []
    while True:
        eaten.append(bytes(range(256)) * 100_000)


def _recurse(argument: str) -> str:
    return _recurse(argument) + argument


def _hang(_: str) -> NoReturn:
    while True:
        threading.Event().wait(60)


def _raise(argument: str) -> NoReturn:
    raise ValueError(argument)


def _exit_once(argument: str) -> str:
    """End the process the first time; the file says whether it is."""
    mark = Path(argument)
    if mark.exists():
        return "the second time"
    mark.touch()
    os._exit(3)


def _name_twice_the_parent(_: str) -> str:
    parent = parent_process()
    return "no child" if parent is None else str(parent.pid)


def _unpicklable(_: str) -> str:
    return _Unpicklable("x")


class _Unpicklable(str):
    __slots__ = ()

    def __reduce__(self) -> NoReturn:
        raise TypeError("cannot be handed back")


_ACTS = {
    "pid": _pid,
    "exit": _exit,
    "system_exit": _system_exit,
    "abort": _abort,
    "kill": _kill,
    "eat": _eat,
    "recurse": _recurse,
    "hang": _hang,
    "raise": _raise,
    "exit_once": _exit_once,
    "parent": _name_twice_the_parent,
    "unpicklable": _unpicklable,
}
