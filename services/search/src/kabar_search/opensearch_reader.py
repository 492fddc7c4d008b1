"""What is read from OpenSearch, and the few ways in which that fails."""

import ssl
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import NotFoundError, OpenSearchException, TransportError

_CLIENT_GRACE_S: Final = 1.0
"""The client waits a little longer than the cluster, so that the cluster's own answer to a time-out is heard."""
_PROBE_TIMEOUT_S: Final = 2.0


class IndexUnavailableError(Exception):
    """OpenSearch does not answer, is overloaded or has no such alias. Trying again later may help."""


class QueryRefusedError(Exception):
    """OpenSearch will not run this query, today or tomorrow. The message is its reason."""


class ArticlesReader(Protocol):
    """Where articles are read from."""

    async def search(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The response to a search. Raises IndexUnavailableError or QueryRefusedError."""

    async def document(self, article_id: str) -> Mapping[str, Any] | None:
        """The stored document, or None. Raises IndexUnavailableError."""

    async def check(self) -> None:
        """Raise IndexUnavailableError unless searches can be answered."""

    async def close(self) -> None:
        """Give the connections back."""


class OpenSearchReader:
    """Reads the alias of the articles. Sends each request once: the client of this service decides on trying again."""

    def __init__(self, client: AsyncOpenSearch, *, alias: str, timeout_ms: int) -> None:
        self._client = client
        self._alias = alias
        self._timeout_s = timeout_ms / 1000 + _CLIENT_GRACE_S

    async def search(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The response to a search. Raises IndexUnavailableError or QueryRefusedError."""
        try:
            response: Mapping[str, Any] = await self._client.search(
                index=self._alias, body=body, params={"request_timeout": self._timeout_s, "allow_partial_search_results": "false"}
            )
        except TransportError as error:
            if (reason := _refusal(error)) is not None:
                raise QueryRefusedError(reason) from error
            raise IndexUnavailableError(_told(error)) from error
        except OpenSearchException as error:
            raise IndexUnavailableError(str(error)) from error
        _require(response, "hits")
        if response["timed_out"]:
            message = f"no answer in {self._timeout_s} s"
            raise IndexUnavailableError(message)
        return response

    async def document(self, article_id: str) -> Mapping[str, Any] | None:
        """The stored document without what only searching needs, or None. Raises IndexUnavailableError."""
        try:
            found = await self._client.get(
                index=self._alias, id=article_id, params={"request_timeout": self._timeout_s, "_source_excludes": "localized"}
            )
        except NotFoundError as error:
            if isinstance(error.info, Mapping) and error.info.get("found") is False:
                return None
            raise IndexUnavailableError(_told(error)) from error
        except TransportError as error:
            raise IndexUnavailableError(_told(error)) from error
        except OpenSearchException as error:
            raise IndexUnavailableError(str(error)) from error
        _require(found, "_source")
        source: Mapping[str, Any] = found["_source"]
        return source

    async def check(self) -> None:
        """Raise IndexUnavailableError unless the cluster answers and the alias exists."""
        try:
            exists = await self._client.indices.exists_alias(name=self._alias, params={"request_timeout": _PROBE_TIMEOUT_S})
        except TransportError as error:
            raise IndexUnavailableError(_told(error)) from error
        except OpenSearchException as error:
            raise IndexUnavailableError(str(error)) from error
        if not exists:
            message = f"OpenSearch answers, but there is no alias {self._alias!r}; `kabar index migrate` makes it"
            raise IndexUnavailableError(message)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()


def client_for(url: str, *, user: str | None = None, password: str | None = None, ca_file: str | None = None) -> AsyncOpenSearch:
    """A client that neither retries nor compresses; nothing is sent yet."""
    return AsyncOpenSearch(
        hosts=[url],
        http_auth=None if user is None else (user, password or ""),
        ssl_context=None if ca_file is None else ssl.create_default_context(cafile=ca_file),
        max_retries=0,
        retry_on_timeout=False,
        http_compress=False,
    )


def _require(answer: object, member: str) -> None:
    """Raise IndexUnavailableError for what something else than OpenSearch answered, a proxy for example."""
    if not isinstance(answer, Mapping) or member not in answer:
        message = f"an answer without {member!r}; is this address that of OpenSearch?"
        raise IndexUnavailableError(message)


def _refusal(error: TransportError) -> str | None:
    """Why the query itself is to blame, or None when it is not."""
    told = str(error.info)
    # Too many clauses come as 400 or 500, by the place where they are counted.
    if error.status_code == HTTPStatus.BAD_REQUEST or "too_many_clauses" in told or "too_many_nested_clauses" in told:
        return str(error)
    return None


def _told(error: TransportError) -> str:
    """The failure for the log, without the request."""
    return f"{error.status_code}: {error.error}"
