"""The shim, compiled once."""

from pathlib import Path

import pytest
from synced_copy import CompilerMissingError, compiled


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shared library to load under a program; without a C compiler the test is skipped and says so."""
    try:
        return compiled(tmp_path_factory.mktemp("shim"))
    except CompilerMissingError as error:
        pytest.skip(f"{error}")
