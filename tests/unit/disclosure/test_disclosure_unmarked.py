"""Disclosures between the marks of Markdown and inline HTML: what is left of a text, and the way back."""

import pytest
from kabar_enrich.disclosure.engine import read_text
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.notes import is_disclosure_note
from kabar_enrich.disclosure.segments import Span
from kabar_enrich.disclosure.unmarked import unmarked


@pytest.mark.parametrize(
    ("marked", "left"),
    [
        ("drawn with [Claude](https://news.example/a_b(c)) by us", "drawn with Claude by us"),
        ('![A river](river.png "River") at night', "A river at night"),
        ("see [the original][1], [1] and [note]", "see the original, [1] and [note]"),
        ("**This** is *very* _short_ and __loud__.", "This is very short and loud."),
        ("[**Claude**](https://news.example)", "Claude"),
        ("> one\n> two\n\nthree", "one\ntwo\n\nthree"),
        ("<small>so <a href='x'>here</a></small>", "so here"),
        ("* a point\n2 * 3 * 4 and snake_case_name, a < b > c", "* a point\n2 * 3 * 4 and snake_case_name, a < b > c"),
        ("before\n```python\nx = '[a](b)'\n```\nafter", "before\n\nafter"),
        ("```md\none\n```\ntwo\n```md\nthree\n```", "\ntwo\n"),
        ("the end of a block\n```\n\nafter it\n```\nno language\n```", "the end of a block\n```\n\nafter it\n```\nno language\n```"),
        ("no marks at all", "no marks at all"),
        ("**", ""),
    ],
)
def test_marks_are_left_out_and_what_they_mark_stays(marked: str, left: str) -> None:
    assert unmarked(marked).text == left


def test_each_piece_of_what_is_left_is_found_again_in_the_text() -> None:
    marked = "> **One** two [three](four) *five*\n> six"
    left = unmarked(marked)

    for word in ("One", "two", "three", "five", "six"):
        start = left.text.index(word)
        assert left.place(Span(start, start + len(word))).of(marked) == word
    whole = left.text.index("two"), left.text.index("five") + len("five")
    assert left.place(Span(*whole)).of(marked) == "two [three](four) *five"


def test_the_parts_of_an_article_keep_their_words() -> None:
    marked = "**Title**\n\n> A [first](x) block\n\n*The* last"
    layout = Layout(title=Span(0, 9), first_block=Span(11, 31), last_block=Span(marked.index("*The*"), len(marked)), captions=(Span(0, 9),))
    left = unmarked(marked)
    inside = left.within(layout)

    assert [None if span is None else span.of(left.text) for span in (inside.title, inside.first_block, inside.last_block)] == [
        "Title",
        "A first block",
        "The last",
    ]
    assert inside.captions == (inside.title,)


@pytest.mark.parametrize(
    ("text", "language", "activity"),
    [
        (
            "Some text.\n\nThis article was written with the help of [**Claude**](https://news.example/claude.html).",
            "en",
            "assisted_unspecified",
        ),
        ("> **Note:** this article was\n> *translated* by **ChatGPT**.\n\nSome text.", "en", "translated"),
        ("この記事は[ChatGPT](https://news.example)によって**翻訳**されました。", "ja", "translated"),
        ("<small>이 기사는 **AI**가 작성했습니다.</small>", "ko", "generated"),
    ],
)
def test_a_disclosure_is_read_through_marks_and_its_evidence_has_them(text: str, language: str, activity: str) -> None:
    (assertion,) = read_text(text, layout=Layout(), language=language)

    assertion.check_against(text)
    assert assertion.activity == activity
    assert assertion.evidence[0].exact in text


def test_a_disclosure_in_a_block_of_code_is_a_template_of_one() -> None:
    text = "Put this below what you publish:\n\n```markdown\nThis article was written by AI.\n```\n"

    assert read_text(text, layout=Layout(), language="en") == ()


def test_a_note_in_emphasis_is_a_note() -> None:
    assert is_disclosure_note("*This article was **written** by [AI](https://news.example).*", language="en")
