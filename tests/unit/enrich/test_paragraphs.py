"""Which lines of a text are one paragraph."""

import textwrap

import pytest
from kabar_enrich.anatomy.paragraphs import paragraphs_of, width_of

PARAGRAPHS = [
    "The council of the river towns voted on Tuesday to keep the last ferry in service for ten years, after a debate of four hours.",
    "Who pays",
    "Half of the money comes from the towns themselves. The rest is lent by the county, to be paid back before the crew is paid off.",
    "“We had expected less,” the captain said.",
    "A first payment is due in spring, when the boiler is to be replaced and the landing stage on the eastern bank gets a roof.",
]


def wrapped(paragraph: str, column: int) -> str:
    return textwrap.fill(paragraph, column, break_long_words=False, break_on_hyphens=False)


@pytest.mark.parametrize("column", [60, 72, 78, 100])
@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n\r\n", "\n \n\n"])
def test_lines_that_were_wrapped_at_a_column_are_joined(column: int, between: str) -> None:
    assert paragraphs_of(between.join(wrapped(paragraph, column) for paragraph in PARAGRAPHS)) == PARAGRAPHS


@pytest.mark.parametrize("between", ["\n", "\r\n", "\r", "\n\n", "\n\n\n\n", "\u2028", "\u2029"])
def test_a_line_that_nobody_wrapped_is_a_paragraph(between: str) -> None:
    assert paragraphs_of(between.join(PARAGRAPHS)) == PARAGRAPHS


def test_short_sentences_on_lines_of_their_own_stay_apart() -> None:
    lines = [
        "The ferry left the pier at nine in the morning, as every day.",
        "It carried forty people and two carts of hay to the market.",
    ] * 3
    assert paragraphs_of("\n".join(lines)) == lines


def test_a_list_of_headlines_is_not_taken_for_wrapped_text() -> None:
    menu = [
        "Ferry town votes to keep its last crossing open for a decade",
        "Sport",
        "Rowing club wins the cup",
        "Weather",
        "Rain until Friday",
    ]
    assert paragraphs_of("\n".join(menu)) == menu


def test_text_without_spaces_is_joined_without_one() -> None:
    sentence = "川の町の議会は火曜日、最後の渡し船を今後十年間にわたって運航し続けることを賛成多数で決めた。残りは県が貸す。" * 2
    lines = textwrap.wrap(sentence, 30)
    assert paragraphs_of("\n".join(lines)) == [sentence]


def test_the_width_of_east_asian_text_is_twice_its_length() -> None:
    assert width_of("ferry") == 5
    assert width_of("渡し船") == 6
