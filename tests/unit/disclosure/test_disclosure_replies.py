"""Questions that a text asks about itself: what is said right after them says what they mean."""

import pytest
from kabar_contracts.disclosure.assertion import Assertion
from kabar_enrich.disclosure.engine import read_text
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.notes import is_disclosure_note
from kabar_enrich.disclosure.rulebook import Rulebook
from kabar_enrich.disclosure.segments import segmented
from kabar_enrich.disclosure.trace import trace_text
from pydantic import ValidationError


def counted(text: str) -> tuple[Assertion, ...]:
    return tuple(one for one in read_text(text, layout=Layout(), language="en") if one.counts)


@pytest.mark.parametrize(
    "text",
    [
        "Did I use AI to write this post? No.",
        "## Did I use AI to write this post?\n\nNope, every word is mine.",
        "**Q: Was this post written by AI?**\n\nA: No.",
        "Was AI used in writing this article?\n\n- Absolutely not.",
        "How much AI is in this newsletter?\n\nThat is what a reader asked. It made me laugh.\n\nThe answer is simple: none.",
        "## AI usage\n\nNone.",
    ],
)
def test_a_question_about_this_text_that_is_answered_no_denies(text: str) -> None:
    assert [(one.polarity, one.activity) for one in counted(text)] == [("denied", "none")]


def test_a_question_about_this_text_that_is_answered_yes_discloses() -> None:
    assert [one.polarity for one in counted("Did I use AI to write this post? Yes, for a first draft.")] == ["affirmed"]


@pytest.mark.parametrize(
    "text",
    [
        "Did I use AI to write this post?",
        "Did I use AI to write this post? Guess.",
        "Did I use AI to write this post? No one knows.",
        "Did I use AI to write this post? It is a fair question. No.",
        "Did the mayor use AI to write his speech? No.",
        "Can I use AI for this assignment? No.",
        "No. Did I use AI to write this post?",
        "How much AI is in this newsletter?" + "\n\nA line about beans." * 6 + "\n\nThe answer is: none.",
    ],
)
def test_a_question_without_that_answer_right_after_it_says_nothing(text: str) -> None:
    assert counted(text) == ()


def test_the_evidence_runs_from_the_question_to_its_answer() -> None:
    (denial,) = counted("Beans are late. Did I use AI to write this post? No. They will come.")

    assert denial.evidence[0].exact == "Did I use AI to write this post? No."


def test_of_an_answer_far_below_the_answer_is_the_evidence() -> None:
    (denial,) = counted("How much AI is in this newsletter?\n\n" + "Beans and beans, " * 40 + "all.\n\nThe answer is: none.")

    assert denial.evidence[0].exact == "The answer is: none."


def test_a_question_and_its_answer_alone_are_a_note() -> None:
    assert is_disclosure_note("Did I use AI to write this post? No.", language="en")
    assert not is_disclosure_note("Did I use AI to write this post? No. The beans are late.", language="en")


def test_explaining_tells_which_answer_was_looked_for() -> None:
    passages = trace_text("Did I use AI to write this post? Guess.", layout=Layout(), language="en")
    steps = {step.answer for passage in passages for one in passage.considered for step in one.steps if not step.passed}

    assert {"nothing right after it answers no", "nothing right after it answers yes"} <= steps


def test_a_file_whose_rule_waits_for_a_reply_has_words_for_one() -> None:
    rule = {"id": "xx.asked", "activity": "none", "fills": "part", "reply": "no", "patterns": ["a"], "positive": ["a"], "negative": ["b"]}

    with pytest.raises(ValidationError, match=r"xx\.asked waits for a reply"):
        Rulebook.model_validate({"language": "xx", "mentions": ["a"], "parts": {}, "rules": [rule]})


def test_no_is_a_whole_answer_and_before_a_number_an_abbreviation() -> None:
    text = "It was no. 5 of the series, then No. 6 came. No. They did not."
    segments = segmented(text)

    assert [span.of(text) for span in segments.sentences(segments.lines[0])] == [
        "It was no. 5 of the series, then No. 6 came.",
        "No.",
        "They did not.",
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wie viel ChatGPT steckt in diesem Artikel?\n\nDas fragte jemand.\n\nDie Antwort ist einfach: gar keine."),
        ("ja", "この記事はAIが書いたのですか\uff1fいいえ。"),
        ("ar", "هل كُتب هذا المقال بالذكاء الاصطناعي؟ لا."),
        ("hi", "क्या यह लेख AI ने लिखा है? नहीं।"),
    ],
)
def test_what_makes_nothing_of_a_question_gives_way_where_it_is_answered(language: str, text: str) -> None:
    denials = [one for one in read_text(text, layout=Layout(), language=language) if one.counts]

    assert [one.polarity for one in denials] == ["denied"]
