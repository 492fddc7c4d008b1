"""Where fetched and derived files are kept between runs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs

from kabar_embedded.errors import EmbeddedError

CACHE_DIR_VARIABLE = "KABAR_CACHE_DIR"


def cache_folder(chosen: Path | None = None) -> Path:
    """The user's cache folder for Kabar, made if need be: the chosen one, else `KABAR_CACHE_DIR`, else the platform's.

    Raises `EmbeddedError` when nothing can be written there (a read-only home, for example).
    """
    folder = chosen or _from_environment() or Path(platformdirs.user_cache_dir("kabar", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise EmbeddedError(
            f"The cache folder {folder} cannot be written: {error.strerror}. Name another one with {CACHE_DIR_VARIABLE}."
        ) from error
    return folder.absolute()


def _from_environment() -> Path | None:
    value = os.environ.get(CACHE_DIR_VARIABLE)
    return Path(value) if value else None
