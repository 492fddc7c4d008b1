"""Pages made to hurt. What they must not do is take long; the smaller cousins here prove the bounds."""

import pytest
from kabar_enrich.markup import walk
from kabar_enrich.markup.bounds import ATTRIBUTES, DEEPEST, bounded
from kabar_enrich.markup.page import read_page


def test_an_ordinary_page_is_not_touched() -> None:
    html = b"<div class='a' id=b><p>text</p></div>" * 1_000

    assert bounded(html) is html


@pytest.mark.parametrize("attribute", ["a{}=1", 'a{}="1>"', "a{}"])
def test_a_tag_keeps_few_of_very_many_attributes(attribute: str) -> None:
    html = "<p " + " ".join(attribute.format(number) for number in range(30_000)) + ">text"

    cut = bounded(html.encode())

    assert cut.count(b"a1") < ATTRIBUTES
    assert read_page(html).text.endswith("text")


@pytest.mark.parametrize("html", ["<div>x" * 30_000, "<div>x" * 30_000 + "</div>" * 30_000])
def test_nesting_ends_where_browsers_end_it(html: str) -> None:
    page = read_page(html)

    assert max(container.depth for container in page.containers) <= DEEPEST + 2
    assert page.text.count("x") == 30_000


def test_a_page_of_one_line_keeps_its_text() -> None:
    assert len(read_page("<p>" + "kata " * 200_000).text) == 999_999


def test_no_text_is_lost_when_the_pieces_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "SEGMENTS", 100)

    page = read_page("<p>x" * 300)

    assert len(page.segments) == 101
    assert page.text.count("x") == 300


@pytest.mark.parametrize(
    "html", ["", "<", "<!--" * 1_000, "<a " * 10_000, "<script>" * 1_000, "\ufffd" * 1_000, "<template><p>x</p></template>"]
)
def test_a_page_that_is_none_gives_a_page_without_an_article(html: str) -> None:
    assert read_page(html).json_ld == ()
