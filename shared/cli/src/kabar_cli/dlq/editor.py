"""The user's own editor."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path


class EditorError(Exception):
    """The editor could not be run, or ended with a fault; the message is for a person."""


def edited_in_editor(content: bytes, *, name: str) -> bytes:
    """What the user made of these bytes in $VISUAL, $EDITOR or vi. Raises EditorError; then nothing was changed."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="kabar-") as folder:  # readable by its owner only
        file = Path(folder) / f"{name.replace(':', '-')}.json"
        file.write_bytes(content)
        try:
            done = subprocess.run([*shlex.split(command), str(file)], check=False)
        except (OSError, ValueError) as error:
            message = f"the editor {command!r} cannot be started: {error}; set EDITOR, or use --set or --data"
            raise EditorError(message) from error
        if done.returncode:
            message = f"the editor {command!r} ended with {done.returncode}; nothing was changed"
            raise EditorError(message)
        return file.read_bytes()
