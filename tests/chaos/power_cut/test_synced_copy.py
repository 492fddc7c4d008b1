"""What a program wrote on the shim's disk, and what is left of it after a power cut."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from synced_copy import CompilerMissingError, SyncedCopy, UnfitError, compiled, surviving

BEGIN = """
import os
from pathlib import Path

def write(name, data, flags=os.O_CREAT | os.O_APPEND):
    fd = os.open(name, os.O_WRONLY | flags, 0o600)
    os.write(fd, data)
    return fd

def sync_folder():
    fd = os.open(".", os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
"""
END = "os.kill(os.getpid(), 9)"

Dying = Callable[[str], SyncedCopy]


@pytest.fixture
def dying(shim: Path, tmp_path: Path) -> Dying:
    """Runs a program in the folder until it dies by SIGKILL; what is left of its files."""
    disk = SyncedCopy(tree=tmp_path / "data", folder=tmp_path / "data" / "folder", place=tmp_path / "durable")
    disk.begin()

    def run(program: str) -> SyncedCopy:
        child = subprocess.run(
            [sys.executable, "-c", BEGIN + dedent(program) + "\n" + END],
            cwd=disk.folder,
            env=disk.environment(shim),
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        assert child.returncode == -signal.SIGKILL, child.stderr
        return disk

    return run


def synced(disk: SyncedCopy, *, kept_share: float = 0.0) -> dict[str, bytes]:
    return disk.contents(disk.synced_names(), kept_share=kept_share)


def written(disk: SyncedCopy, *, kept_share: float = 0.0) -> dict[str, bytes]:
    return disk.contents(disk.written_names(), kept_share=kept_share)


def test_what_was_written_and_not_synced_is_gone(dying: Dying) -> None:
    disk = dying('write("a", b"one"); sync_folder()')

    assert (disk.folder / "a").read_bytes() == b"one"
    assert synced(disk) == {"a": b""}


@pytest.mark.parametrize("sync", ["fsync", "fdatasync"])
def test_what_was_synced_is_there(dying: Dying, sync: str) -> None:
    assert synced(dying(f'os.{sync}(write("a", b"one")); sync_folder()')) == {"a": b"one"}


def test_of_what_was_written_after_a_sync_the_last_is_lost_first(dying: Dying) -> None:
    disk = dying('fd = write("a", b"one "); os.fsync(fd); os.write(fd, b"two "); os.write(fd, b"six "); sync_folder()')

    assert synced(disk) == {"a": b"one "}
    assert synced(disk, kept_share=0.75) == {"a": b"one two si"}
    assert synced(disk, kept_share=1.0) == {"a": b"one two six "}


def test_a_file_whose_folder_was_not_synced_may_be_there_or_not(dying: Dying) -> None:
    disk = dying('os.fsync(write("a", b"one"))')

    assert synced(disk) == {}
    assert written(disk) == {"a": b"one"}


def test_a_renamed_file_has_its_old_name_until_the_folder_is_synced(dying: Dying) -> None:
    disk = dying(
        """
        os.fsync(write("manifest", b"old"))
        sync_folder()
        os.fsync(write("temporary", b"new"))
        os.rename("temporary", "manifest")
        """
    )

    assert synced(disk) == {"manifest": b"old"}
    assert written(disk) == {"manifest": b"new"}


def test_a_file_that_was_synced_elsewhere_in_the_tree_is_whole_where_it_was_renamed_to(dying: Dying) -> None:
    disk = dying('os.fsync(write("../temporary", b"new")); os.rename("../temporary", "base"); sync_folder()')

    assert synced(disk) == {"base": b"new"}


def test_a_removed_file_is_back_when_the_folder_was_not_synced(dying: Dying) -> None:
    disk = dying('os.fsync(write("a", b"one")); sync_folder(); os.remove("a"); write("b", b"another with its number")')

    assert synced(disk) == {"a": b"one"}
    assert written(disk) == {"b": b""}


def test_what_a_child_process_synced_is_there(dying: Dying) -> None:
    disk = dying(
        """
        fd = write("a", b"one ")
        if os.fork() == 0:
            os.write(fd, b"two")
            os.fsync(fd)
            os._exit(0)
        os.wait()
        sync_folder()
        """
    )

    assert synced(disk) == {"a": b"one two"}


def test_a_small_file_may_be_written_anew(dying: Dying) -> None:
    disk = dying('os.fsync(write("a", b"a long one")); os.fsync(write("a", b"short", os.O_TRUNC)); sync_folder()')

    assert synced(disk) == {"a": b"short"}


def test_a_long_file_may_lose_its_end_and_grow_again(dying: Dying) -> None:
    disk = dying(
        """
        os.fsync(write("a", b"x" * 100_000))
        os.truncate("a", 90_000)
        os.fsync(write("a", b"y" * 20_000))
        sync_folder()
        """
    )

    assert synced(disk) == {"a": b"x" * 90_000 + b"y" * 20_000}


def test_the_power_can_go_between_a_rename_and_the_sync_of_its_folder(dying: Dying, tmp_path: Path) -> None:
    SyncedCopy(tree=tmp_path / "data", folder=tmp_path / "data" / "folder", place=tmp_path / "durable").cut_at_folder_sync(2)

    disk = dying(
        """
        os.fsync(write("a", b"one"))
        sync_folder()
        os.rename("a", "b")
        sync_folder()
        os.rename("b", "c")
        """
    )

    assert (synced(disk), written(disk)) == ({"a": b"one"}, {"b": b"one"})


def test_other_folders_do_not_count(dying: Dying, tmp_path: Path) -> None:
    disk = dying(f'os.fsync(write("{tmp_path}/elsewhere", b"one"))')

    assert list((disk.place / "files").iterdir()) == []


def test_a_new_life_begins_with_all_that_was_left(dying: Dying, tmp_path: Path) -> None:
    left = dying('os.fsync(write("a", b"one")); sync_folder()')
    disk = SyncedCopy(tree=left.tree, folder=left.folder, place=tmp_path / "durable again")
    disk.begin()

    assert synced(disk) == {"a": b"one"}


def test_a_long_file_that_did_not_only_grow_makes_the_run_void() -> None:
    with pytest.raises(UnfitError, match="not only appended"):
        surviving(b"x" * 100_000, b"y" * 100_000, kept_share=0.0)


def test_without_a_compiler_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CompilerMissingError, match="install gcc"):
        compiled(tmp_path, which=lambda _: None)
