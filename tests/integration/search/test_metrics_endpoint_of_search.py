"""`/metrics` of the search service."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from kabar_embedded import free_port
from kabar_search.settings import Settings
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

Served = Callable[[Settings], AbstractAsyncContextManager[httpx.AsyncClient]]


def nowhere() -> Settings:
    return Settings(opensearch_url=f"http://127.0.0.1:{free_port()}", query_timeout_ms=500)


async def value(client: httpx.AsyncClient, name: str, **labels: str) -> float | None:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    return next((sample.value for sample in samples if sample.name == name and sample.labels == labels), None)


async def test_answers_are_counted_by_route_and_class_of_status(served: Served, index_url: str) -> None:
    async with served(Settings(opensearch_url=index_url)) as client:
        await client.get("/v1/search?q=banjir")
        await client.get("/v1/search?page=none")
        await client.get(f"/v1/articles/{'0' * 32}")
        assert await value(client, "kabar_http_requests_total", route="/v1/search", status="2xx") == 1
        assert await value(client, "kabar_http_requests_total", route="/v1/search", status="4xx") == 1
        assert await value(client, "kabar_http_requests_total", route="/v1/articles/{article_id}", status="4xx") == 1
        assert await value(client, "kabar_http_request_duration_seconds_count", route="/v1/search") == 2


@pytest.mark.parametrize("path", ["/v1/search", "/"])
async def test_failures_of_opensearch_are_counted_for_programs_and_people(served: Served, path: str) -> None:
    async with served(nowhere()) as client:
        await client.get(path)
        assert await value(client, "kabar_opensearch_failures_total", reason="unavailable") == 1
        assert await value(client, "kabar_http_requests_total", route=path, status="5xx") == 1


async def test_an_outage_is_logged_at_two_error_lines_a_second_and_counted_in_full(served: Served) -> None:
    async with served(nowhere()) as client:
        with capture_logs() as lines:
            for _ in range(30):
                await client.get("/v1/search")
        assert await value(client, "kabar_opensearch_failures_total", reason="unavailable") == 30
    assert len([line for line in lines if line["event"] == "index_unavailable"]) <= 3


async def test_what_people_search_for_and_paths_that_are_none_of_ours_are_no_labels(served: Served) -> None:
    async with served(nowhere()) as client:
        await client.get("/v1/search?q=rahasia")
        await client.get("/rahasia")
        text = (await client.get("/metrics")).text
        assert await value(client, "kabar_http_requests_total", route="other", status="4xx") == 1
    assert "rahasia" not in text
