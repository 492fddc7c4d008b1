"""What can go wrong when servers are started, each with what a person can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class EmbeddedError(Exception):
    """Anything that keeps an embedded server from running. The message is meant to be shown as it is."""


class PortTakenError(EmbeddedError):
    """Something else listens on the port that was asked for."""

    def __init__(self, port: int, *, owner: str, setting: str | None = None) -> None:
        self.port = port
        self.owner = owner
        self.setting = setting
        remedy = f"choose another port with {setting}" if setting else "choose another port"
        super().__init__(f"Port {port} on 127.0.0.1 is taken by {owner}. Stop that, or {remedy}.")


class DirectoryInUseError(EmbeddedError):
    """A server from an earlier start still works on this directory; a second one would damage its data."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        super().__init__(f"{directory} is in use by a server that still runs. Stop that one first, or use another folder.")


class ServerStartError(EmbeddedError):
    """A server ended, or was not ready in time. Carries the end of its log."""

    def __init__(self, name: str, reason: str, *, log_path: Path, log_tail: str) -> None:
        self.name = name
        self.reason = reason
        self.log_path = log_path
        self.log_tail = log_tail
        shown = log_tail.strip() or "(the log is empty)"
        super().__init__(f"{name} {reason}. The end of {log_path}:\n{shown}")


class BinaryMissingError(EmbeddedError):
    """No program to run: neither on PATH nor in a package."""


class ArtifactError(EmbeddedError):
    """A Java library could not be fetched, or is not the one that the lock names."""


class AlreadyUpError(EmbeddedError):
    """Another supervisor holds this state folder."""

    def __init__(self, state_dir: Path, *, supervisor_pid: int | None) -> None:
        self.state_dir = state_dir
        self.supervisor_pid = supervisor_pid
        who = f" (pid {supervisor_pid})" if supervisor_pid else ""
        super().__init__(f"Already up in {state_dir}{who}. Take it down first, or use another folder.")
