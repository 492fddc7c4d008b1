"""The lock, and what counts as present. Nothing is fetched here."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from typing import TYPE_CHECKING

from kabar_embedded.artifacts import LOCK_NAME, Artifact, locked_artifacts, missing_from
from kabar_embedded.lock import REQUIREMENTS, lock_text

if TYPE_CHECKING:
    from pathlib import Path


def an_artifact(content: bytes = b"a jar") -> Artifact:
    return Artifact(group="org.example", artifact="thing", version="1.0", sha256=hashlib.sha256(content).hexdigest())


def store_it(store: Path, artifact: Artifact, content: bytes) -> None:
    path = store / artifact.path
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def test_every_locked_artifact_has_a_hash() -> None:
    artifacts = locked_artifacts()

    assert len(artifacts) > 100
    assert all(re.fullmatch(r"[0-9a-f]{64}", artifact.sha256) for artifact in artifacts)
    assert len({artifact.path for artifact in artifacts}) == len(artifacts)


def test_the_lock_holds_no_address() -> None:
    assert "://" not in files("kabar_embedded").joinpath(LOCK_NAME).read_text(encoding="utf-8")


def test_what_is_required_is_in_the_lock() -> None:
    assert set(REQUIREMENTS) <= {artifact.coordinates for artifact in locked_artifacts()}


def test_the_lock_is_what_its_writer_would_write() -> None:
    assert lock_text(locked_artifacts()) == files("kabar_embedded").joinpath(LOCK_NAME).read_text(encoding="utf-8")


def test_an_artifact_lies_where_maven_would_put_it() -> None:
    assert an_artifact().path.as_posix() == "org/example/thing/1.0/thing-1.0.jar"


def test_an_artifact_with_the_right_content_is_not_missing(tmp_path: Path) -> None:
    store_it(tmp_path, an_artifact(), b"a jar")

    assert missing_from(tmp_path, [an_artifact()]) == ()


def test_an_absent_artifact_is_missing(tmp_path: Path) -> None:
    assert missing_from(tmp_path, [an_artifact()]) == (an_artifact(),)


def test_a_damaged_artifact_counts_as_missing(tmp_path: Path) -> None:
    store_it(tmp_path, an_artifact(), b"a j")

    assert missing_from(tmp_path, [an_artifact()]) == (an_artifact(),)
