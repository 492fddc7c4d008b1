"""The shim under a server that keeps what a power cut would leave: made of `synced_copy.c`, and read here."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("synced_copy.c")
WHOLE_BYTES: Final = 65_536
"""As in the source: files up to this length may be written anew, longer ones only grow."""


class CompilerMissingError(Exception):
    """There is no C compiler on this machine."""


class UnfitError(Exception):
    """The server wrote in a way that the shim does not understand: the run says nothing."""


@dataclass(frozen=True, slots=True)
class SyncedCopy:
    """A folder of watched files and the copy of what is durable of it, which lies on the same file system."""

    tree: Path
    """Holds the folder. Files anywhere in it may be synced and then renamed into the folder."""
    folder: Path
    place: Path

    def begin(self) -> None:
        """Take what lies in the folder for durable, as after the start of a machine."""
        for folder in ("files", "pins"):
            (self.place / folder).mkdir(parents=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        names = []
        for file in self.folder.iterdir():
            inode = file.stat().st_ino
            os.link(file, self.place / "pins" / str(inode))
            shutil.copyfile(file, self.place / "files" / str(inode))
            names.append(f"{inode} {file.name}\n")
        (self.place / "names").write_text("".join(names), encoding="utf-8")

    def environment(self, shim: Path) -> dict[str, str]:
        """What a program needs to run on this disk."""
        return {
            "LD_PRELOAD": str(shim),
            "SYNCED_COPY_OF": str(self.tree.resolve()),
            "SYNCED_COPY_NAMES": str(self.folder.resolve()),
            "SYNCED_COPY_IN": str(self.place.resolve()),
        }

    def cut_at_folder_sync(self, turn: int) -> None:
        """Have the power go at the `turn`-th fsync of the folder from now on, before it did anything."""
        (self.place / "cut-at-folder").write_text(f"{turn}\n", encoding="utf-8")

    def synced_names(self) -> dict[str, int]:
        """Name to inode, as the folder was when it was last synced."""
        lines = (self.place / "names").read_text(encoding="utf-8").splitlines()
        return {name: int(inode) for inode, name in (line.split(" ", 1) for line in lines)}

    def written_names(self) -> dict[str, int]:
        """Name to inode, as the program left the folder."""
        return {file.name: file.stat().st_ino for file in self.folder.iterdir()}

    def contents(self, names: Mapping[str, int], *, kept_share: float) -> dict[str, bytes]:
        """What the files with these names hold after the cut. Raises UnfitError."""
        return {name: self._content(name, inode, kept_share=kept_share) for name, inode in names.items()}

    def _content(self, name: str, inode: int, *, kept_share: float) -> bytes:
        copied, pinned = (self.place / folder / str(inode) for folder in ("files", "pins"))
        durable = copied.read_bytes() if copied.exists() else b""
        written = (pinned if pinned.exists() else self.folder / name).read_bytes()
        return surviving(durable, written, kept_share=kept_share)


def surviving(durable: bytes, written: bytes, *, kept_share: float) -> bytes:
    """What a file holds after the cut: all that is durable, and this share (0 to 1) of what was written behind it.

    Raises UnfitError when a long file did not only grow.
    """
    if written.startswith(durable):
        return written[: len(durable) + int((len(written) - len(durable)) * kept_share)]
    if len(durable) > WHOLE_BYTES:
        raise UnfitError(f"a file of which {len(durable)} bytes were synced was not only appended to")
    return durable


def compiled(folder: Path, *, which: Callable[[str], str | None] = shutil.which) -> Path:
    """The shim as a shared library in this folder. Raises CompilerMissingError, or CalledProcessError when the compiler refuses."""
    compiler = which("cc")
    if compiler is None:
        raise CompilerMissingError("a power cut needs a C compiler for its shim, and there is no `cc` on PATH: install gcc or clang")
    library = folder / "synced_copy.so"
    flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, "-o", library, SOURCE, "-ldl"], check=True)
    return library
