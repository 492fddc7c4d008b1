"""What is answered about one article, and what the pages for people show of it."""

import json

import httpx
import pytest
from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.disclosure.markup import read_tree
from selectolax.lexbor import LexborHTMLParser

Newsroom = dict[str, EnrichedArticle]


async def test_an_article_comes_whole_as_the_enricher_wrote_it(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    response = await search_service.get(f"/v1/articles/{newsroom['mangrove'].article_id}")

    assert response.status_code == 200
    assert EnrichedArticle.model_validate(response.json()) == newsroom["mangrove"]
    assert "localized" not in response.json()


async def test_an_article_that_was_taken_down_is_gone(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    response = await search_service.get(f"/v1/articles/{newsroom['canceled'].article_id}")

    assert (response.status_code, response.headers["content-type"]) == (410, "application/problem+json")
    assert response.json()["since"] == "2026-05-05T02:00:00Z"


@pytest.mark.parametrize("article_id", ["0" * 32, "nothing", "A" * 32, "_search", "0" * 2_000])
async def test_an_unknown_id_is_not_found(search_service: httpx.AsyncClient, article_id: str) -> None:
    response = await search_service.get(f"/v1/articles/{article_id}")

    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


async def test_a_withheld_article_is_not_told_from_an_unknown_one(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    withheld = await search_service.get(f"/v1/articles/{newsroom['withheld'].article_id}")
    unknown = await search_service.get(f"/v1/articles/{'0' * 32}")

    assert (withheld.status_code, withheld.json()) == (404, unknown.json())


async def test_the_page_of_an_article_shows_its_text_its_disclosure_and_its_origin(
    search_service: httpx.AsyncClient, newsroom: Newsroom
) -> None:
    response = await search_service.get(f"/articles/{newsroom['mangrove'].article_id}", params={"ui": "en"})

    assert response.status_code == 200
    for part in (
        "Nelayan Pantai Utara Menanam Mangrove",
        "Sekar Wulandari",
        "Penanaman berlangsung dua hari.",
        "Says AI was used",
        "<mark>Artikel ini disempurnakan dengan kecerdasan buatan.</mark>",
        "4 May 2026, 08:00 WIB",
        'href="https://warta.example/1"',
        "ai-modified",
    ):
        assert part in response.text


async def test_the_page_of_an_article_labels_what_it_says_so_that_a_reader_of_pages_reads_the_same(
    search_service: httpx.AsyncClient, newsroom: Newsroom
) -> None:
    response = await search_service.get(f"/articles/{newsroom['denied'].article_id}")

    channels = read_tree(LexborHTMLParser(response.text))
    (declared,) = channels["html_meta"]
    assert (declared.raw.value if declared.raw else None, declared.activity, declared.polarity) == ("human-only", "none", "denied")
    (script,) = LexborHTMLParser(response.text).css('script[type="application/ld+json"]')
    told = json.loads(script.text() or "")
    assert told["digitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"
    assert (told["@type"], told["headline"]) == ("NewsArticle", "Council votes on harbour fees")


async def test_an_article_that_is_not_exact_enough_for_one_term_has_no_label(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    for name in ("mangrove", "mangroves", "undated", "ambiguous"):
        page = (await search_service.get(f"/articles/{newsroom[name].article_id}")).text
        assert "ai-disclosure" not in page
        assert "<script" not in page


@pytest.mark.parametrize(
    ("name", "status", "told"), [("canceled", 410, "Artikel ini telah ditarik"), ("withheld", 404, "Artikel tidak ditemukan")]
)
async def test_the_page_of_an_article_that_is_not_shown_says_so(
    search_service: httpx.AsyncClient, newsroom: Newsroom, name: str, status: int, told: str
) -> None:
    response = await search_service.get(f"/articles/{newsroom[name].article_id}")

    assert response.status_code == status
    assert told in response.text


async def test_nothing_of_an_article_becomes_markup(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    pages = [
        await search_service.get(f"/articles/{newsroom['hostile'].article_id}"),
        await search_service.get("/", params={"q": "kopi"}),
        await search_service.get("/", params={"q": "<script>x</script>"}),
        await search_service.get("/", params={"source": "<script>x</script>"}),
        await search_service.get("/", params={"ai": "<script>x</script>"}),
    ]

    for page in pages:
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "<b>" not in page.text
