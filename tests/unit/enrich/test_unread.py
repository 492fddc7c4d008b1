"""Code and style sheets are left out of a page, and nothing else is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kabar_enrich.decoding import decode_utf8, utf8_of
from kabar_enrich.markup.page import read_page
from kabar_enrich.markup.unread import without_unread

CODE = "if (a < b && c > d) { run('<p>never seen</p>'); } " * 6
DATA = '{"@type": "NewsArticle", "headline": "' + "x" * 300 + '"}'


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (f"<p>a</p><script>{CODE}</script><p>b</p>", "<p>a</p><script></script><p>b</p>"),
        (f"<script async type='module' src=/a.js>{CODE}</script >", "<script async type='module' src=/a.js></script >"),
        (f"<SCRIPT>{CODE}</Script><STYLE media=print>{CODE}</style>", "<SCRIPT></Script><STYLE media=print></style>"),
        ("<script>short()</script>", "<script>short()</script>"),
    ],
)
def test_code_and_style_sheets_are_left_out(page: str, left: str) -> None:
    assert without_unread(page.encode()).decode() == left


@pytest.mark.parametrize(
    "page",
    [
        f'<script type="application/ld+json">{DATA}</script>',
        f'<script type="APPLICATION/LD+JSON" id=a>{DATA}</script>',
        f"<script type=application/c2pa>{DATA}</script>",
        f'<script type="application/ld&#43;json">{DATA}</script>',
        f"<!-- <script> --><p>{CODE}</p><script>1</script>",
        f'<div data-embed="<script>"><p>{CODE}</p></div><script>1</script>',
        f"<script data-it=it's><p>{CODE}</p></script>",
        f'<script data-x="a > b"><p>{CODE}</p></script>',
        f"<!-- <script>{CODE} --><p>a</p></script>",
        f"<script>{CODE}",
    ],
)
def test_data_that_is_read_and_what_may_be_no_code_stay(page: str) -> None:
    assert without_unread(page.encode()).decode() == page


FRAGMENTS = st.sampled_from(
    [
        "<p>One.</p>",
        "<div class='a'>Two &amp; three",
        "</div>",
        "<!--",
        "-->",
        "<script>",
        "<SCRIPT async>",
        "</script>",
        "<style>",
        "</style>",
        f"<script>{CODE}</script>",
        f"<style>{CODE}</style>",
        f'<script type="application/ld+json">{DATA}</script>',
        f"<svg><script>{'let a = 1; ' * 30}</script></svg>",
        "<svg><script/></svg>",
        f"<script>let s = '<\\/script>'; {CODE}</script>",
        f"<script><!-- {CODE} --></script>",
        "<title>A title</title>",
        f"<textarea>{CODE}</textarea>",
        f'<a href="/a" title="<script>{CODE}</script>">Four</a>',
        "<table><tr><td>Five",
        f"<table><script>{CODE}</script><tr><td>Six</table>",
        "Seven ",
    ]
)


@settings(max_examples=150, deadline=None)
@given(fragments=st.lists(FRAGMENTS, min_size=1, max_size=10))
def test_a_page_reads_the_same_without_its_code(fragments: list[str]) -> None:
    page = "".join(fragments)

    whole, slim = read_page(page), read_page(without_unread(page.encode()).decode())

    assert (slim.text, slim.title, slim.json_ld) == (whole.text, whole.title, whole.json_ld)


def test_the_bytes_of_a_page_are_those_that_it_was_decoded_from() -> None:
    page = "<p>Café</p>".encode()

    assert utf8_of(decode_utf8(page)) is page
    assert utf8_of("<p>Thé</p>") == "<p>Thé</p>".encode()
