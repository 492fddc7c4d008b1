import datetime as dt
import json
from collections.abc import Callable

import pytest
from kabar_contracts.enriched import EnrichedArticle

Enriched = Callable[..., EnrichedArticle]

URL = "https://kabarteluk.example/daerah/90012"
PARAGRAPH = (
    "Warga kampung di tepi teluk itu menanam kembali bakau sepanjang dua kilometer, kata ketua kelompok tani pada pagi yang cerah, "
    "dan mereka berharap pohon itu menahan ombak yang setiap musim menggerus tanggul tanah di depan rumah."
)


def page(*, stamp: str = "", lang: str = "id", **data: object) -> str:
    script = f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **data})}</script>'
    body = f"<h1>Warga Menanam Bakau di Tepi Teluk</h1><div class=info>{stamp}</div>" + f"<p>{PARAGRAPH}</p>" * 4
    title = "<title>Warga Menanam Bakau di Tepi Teluk</title>"
    return f'<html lang="{lang}"><head>{title}{script}</head><body><article>{body}</article></body></html>'


def codes(article: EnrichedArticle) -> list[str]:
    return [warning.code for warning in article.warnings]


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]  # year to second


def test_a_moment_in_the_data_stands_above_what_is_in_sight(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="Senin, 3 Maret 2025 10:00 WIB", datePublished="2025-03-03T09:30:00+07:00"), url=URL)

    assert (article.published_at, codes(article)) == (utc(2025, 3, 3, 2, 30), [])


def test_a_moment_in_sight_stands_above_a_day_in_the_data(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="Senin, 3 Maret 2025 10:00 WIB", datePublished="2025-03-03"), url=URL)

    assert (article.published_at, codes(article)) == (utc(2025, 3, 3, 3), [])


def test_a_moment_in_sight_of_another_day_than_the_data_name_is_of_something_else(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="Sabtu, 1 Maret 2025 10:00 WIB", datePublished="2025-03-03"), url=URL)

    assert (article.published_at, codes(article)) == (utc(2025, 3, 3), ["day_without_time"])


def test_publication_and_change_in_sight_are_told_apart(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="Diterbitkan 3 Maret 2025 10:00 WIB Diperbarui 4 Maret 2025 08:00 WIB"), url=URL)

    assert (article.published_at, article.updated_at) == (utc(2025, 3, 3, 3), utc(2025, 3, 4, 1))


def test_where_only_a_change_is_dated_that_is_the_publication_too(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="Diperbarui 4 Maret 2025 08:00 WIB"), url=URL)

    assert (article.published_at, article.updated_at) == (utc(2025, 3, 4, 1), utc(2025, 3, 4, 1))
    assert codes(article) == ["published_from_change"]


@pytest.mark.parametrize(
    "declared", ["2025-02-31", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2199-01-01T00:00:00Z", "31 Februari 2025"]
)
def test_a_date_that_cannot_be_is_left_out_with_a_warning(enriched_html: Enriched, declared: str) -> None:
    article = enriched_html(page(datePublished=declared), url=URL)

    assert (article.published_at, codes(article)) == (None, ["impossible_date"])


def test_a_date_that_cannot_be_does_not_hide_one_that_can(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="3 Maret 2025 10:00 WIB", datePublished="0001-01-01T00:00:00Z"), url=URL)

    assert article.published_at == utc(2025, 3, 3, 3)


def test_a_date_that_may_be_two_is_left_out_with_a_warning(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="03/04/2025", lang="en"), url=URL)

    assert (article.published_at, codes(article)) == (None, ["ambiguous_date"])


def test_the_order_of_a_date_is_that_of_the_country_of_the_site(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="03/04/2025", lang="en"), url="https://kabarteluk.co.nz/daerah/90012")

    assert (article.published_at, codes(article)) == (utc(2025, 4, 3), ["day_without_time"])


@pytest.mark.parametrize(
    "path", ["/2025/03/03/bakau", "/2025/3/3/bakau", "/news/2025/mar/03/bakau", "/daerah/20250303-bakau", "/2025-03-03/bakau"]
)
def test_the_day_in_the_address_is_taken_where_nothing_else_tells(enriched_html: Enriched, path: str) -> None:
    article = enriched_html(page(), url=f"https://kabarteluk.example{path}")

    assert (article.published_at, codes(article)) == (utc(2025, 3, 3), ["day_without_time"])


@pytest.mark.parametrize("path", ["/2025/13/03/bakau", "/2099/01/01/bakau", "/daerah/2025", "/daerah/202503031", "/1980/01/01/bakau"])
def test_other_numbers_in_the_address_are_no_day(enriched_html: Enriched, path: str) -> None:
    assert enriched_html(page(), url=f"https://kabarteluk.example{path}").published_at is None


def test_an_age_is_told_from_the_time_of_receipt_with_a_warning(enriched_html: Enriched) -> None:
    article = enriched_html(page(stamp="3 jam yang lalu"), url=URL)

    assert (article.published_at, codes(article)) == (article.received_at - dt.timedelta(hours=3), ["relative_time"])


def test_a_dump_names_publication_and_change(enriched_dump: Enriched) -> None:
    head = "Beranda\nWarga Menanam Bakau di Tepi Teluk\nDiterbitkan 3 Mar 2025, 09:00 PM SGT\nDiperbarui 3 Mar 2025, 10:15 PM SGT\n"

    article = enriched_dump(head + "\n".join([PARAGRAPH] * 4))

    assert (article.published_at, article.updated_at) == (utc(2025, 3, 3, 13), utc(2025, 3, 3, 14, 15))
