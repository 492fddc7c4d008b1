"""The choice of ports for the local system."""

from pathlib import Path

import pytest
from kabar_cli.local_system import choose_ports
from kabar_cli.settings import UpSettings
from kabar_embedded import EmbeddedError


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(EmbeddedError, match="file/kabar cannot be written: Not a directory"):
        choose_ports(UpSettings(state_dir=tmp_path / "file" / "kabar"))
