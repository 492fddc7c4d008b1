"""The one way this service connects to OpenSearch."""

from typing import Any

from opensearchpy import AsyncOpenSearch

from kabar_index.opensearch_patience import PatientTransport
from kabar_index.settings import Settings


def connect(settings: Settings) -> AsyncOpenSearch:
    """A client that repeats nothing by itself: the delivery room decides what is tried again.

    Bodies are not compressed: the client would do it at gzip level 9 on the event loop, a tenth of the throughput.
    """
    options: dict[str, Any] = {}
    if settings.opensearch_user is not None and settings.opensearch_password is not None:
        options["http_auth"] = (settings.opensearch_user, settings.opensearch_password.get_secret_value())
    if settings.opensearch_ca_file is not None:
        options["ca_certs"] = str(settings.opensearch_ca_file)
    return AsyncOpenSearch(
        settings.opensearch_url,
        transport_class=PatientTransport,
        timeout=settings.opensearch_timeout_s,
        max_retries=0,
        retry_on_status=(),
        http_compress=False,
        **options,
    )
