"""The page of results, and what holds for every address of the service."""

import re
from html.parser import HTMLParser

import httpx
import pytest


class _Outline(HTMLParser):
    """What a test asks of a page: its links, form fields and labels."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fields: dict[str, str] = {}
        self.visible_fields: set[str] = set()
        self.labels: set[str] = set()
        self.resources: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(values["href"])
        if tag == "label":
            self.labels.add(values["for"])
        if tag == "input":
            self.fields[values["name"]] = values["value"]
            if values["type"] != "hidden":
                self.visible_fields.add(values["id"])
        if tag in ("link", "script", "img", "iframe") and values.get("rel") != "canonical":
            self.resources.append(values.get("href") or values.get("src", ""))


async def page(client: httpx.AsyncClient, path: str = "/", **parameters: str) -> tuple[httpx.Response, _Outline]:
    response = await client.get(path, params=parameters)
    return response, _Outline(response.text)


async def test_the_first_page_shows_the_newest_articles_with_their_badges(search_service: httpx.AsyncClient) -> None:
    response, _ = await page(search_service)

    assert response.status_code == 200
    assert '<html lang="id">' in response.text
    for part in ("8 artikel", "Menyatakan memakai AI", "Artikel ini disempurnakan dengan kecerdasan buatan.", "4 Mei 2026, 08.00 WIB"):
        assert part in response.text


async def test_the_page_speaks_english_when_asked(search_service: httpx.AsyncClient) -> None:
    response, outline = await page(search_service, ui="en")

    assert '<html lang="en">' in response.text
    assert "8 articles" in response.text
    assert all("ui=en" in link for link in outline.links if link.startswith("/articles/"))


async def test_every_field_has_a_label_and_keeps_its_value(search_service: httpx.AsyncClient) -> None:
    _, outline = await page(search_service, q="losari", **{"from": "2026-05-01", "to": "-1h", "source": "!minato.example", "ui": "en"})

    assert outline.visible_fields <= outline.labels
    assert outline.fields == {"q": "losari", "from": "2026-05-01", "to": "2026-05-06", "source": "!minato.example", "ui": "en"}


async def test_every_link_of_the_page_leads_somewhere(search_service: httpx.AsyncClient) -> None:
    _, outline = await page(search_service, q="losari", page_size="2", source="warta.example,coast-post.example", ai="!denied")

    own = {link for link in outline.links if link.startswith("/")}
    assert any(link.startswith("/?") and "page=2" in link for link in own)
    for link in own:
        assert (await search_service.get(link)).status_code == 200, link


async def test_a_filter_link_changes_one_thing_and_another_takes_it_back(search_service: httpx.AsyncClient) -> None:
    _, without = await page(search_service, q="losari")
    _, with_it = await page(search_service, q="losari", ai="disclosed")

    assert "/?q=losari&ai=disclosed" in without.links
    assert "/?q=losari" in with_it.links


async def test_no_match_is_a_page_that_says_so(search_service: httpx.AsyncClient) -> None:
    response, _ = await page(search_service, q="tidakadakataini")

    assert response.status_code == 200
    assert "Tidak ada artikel yang cocok." in response.text


async def test_bad_parameters_give_a_page_that_names_them_all(search_service: httpx.AsyncClient) -> None:
    response, outline = await page(search_service, q="kopi", ai="maybe", page="0")

    assert (response.status_code, response.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert re.findall(r"<li><code>(\w+)</code>", response.text) == ["ai", "page"]
    assert outline.fields["q"] == "kopi"


@pytest.mark.parametrize("path", ["/", "/v1/search", "/nothing", "/v1/nothing", "/docs", "/livez", "/style.css"])
async def test_every_answer_forbids_scripts_and_frames(search_service: httpx.AsyncClient, path: str) -> None:
    response = await search_service.get(path)

    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_page_loads_nothing_from_elsewhere(search_service: httpx.AsyncClient) -> None:
    for path in ("/", "/docs"):
        _, outline = await page(search_service, path)
        assert outline.resources
        assert all(re.match(r"/(?!/)", resource) for resource in outline.resources)
        for resource in outline.resources:
            assert (await search_service.get(resource)).status_code == 200


@pytest.mark.parametrize(("path", "media_type"), [("/nothing", "text/html; charset=utf-8"), ("/v1/nothing", "application/problem+json")])
async def test_an_unknown_address_is_told_to_people_and_programs_in_their_own_form(
    search_service: httpx.AsyncClient, path: str, media_type: str
) -> None:
    response = await search_service.get(path)

    assert (response.status_code, response.headers["content-type"]) == (404, media_type)


@pytest.mark.parametrize("path", ["/", "/v1/search"])
async def test_only_reading_is_allowed(search_service: httpx.AsyncClient, path: str) -> None:
    response = await search_service.post(path)

    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_the_documentation_names_every_parameter(search_service: httpx.AsyncClient) -> None:
    document = (await search_service.get("/openapi.json")).json()
    response, _ = await page(search_service, "/docs")

    for parameter in document["paths"]["/v1/search"]["get"]["parameters"]:
        assert f"<code>{parameter['name']}</code>" in response.text


async def test_the_service_is_ready_when_the_alias_exists(search_service: httpx.AsyncClient) -> None:
    assert (await search_service.get("/livez")).json() == {"status": "alive"}
    assert (await search_service.get("/readyz")).json() == {"status": "ready"}
