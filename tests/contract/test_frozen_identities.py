"""Ids and the URL rule are frozen: a change here would give known articles new ids. Nobody edits these literals."""

from typing import Final

import pytest
from kabar_contracts import identity

IDS: Final[list[tuple[str, str | None, str | None, str, str]]] = [
    ("warta.example", "88213", None, "", "685678b19eb2464f3fd7cac0725c1a7a"),
    ("warta.example", "88213", "https://warta.example/x", "other text", "685678b19eb2464f3fd7cac0725c1a7a"),
    ("harbour-courier.example", "urn:hc:2026:004417", None, "", "c10ca56735acb4f26fb4f90257128314"),
    ("warta.example", "88213 ", None, "", "7fa2c26d677f0fa623e6433b1a7b88f5"),
    ("WARTA.example", "88213", None, "", "fc4ed5d68d6bdeaa25b65d639403808c"),
    ("warta.example", None, "https://warta.example/pasar-tanjungsari", "", "125ea935267d038ec188e72761d3408a"),
    ("warta.example", None, "http://www.warta.example/pasar-tanjungsari?utm_source=rss#top", "x", "125ea935267d038ec188e72761d3408a"),
    ("warta.example", None, "https://例え.example/記事", "", "938d5241072f757776d870a9f9a00e13"),
    ("village-post.example", None, "https://village-post.example/鶴/2026?q=🦢", "", "5ab95bab171afc9b0158bda2f6c5d7d5"),
    ("warta.example", None, None, "Pasar buka lagi.", "ba6dd84a0cb4254f661bb575d31d4ef8"),
    ("warta.example", None, None, "Pasar buka lagi", "7973f98e4680b72dfc46a1b35cb86c0d"),
    ("warta.example", None, None, "", "c2aabf19a0a703a1ffa893cb8bc101e5"),
    ("warta.example", None, None, "𠮷野 🦢", "edff80f08b0d0b07c2fd62666f6fc9d0"),
    ("a", "bc", None, "", "3ac16be93d375a0273f2c3bee6fae291"),
    ("ab", "c", None, "", "82c167dd5c646d92abe68159154c4cb4"),
    ("warta.example", "https://warta.example/pasar-tanjungsari", None, "", "39f8840abf0d5e0fc8a7728c4c465099"),
]
"""source, native id, URL, text -> article id."""

