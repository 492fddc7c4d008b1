"""What is answered when the service itself fails: a bug, played by a reader that raises what no reader should."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Never
from zoneinfo import ZoneInfo

import httpx
import pytest
from kabar_search.app import application
from kabar_search.desk import Desk
from kabar_search.pages.rendering import Pages


class BrokenReader:
    async def search(self, body: Mapping[str, Any]) -> Never:
        message = f"the secret of this bug: {body}"
        raise RuntimeError(message)

    async def document(self, article_id: str) -> Never:
        raise KeyError(article_id)

    async def check(self) -> None: ...

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/v1/search", "application/problem+json"),
        (f"/v1/articles/{'0' * 32}", "application/problem+json"),
        ("/", "text/html; charset=utf-8"),
        (f"/articles/{'0' * 32}", "text/html; charset=utf-8"),
    ],
)
async def test_a_bug_is_told_without_its_details(path: str, media_type: str) -> None:
    desk = Desk(reader=BrokenReader(), clock=lambda: datetime.now(UTC), zone=ZoneInfo("UTC"), query_timeout_ms=1_000)
    transport = httpx.ASGITransport(app=application(desk, pages=Pages(default_language="id")), raise_app_exceptions=False)

    async with httpx.AsyncClient(transport=transport, base_url="http://kabar.example") as client:
        response = await client.get(path)

    assert (response.status_code, response.headers["content-type"]) == (500, media_type)
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
