import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kabar_enrich.sources.canonical import canonical_url

OWN = "https://www.koran.example/berita/jalan-baru"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (f"{OWN}?utm_source=x&UTM_Medium=y&fbclid=1&id=7#komentar", f"{OWN}?id=7"),
        (f"{OWN}?gclid=1", OWN),
        (f"{OWN}?at_campaign=rss&b=2&a=1", f"{OWN}?b=2&a=1"),
        (f"{OWN}/amp", OWN),
        (f"{OWN}/amp/", OWN),
        ("https://www.koran.example/amp/berita/jalan-baru", OWN),
        (f"{OWN}.amp.html", f"{OWN}.html"),
        (f"{OWN}?amp=1", OWN),
        (f"{OWN}?outputType=amp", OWN),
        (f"{OWN}?output=pdf", f"{OWN}?output=pdf"),
        (f"{OWN}?m=1", OWN),
        (f"{OWN}?m=2024", f"{OWN}?m=2024"),
        ("https://m.koran.example/berita/jalan-baru", "https://koran.example/berita/jalan-baru"),
        ("https://amp.koran.example/berita/jalan-baru", "https://koran.example/berita/jalan-baru"),
        ("https://www.m.koran.example/a", "https://koran.example/a"),
        ("https://m.example/a", "https://m.example/a"),
        ("https://amp.co.uk/a", "https://amp.co.uk/a"),
        ("https://www-koran-example.cdn.ampproject.org/c/s/www.koran.example/berita/jalan-baru/amp?x=1", f"{OWN}?x=1"),
        ("https://www.google.com/amp/s/www.koran.example/berita/jalan-baru", OWN),
        ("https://WWW.Koran.Example:443/berita/jalan-baru", OWN),
        ("http://koran.example:8080/a", "http://koran.example:8080/a"),
        ("https://koran.example", "https://koran.example/"),
        (f"{OWN}?page=all", OWN),
        (f"{OWN}?page=1", OWN),
        (f"{OWN}?page=2", f"{OWN}?page=2"),
        ("https://nasional.kompas.com/read/2024/11/15/09150001/jalan?page=3", "https://nasional.kompas.com/read/2024/11/15/09150001/jalan"),
        ("https://news.detik.com/berita/d-1/jalan?single=1", "https://news.detik.com/berita/d-1/jalan"),
        ("https://user:secret@koran.example/a", "https://koran.example/a"),
        ("https://koran.example/camp", "https://koran.example/camp"),
        ("https://koran.example/lamp", "https://koran.example/lamp"),
        ("https://koran.example/amplop", "https://koran.example/amplop"),
    ],
)
def test_one_article_has_one_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        None,
        "ftp://koran.example/a",
        "javascript:alert(1)",
        "http://",
        "https://koran.example/a b",
        "http://[::1",
        "https://koran.example:99999/",
    ],
)
def test_what_is_no_address_of_the_web_has_none(url: str | None) -> None:
    assert canonical_url(url) is None


@pytest.mark.parametrize(
    ("declared", "canonical"),
    [
        (("https://koran.example/a",), "https://koran.example/a"),
        (("/a?utm_source=x",), "https://www.koran.example/a"),
        (("https://ekonomi.koran.example/a",), "https://ekonomi.koran.example/a"),
        (("https://other.example/a",), OWN),
        (("https://koran.example.evil.test/a",), OWN),
        (("https://other.example/a", "https://koran.example/b"), "https://koran.example/b"),
        (("https://www.koran.example/",), OWN),
        (("javascript:alert(1)",), OWN),
        (("http://[",), OWN),
        ((None, ""), OWN),
    ],
)
def test_what_a_page_says_of_its_address_is_believed_on_its_own_site(declared: tuple[str | None, ...], canonical: str) -> None:
    assert canonical_url(OWN, declared=declared) == canonical


def test_sites_under_a_public_suffix_do_not_speak_for_each_other() -> None:
    assert canonical_url("https://one.github.io/a", declared=["https://two.github.io/a"]) == "https://one.github.io/a"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60), st.text(max_size=40))
def test_a_canonical_address_is_its_own_canonical_address(path: str, query: str) -> None:
    found = canonical_url(f"https://m.koran.example/{path}?{query}")

    assert found is None or canonical_url(found) == found
