"""How long the two roles of index wait for more after a small batch."""

import pytest
from kabar_index.settings import Settings
from pydantic import SecretStr


@pytest.mark.parametrize(
    ("role", "chosen_ms", "expected_s"), [("articles", None, 0.1), ("archive", None, 0.5), ("archive", 0, 0.0), ("articles", 250, 0.25)]
)
def test_the_archive_waits_longer_than_the_index_unless_told_otherwise(role: str, chosen_ms: int | None, expected_s: float) -> None:
    settings = Settings(redis_url=SecretStr("redis://x"), opensearch_url="http://x", role=role, gather_ms=chosen_ms)

    assert settings.gather_s == expected_s
