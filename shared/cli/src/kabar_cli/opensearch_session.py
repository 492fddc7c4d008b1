"""One command's talk with OpenSearch."""

from typing import TYPE_CHECKING, Any

from kabar_cli.settings import client_settings

if TYPE_CHECKING:
    from opensearchpy import AsyncOpenSearch


def opensearch_at(url: str) -> "AsyncOpenSearch":
    """A client that repeats nothing by itself, with the user, password and authority of the settings."""
    from opensearchpy import AsyncOpenSearch  # noqa: PLC0415  # a fifth of a second to load

    settings = client_settings()
    options: dict[str, Any] = {}
    if settings.opensearch_user is not None and settings.opensearch_password is not None:
        options["http_auth"] = (settings.opensearch_user, settings.opensearch_password.get_secret_value())
    if settings.opensearch_ca_file is not None:
        options["ca_certs"] = str(settings.opensearch_ca_file)
    return AsyncOpenSearch(url, timeout=60, max_retries=0, **options)
