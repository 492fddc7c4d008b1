"""One whole system a session."""

from collections.abc import Iterator

import pytest
from local_run import LocalRun


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    """The system as `kabar up` starts it; what is pushed stays, so each test uses a source of its own."""
    run = LocalRun(tmp_path_factory.mktemp("system"))
    started = run.kabar("up", "--detach", "--demo")
    assert started.returncode == 0, started.stderr
    assert "went the whole way" in started.stdout
    yield run
    run.kabar("down")
