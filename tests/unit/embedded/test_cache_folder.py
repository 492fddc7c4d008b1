"""Where the cache folder is, by parameter, variable and platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kabar_embedded.cache_folder import cache_folder
from kabar_embedded.errors import EmbeddedError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_variable_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABAR_CACHE_DIR", str(tmp_path / "from-variable"))

    assert cache_folder() == tmp_path / "from-variable"


def test_a_parameter_wins_over_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABAR_CACHE_DIR", str(tmp_path / "from-variable"))

    assert cache_folder(tmp_path / "chosen") == tmp_path / "chosen"


def test_a_folder_that_cannot_be_made_is_an_error_that_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()

    with pytest.raises(EmbeddedError, match="KABAR_CACHE_DIR"):
        cache_folder(tmp_path / "a-file" / "cache")
