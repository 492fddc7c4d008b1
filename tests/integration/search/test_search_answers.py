"""What `/v1/search` answers, on a real index made and filled by the index service."""

from typing import Any

import httpx
import pytest
from kabar_contracts.enriched import EnrichedArticle

Newsroom = dict[str, EnrichedArticle]


async def found(client: httpx.AsyncClient, **parameters: str) -> dict[str, Any]:
    response = await client.get("/v1/search", params=parameters)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def names(answer: dict[str, Any], newsroom: Newsroom) -> list[str]:
    by_id = {article.article_id: name for name, article in newsroom.items()}
    return [by_id[result["article_id"]] for result in answer["results"]]


async def test_a_search_without_words_gives_the_newest_usable_articles(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    answer = await found(search_service)

    assert names(answer, newsroom) == ["undated", "mangrove", "mangroves", "denied", "ambiguous", "japanese", "hostile", "long"]
    assert (answer["total"], answer["page"], answer["page_size"], answer["sort"], answer["facets"]) == (8, 1, 20, "newest", {})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("nelayan", {"mangrove"}),
        ("NELAYAN Losari", {"mangrove"}),
        ("ditanam", {"mangrove"}),  # a word form: menanam
        ("planting", {"mangroves"}),  # a word form: plant, planted
        ("losari", {"mangrove", "mangroves", "undated"}),
        ('"pesta laut"', {"undated"}),
        ('"laut pesta"', set()),
        ("losari NOT nelayan", {"mangroves", "undated"}),
        ("nelayan OR museum", {"mangrove", "ambiguous"}),
        ("fisherm*", {"mangroves"}),
        ("nelayn~", {"mangrove"}),
        ("博物館", {"japanese"}),
        ("ketuk palu", {"long"}),
        ("disempurnakan", set()),  # the note is no part of the cleaned text
        ("tidakadakataini", set()),
    ],
)
async def test_words_find_articles(search_service: httpx.AsyncClient, newsroom: Newsroom, query: str, expected: set[str]) -> None:
    assert set(names(await found(search_service, q=query), newsroom)) == expected


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "((((((",
        '"' * 499,
        "(" * 500,
        "\\" * 499,
        "a\0b",
        "~",
        "AND",
        "NOT",
        "*",
        '"a b"~999999999999',
        "a~99999999999",
        "🦢" * 200,
        "+-|",
    ],
)
async def test_a_strange_query_is_answered(search_service: httpx.AsyncClient, query: str) -> None:
    await found(search_service, q=query)


@pytest.mark.parametrize(
    "query",
    [
        " ".join(["satu"] * 15),  # the most that is searched in word forms
        " ".join(["a"] * 250),
        "博" * 330,
        " ".join(["kopi~"] * 15),
        " ".join(["k*"] * 150),
    ],
)
async def test_the_largest_queries_that_we_allow_are_allowed_by_the_index(search_service: httpx.AsyncClient, query: str) -> None:
    await found(search_service, q=query)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"language": "id"}, {"mangrove", "undated", "hostile", "long"}),
        ({"language": "en"}, {"mangroves", "denied", "ambiguous"}),
        ({"language": "en-gb"}, {"denied"}),
        ({"language": "!id,!ja"}, {"mangroves", "denied", "ambiguous"}),
        ({"source": "minato.example,coast-post.example"}, {"mangroves", "denied", "ambiguous", "japanese"}),
        ({"source": "coast-post.example", "language": "!en-GB"}, {"mangroves", "ambiguous"}),
        ({"excludeDomains": "warta.example,coast-post.example"}, {"japanese", "hostile"}),
        ({"ai": "disclosed"}, {"mangrove"}),
        ({"ai": "denied"}, {"denied"}),
        ({"ai": "ambiguous"}, {"ambiguous"}),
        ({"ai": "none_found"}, {"mangroves", "japanese", "hostile", "long"}),
        ({"ai": "not_assessed"}, {"undated"}),
        ({"ai": "!none_found,!not_assessed"}, {"mangrove", "denied", "ambiguous"}),
        ({"from": "2026-05-04"}, {"mangrove", "mangroves", "undated"}),
        ({"from": "2026-05-04", "tz": "UTC"}, {"mangrove", "undated"}),
        ({"from": "-7d", "to": "-2d"}, {"mangrove", "mangroves", "denied"}),
        ({"to": "2026-04-01"}, {"japanese", "hostile", "long"}),
        ({"from": "2026-05-05", "to": "2026-05-05"}, {"undated"}),
    ],
)
async def test_filters_narrow_the_search(
    search_service: httpx.AsyncClient, newsroom: Newsroom, parameters: dict[str, str], expected: set[str]
) -> None:
    assert set(names(await found(search_service, **parameters), newsroom)) == expected


