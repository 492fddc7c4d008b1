"""One secured Redis and one secured OpenSearch for all tests here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from secured_servers import SecuredOpenSearch, SecuredRedis, make_secrets, redis_with_tls, start_secured_opensearch, start_secured_redis


@pytest.fixture(scope="session")
def secrets_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first-start job makes."""
    return make_secrets(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="session")
def secured_redis(secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredRedis]:
    """With the users of the deployment."""
    binary = redis_with_tls()
    if binary is None:
        pytest.skip("no redis-server with TLS is installed")
    with start_secured_redis(tmp_path_factory.mktemp("redis"), secrets=secrets_folder, binary=binary) as server:
        yield server


@pytest.fixture(scope="session")
def secured_opensearch(secrets_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredOpenSearch]:
    """With the users of the deployment."""
    with start_secured_opensearch(tmp_path_factory.mktemp("opensearch"), secrets=secrets_folder) as server:
        yield server
