"""The visible text of a page in reading order, and where in it the article stands."""

from collections.abc import Callable

from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.markup.page import Page, read_page
from kabar_enrich.markup.region import best_region

LONG = (
    "The council of the river towns voted on Tuesday to keep the last ferry in service for ten years, after a debate of four hours.",
    "Half of the money comes from the towns themselves, and the rest is lent by the county until the crew is paid off in full.",
    "A first payment is due in spring, when the boiler is replaced and the landing stage on the eastern bank gets a new roof.",
)


def texts(body: str) -> list[str]:
    return [segment.text for segment in read_page(f"<html><body>{body}</body></html>").segments]


def region_texts(body: str) -> list[str]:
    page: Page = read_page(f"<html><body>{body}</body></html>")
    region = best_region(page, is_confirmed=lambda _: False)
    return [] if region is None else [segment.text for segment in page.segments[region.first : region.last]]


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def test_inline_elements_do_not_part_a_paragraph() -> None:
    assert texts("<p>The <b>last</b> <a href='/f'>ferry</a>, <em>she</em> said</p>") == ["The last ferry, she said"]


def test_block_elements_part_what_stands_beside_each_other() -> None:
    assert texts("<div>One<p>Two</p>Three</div>") == ["One", "Two", "Three"]


def test_one_line_break_stays_within_a_paragraph_and_two_end_it() -> None:
    assert texts("<p>One<br>two<br><br>Three</p>") == ["One\ntwo", "Three"]


def test_lines_of_preformatted_text_are_kept() -> None:
    assert texts("<pre>One\ntwo\n\nThree</pre>") == ["One\ntwo", "Three"]


def test_words_on_both_sides_of_a_script_stay_two_words() -> None:
    assert texts("<p>One<script>x = '<p>'</script>two<!-- three --></p>") == ["One two"]


def test_text_in_an_inline_element_that_is_hidden_is_left_out() -> None:
    assert texts('<p>Open<span style="display:none"> menu</span> today</p>') == ["Open today"]


def test_a_hidden_block_is_a_hidden_segment() -> None:
    page = read_page("<html><body><div hidden><p>Not seen</p></div><p>Seen</p></body></html>")
    assert [(segment.text, segment.is_hidden) for segment in page.segments] == [("Not seen", True), ("Seen", False)]
    assert page.text == "Seen"


def test_escapes_are_undone() -> None:
    assert texts("<p>Rates &lt; 2 &amp; falling&nbsp;fast</p>") == ["Rates < 2 & falling fast"]


def test_the_characters_of_links_are_counted() -> None:
    page = read_page("<html><body><p>See <a href='/'>the ferry</a></p></body></html>")
    assert page.segments[0].link_characters == len("the ferry")


def test_the_region_is_the_container_with_the_paragraphs() -> None:
    assert region_texts(f"<div><p>Menu</p></div><div>{paragraphs(*LONG)}</div><div><p>Foot</p></div>") == list(LONG)


def test_paragraphs_that_are_links_are_no_article() -> None:
    teasers = "".join(f"<p><a href='/{number}'>{number}: {line}</a></p>" for number in range(4) for line in LONG)
    assert region_texts(f"<div>{teasers}</div><div>{paragraphs(*LONG)}</div>") == list(LONG)


def test_comments_that_are_longer_than_the_article_are_none_of_its_text(enriched_html: Callable[..., EnrichedArticle]) -> None:
    comments = paragraphs(*(f"Reader {number} wrote: {line}" for number in range(5) for line in LONG))
    article = enriched_html(f"<html><body><div>{paragraphs(*LONG)}</div><div class='comments'>{comments}</div></body></html>")
    assert article.body.split("\n\n") == list(LONG)


def test_a_page_without_paragraphs_has_no_region() -> None:
    assert region_texts("<ul><li>Home</li><li>News</li></ul>") == []