async def test_the_oldest_come_first_when_asked(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    assert names(await found(search_service, sort="oldest", page_size="2"), newsroom) == ["long", "hostile"]


async def test_pages_neither_repeat_nor_miss_an_article(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    pages = [names(await found(search_service, page_size="3", page=str(page)), newsroom) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [3, 3, 2, 0]
    assert [name for page in pages for name in page] == names(await found(search_service), newsroom)


async def test_facets_count_what_each_value_would_find(search_service: httpx.AsyncClient) -> None:
    answer = await found(search_service, facets="source,language,ai", language="id", source="warta.example")

    assert answer["total"] == 3
    assert answer["facets"]["language"] == [{"value": "id", "count": 3}]
    assert answer["facets"]["source"] == [{"value": "warta.example", "count": 3}, {"value": 'x"><b>.example', "count": 1}]
    assert answer["facets"]["ai"] == [
        {"value": "disclosed", "count": 1},
        {"value": "none_found", "count": 1},
        {"value": "not_assessed", "count": 1},
    ]


async def test_a_result_shows_its_disclosure_with_the_sentence(search_service: httpx.AsyncClient) -> None:
    [result] = (await found(search_service, q="nelayan"))["results"]

    assert result["ai_disclosure"]["summary"]["status"] == "disclosed_ai_used"
    assert [piece["exact"] for piece in result["ai_disclosure"]["evidence"]] == ["Artikel ini disempurnakan dengan kecerdasan buatan."]
    assert "localized" not in result


async def test_highlights_are_escaped(search_service: httpx.AsyncClient) -> None:
    [result] = (await found(search_service, q="kopi"))["results"]

    [title], [body] = result["highlights"]["title"], result["highlights"]["body"]
    assert "<mark>kopi</mark>" in title
    assert title.replace("<mark>", "").replace("</mark>", "").count("<") == 0
    assert "&lt;img" in body


async def test_a_word_form_is_highlighted_too(search_service: httpx.AsyncClient) -> None:
    [result] = (await found(search_service, q="planting"))["results"]

    assert result["highlights"]["title"] == ["Fishermen <mark>plant</mark> mangroves on the north coast"]


async def test_a_very_long_text_does_not_stop_the_search(search_service: httpx.AsyncClient, newsroom: Newsroom) -> None:
    answer = await found(search_service, q="rapat")

    assert names(answer, newsroom) == ["long"]
    assert len(answer["results"][0]["highlights"]["body"]) <= 2


async def test_unknown_parameters_are_named(search_service: httpx.AsyncClient) -> None:
    answer = await found(search_service, q="kopi", colour="red")

    assert [(warning["code"], warning["parameter"]) for warning in answer["warnings"]] == [("unknown_parameter", "colour")]


async def test_bad_parameters_are_all_told_as_a_problem(search_service: httpx.AsyncClient) -> None:
    response = await search_service.get("/v1/search", params={"ai": "maybe", "from": "soon", "page": "2000"})

    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    assert response.json()["type"] == "urn:kabar:problem:bad_parameters"
    assert [(fault["parameter"], fault["code"]) for fault in response.json()["errors"]] == [
        ("ai", "not_allowed"),
        ("from", "not_a_moment"),
        ("page", "beyond_window"),
    ]
    assert all(fault["message"] and fault["hint"] for fault in response.json()["errors"])
