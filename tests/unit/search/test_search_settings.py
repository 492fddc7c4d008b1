import pytest
from kabar_search.settings import Settings
from pydantic import ValidationError

URL = "http://127.0.0.1:9200"


def test_the_address_of_opensearch_has_no_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KABAR_SEARCH_OPENSEARCH_URL", raising=False)

    with pytest.raises(ValidationError, match="opensearch_url"):
        Settings()


def test_the_environment_is_read_under_one_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABAR_SEARCH_OPENSEARCH_URL", URL)
    monkeypatch.setenv("KABAR_SEARCH_PORT", "8123")

    settings = Settings()

    assert (settings.opensearch_url, settings.host, settings.port, settings.time_zone) == (URL, "127.0.0.1", 8123, "Asia/Jakarta")


@pytest.mark.parametrize(
    "values",
    [
        {"opensearch_url": "localhost:9200"},
        {"opensearch_url": URL, "time_zone": "Asia/Atlantis"},
        {"opensearch_url": URL, "opensearch_user": "reader"},
        {"opensearch_url": URL, "opensearch_password": "secret"},
        {"opensearch_url": URL, "opensearch_user": "reader", "opensearch_password": "a", "opensearch_password_file": "/run/secrets/b"},
        {"opensearch_url": URL, "port": 70_000},
    ],
)
def test_settings_that_cannot_work_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(values)


def test_a_password_is_not_shown() -> None:
    redis_url = "redis://receipts:secret@127.0.0.1:6379"
    settings = Settings(opensearch_url=URL, opensearch_user="reader", opensearch_password="secret", redis_url=redis_url)

    assert "secret" not in repr(settings)
