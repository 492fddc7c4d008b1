import datetime as dt
from collections.abc import Callable

import pytest
from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.sources.registry import country_of_host, outlet_of, read_registry, registrable_domain, section_of, shipped

Enriched = Callable[..., EnrichedArticle]
BODY = "Mercusuar tua di ujung tanjung menyala kembali pada Sabtu malam.\n\nPara nelayan mengumpulkan iuran untuk membeli lampu baru."


def test_the_shipped_file_holds_many_outlets_of_many_languages_and_every_fact_is_checked() -> None:
    outlets = shipped().outlets

    assert len(outlets) >= 200
    assert len({outlet.language for outlet in outlets if outlet.language}) >= 26
    assert sum(outlet.country == "ID" for outlet in outlets) >= 50
    assert all(outlet.country and outlet.time_zone for outlet in outlets)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("kompas.com", "Kompas"),
        ("bola.kompas.com", "Kompas"),
        ("jabar.tribunnews.com", "Tribunnews"),
        ("bali.tribunnews.com", "Tribun Bali"),
        ("abc.net.au", "ABC (Australia)"),
        ("evil-kompas.com", None),
        ("kompas.com.evil.example", None),
        ("com", None),
        ("unknown.example", None),
    ],
)
def test_an_outlet_is_known_by_the_longest_domain_that_its_host_lies_below(host: str, name: str | None) -> None:
    outlet = outlet_of(host)

    assert (outlet.name if outlet is not None else None) == name


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("koran.example", "koran.example"),
        ("co.uk", None),
        ("127.0.0.1", None),
        ("[::1]", None),
    ],
)
def test_the_registered_name_is_what_stands_before_a_public_suffix(host: str, domain: str | None) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("host", "country"), [("harian.co.id", "ID"), ("paper.co.uk", "GB"), ("startup.io", None), ("koran.example", None)]
)
def test_the_country_of_an_unknown_site_is_that_of_its_ending(host: str, country: str | None) -> None:
    assert country_of_host(host) == country


@pytest.mark.parametrize(
    ("url", "section"),
    [
        ("https://koran.example/ekonomi/2024/11/harga-beras-naik", "business"),
        ("https://koran.example/berita/olahraga/final-malam-ini", "sport"),
        ("https://www.bbc.com/news/business/articles/c123", "business"),
        ("https://koran.example/ekonomi", None),
        ("https://koran.example/2024/11/15/ekonomi/harga-beras", "business"),
        ("https://koran.example/penulis/ekonomi/harga", None),
        ("https://otomotif.kompas.com/read/2024/11/15/mobil-baru", "automotive"),
        ("https://otomotif.koran.example/mobil-baru", None),
        ("https://www.nytimes.com/nyregion/2024/subway.html", "regional"),
        ("http://[", None),
    ],
)
def test_the_section_is_the_first_telling_part_of_the_address(url: str, section: str | None) -> None:
    host = url.split("/")[2].removeprefix("www.")

    assert section_of(url, outlet=outlet_of(host)) == section


@pytest.mark.parametrize(
    "text",
    [
        "outlets = [{ name = 'A', domains = [], country = 'ID' }]\n[sections]",
        "outlets = [{ name = 'A', domains = ['a.example'], country = 'Indonesia' }]\n[sections]",
        "outlets = [{ name = 'A', domains = ['a.example'], time_zone = 'Asia/Bandung' }]\n[sections]",
        "outlets = [{ name = 'A', domains = ['a.example'], owner = 'B' }]\n[sections]",
        "outlets = [{ name = 'A', domains = ['a.example'], revisions = 'sometimes' }]\n[sections]",
        "outlets = [{ name = 'A', domains = ['a.example'] }, { name = 'B', domains = ['a.example'] }]\n[sections]",
        "outlets = []\n[sections]\ngossip = ['seleb']",
        "outlets = []\n[sections]\nsport = ['bola']\nbusiness = ['bola']",
        "outlets = [",
    ],
)
def test_a_file_of_sources_that_says_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_registry(text)


def test_an_outlet_gives_country_and_section_where_the_article_has_none(enriched: Enriched) -> None:
    article = enriched(body=BODY, url="https://www.thestar.com.my/sport/2024/11/final?utm_source=x")

    assert (article.country, article.section, article.canonical_url) == ("MY", "sport", "https://www.thestar.com.my/sport/2024/11/final")


def test_what_the_producer_says_stands_above_what_its_outlet_is_known_for(enriched: Enriched) -> None:
    article = enriched(body=BODY, url="https://bola.kompas.com/read/1/final", country="SG", section="Liga 1", language="jv")

    assert (article.country, article.section, article.language) == ("SG", "Liga 1", "jv")


def test_the_language_of_an_outlet_does_not_overrule_its_text(enriched: Enriched) -> None:
    assert enriched(body=BODY, url="https://www.nytimes.com/1/a").language == "id"


def test_an_article_without_an_address_has_the_country_of_a_known_source(enriched: Enriched) -> None:
    article = enriched(body=BODY, url=None, source="www.kompas.com")

    assert (article.country, article.canonical_url) == ("ID", None)
    assert enriched(body=BODY, url=None, source="redaksi").country is None


def test_an_unknown_source_is_read_without_any_of_it(enriched: Enriched) -> None:
    article = enriched(body=BODY, url="https://unknown.example/a/b")

    assert (article.country, article.section, article.body) == (None, None, BODY)
    assert article.received_at.tzinfo == dt.UTC