URLS: Final = [
    ("https://warta.example/pasar", "warta.example/pasar"),
    ("http://warta.example/pasar", "warta.example/pasar"),
    ("https://www.warta.example/pasar", "warta.example/pasar"),
    ("https://WARTA.Example/pasar", "warta.example/pasar"),
    ("HTTPS://warta.example/pasar", "warta.example/pasar"),
    ("https://warta.example./pasar", "warta.example/pasar"),
    ("https://warta.example", "warta.example/"),
    ("https://warta.example/", "warta.example/"),
    ("https://warta.example/pasar/", "warta.example/pasar/"),
    ("https://warta.example//pasar", "warta.example//pasar"),
    ("https://warta.example/Pasar", "warta.example/Pasar"),
    ("https://warta.example:443/pasar", "warta.example/pasar"),
    ("http://warta.example:80/pasar", "warta.example/pasar"),
    ("http://warta.example:443/pasar", "warta.example:443/pasar"),
    ("https://warta.example:8443/pasar", "warta.example:8443/pasar"),
    ("https://warta.example:/pasar", "warta.example/pasar"),
    ("https://rani:rahasia@warta.example/pasar", "warta.example/pasar"),
    ("https://warta.example/pasar#komentar", "warta.example/pasar"),
    ("https://warta.example/pasar?", "warta.example/pasar"),
    ("https://warta.example/pasar?id=7", "warta.example/pasar?id=7"),
    ("https://warta.example/pasar?b=2&a=1", "warta.example/pasar?b=2&a=1"),
    ("https://warta.example/pasar?id=7&", "warta.example/pasar?id=7"),
    ("https://warta.example/pasar?id=", "warta.example/pasar?id="),
    ("https://warta.example/pasar?id", "warta.example/pasar?id"),
    ("https://warta.example/pasar?id=7&utm_source=wire&utm_medium=x", "warta.example/pasar?id=7"),
    ("https://warta.example/pasar?fbclid=abc&GCLID=def", "warta.example/pasar"),
    ("https://warta.example/pasar?utm_source=wire#top", "warta.example/pasar"),
    ("https://warta.example/pasar?utmost=1", "warta.example/pasar?utmost=1"),
    ("https://warta.example/pasar?ref=rss", "warta.example/pasar?ref=rss"),
    ("https://warta.example/a/./b/../c", "warta.example/a/c"),
    ("https://warta.example/a/b/..", "warta.example/a/"),
    ("https://warta.example/../../a", "warta.example/a"),
    ("https://warta.example/a/%2e%2e/b", "warta.example/b"),
    ("https://warta.example/%70asar", "warta.example/pasar"),
    ("https://warta.example/pasar%2finduk", "warta.example/pasar%2Finduk"),
    ("https://warta.example/pasar%2Finduk", "warta.example/pasar%2Finduk"),
    ("https://warta.example/kabar%20pagi", "warta.example/kabar%20pagi"),
    ("https://warta.example/100%", "warta.example/100%25"),
    ("https://warta.example/%zz", "warta.example/%25zz"),
    ("https://warta.example/100%25", "warta.example/100%25"),
    ("https://warta.example/%%341", "warta.example/%2541"),
    ("https://warta.example/%2541", "warta.example/%2541"),
    ("https://gazette.example/marché", "gazette.example/march%C3%A9"),
    ("https://gazette.example/march%c3%a9", "gazette.example/march%C3%A9"),
    ("https://gazette.example/?q=été&x=%C3%A9", "gazette.example/?q=%C3%A9t%C3%A9&x=%C3%A9"),
    ("https://gazette.example/a+b?c+d", "gazette.example/a+b?c+d"),
    ("https://例え.example/記事", "xn--r8jz45g.example/%E8%A8%98%E4%BA%8B"),
    ("https://münchen.example/", "xn--mnchen-3ya.example/"),
    ("https://xn--mnchen-3ya.example/", "xn--mnchen-3ya.example/"),
    ("https://straße.example/", "strasse.example/"),
    ("https://192.0.2.7:8080/a", "192.0.2.7:8080/a"),
    ("https://[2001:DB8::1]/a", "[2001:db8::1]/a"),
    ("https://[2001:db8::1]:8443/a", "[2001:db8::1]:8443/a"),
    ("http://[2001:db8::1]:80/a", "[2001:db8::1]/a"),
    ("https://warta.example/鶴🦢", "warta.example/%E9%B6%B4%F0%9F%A6%A2"),
    ("https://www.www.example/a", "www.example/a"),
    ("https://warta.example/a;v=1?x=1;y=2", "warta.example/a;v=1?x=1;y=2"),
    ("  https://warta.example/pasar  ", "warta.example/pasar"),
]
"""URL -> what its id is made of."""


@pytest.mark.parametrize(("source", "native_id", "url", "text", "expected"), IDS)
def test_an_article_id_never_changes(source: str, native_id: str | None, url: str | None, text: str, expected: str) -> None:
    assert identity.article_id(source=source, native_id=native_id, url=url, text=text) == expected


def test_articles_that_differ_have_ids_that_differ() -> None:
    def key(native_id: str | None, url: str | None, text: str) -> tuple[str, str]:
        if native_id is not None:
            return "native", native_id
        return ("text", text) if url is None else ("url", identity.normalized_url(url))

    keys = {(source, *key(native_id, url, text)) for source, native_id, url, text, _ in IDS}

    assert len({expected for *_, expected in IDS}) == len(keys)


@pytest.mark.parametrize(("url", "expected"), URLS)
def test_the_url_rule_never_changes(url: str, expected: str) -> None:
    assert identity.normalized_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "warta.example/pasar",
        "https://",
        "https:///pasar",
        "https://:443/",
        "https://warta.example:65536/",
        "https://a..b/",
        "https://[::1/",
        "/pasar",
    ],
)
def test_a_url_without_a_host_that_can_be_named_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        identity.normalized_url(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Warta.example:8443/pasar", "warta.example"),
        ("https://münchen.example/", "xn--mnchen-3ya.example"),
        ("https://192.0.2.7:8080/a", "192.0.2.7"),
        ("https://[2001:db8::1]:8443/a", "[2001:db8::1]"),
        ("https://[2001:db8::1]/a", "[2001:db8::1]"),
    ],
)
def test_the_host_stands_for_a_source_that_is_not_named(url: str, expected: str) -> None:
    assert identity.host_of(url) == expected
