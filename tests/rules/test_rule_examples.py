"""Every file of rules: the examples of its rules, and what it must be. One file alone: `make check-rules LANGUAGE=fi`."""

import pytest
from kabar_enrich.disclosure.detector import detector_for
from kabar_enrich.disclosure.engine import read_text
from kabar_enrich.disclosure.findings import judged, matches_in
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import Rule, languages, read_rulebook
from kabar_enrich.disclosure.segments import fold, segmented
from kabar_enrich.disclosure.tools import with_tools_marked
from kabar_enrich.disclosure.unmarked import unmarked

BOOKS = {language: read_rulebook(language) for language in languages()}
each_language = pytest.mark.parametrize("language", BOOKS)


def methods(text: str, *, language: str) -> set[str]:
    return {one.method for one in read_text(text, layout=Layout(), language=language) if one.counts}


def says(rule: Rule, text: str, *, language: str) -> bool:
    """Whether the rule finds something that counts; a rule that all languages share may do so beside one that knows better."""
    if not rule.shared:
        return rule.id in methods(text, language=language)
    marked = with_tools_marked(fold(unmarked(text).text))
    findings = judged(matches_in(marked, language=language).found, segments=segmented(marked), layout=Layout())
    return any(finding.counts and finding.match.rule.id == rule.id for finding in findings)


def claims(text: str, *, language: str) -> set[str]:
    return {found.review.id for found in detector_for(language).reviews(text)}


# One test a language and kind: a test for each of thousands of examples costs more than reading the example.
@each_language
def test_every_rule_of_a_language_finds_its_positive_examples(language: str) -> None:
    missed = [(rule.id, text) for rule in BOOKS[language].rules for text in rule.positive if not says(rule, text, language=language)]

    assert missed == []


@each_language
def test_every_rule_of_a_language_leaves_its_negative_examples_alone(language: str) -> None:
    caught = [(rule.id, text) for rule in BOOKS[language].rules for text in rule.negative if says(rule, text, language=language)]

    assert caught == []


@each_language
def test_every_review_claim_of_a_language_finds_its_positive_examples(language: str) -> None:
    missed = [
        (review.id, text)
        for review in BOOKS[language].reviews
        for text in review.positive
        if review.id not in claims(text, language=language)
    ]

    assert missed == []


@each_language
def test_every_review_claim_of_a_language_leaves_its_negative_examples_alone(language: str) -> None:
    caught = [
        (review.id, text) for review in BOOKS[language].reviews for text in review.negative if review.id in claims(text, language=language)
    ]

    assert caught == []


@each_language
def test_ids_begin_with_the_language_of_their_file(language: str) -> None:
    book = BOOKS[language]

    assert book.language == language
    assert all(identifier.startswith(f"{language}.") for identifier in book.ids)


@each_language
def test_every_pattern_of_a_language_is_one_that_re2_takes(language: str) -> None:
    detector_for(language).check()
