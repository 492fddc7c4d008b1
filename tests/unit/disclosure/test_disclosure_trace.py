"""The judgement told step by step: it is the engine's own, and every cause and term has its words."""

from typing import Any, get_args

import pytest
from kabar_contracts.disclosure import vocabulary
from kabar_enrich.disclosure import meanings
from kabar_enrich.disclosure.engine import read_text
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import Effect, Fills, Reach, read_rulebook
from kabar_enrich.disclosure.trace import Considered, Passage, trace_text

EXAMPLES = [(book.language, text) for book in map(read_rulebook, ("en", "id")) for rule in book.rules for text in rule.positive[:1]]
EXAMPLES.append(("id", "Dijana oleh AI, disemak oleh editor."))
"""Malay, of which Indonesian rules match a piece that stands nowhere they hold."""


def traced(text: str, *, language: str = "en") -> tuple[Passage, ...]:
    return trace_text(text, layout=Layout(), language=language)


def considered(text: str) -> list[Considered]:
    return [one for passage in traced(text) for one in passage.considered]


@pytest.mark.parametrize(("language", "text"), EXAMPLES)
def test_the_trace_ends_where_the_engine_does(language: str, text: str) -> None:
    told = {
        (one.rule, one.evidence_start, one.outcome == "counts")
        for passage in traced(text, language=language)
        for one in passage.considered
        if one.outcome in ("counts", "kept")
    }

    read = read_text(text, layout=Layout(), language=language)
    assert told == {(one.method, piece.start, one.counts) for one in read for piece in one.evidence}


@pytest.mark.parametrize(
    ("text", "outcome", "answer"),
    [
        ("This article was translated with the help of AI.", "counts", "it speaks of this article"),
        ("Was this article written by AI?", "dropped", "its sentence is a question"),
        ("A rival printed the note “This article was written by AI.”", "kept", "somebody else's words"),
        ("This article may have been written by AI.", "counts", "it is not said for certain"),
    ],
)
def test_a_rule_is_told_with_what_decided(text: str, outcome: str, answer: str) -> None:
    found = [one for one in considered(text) if one.outcome == outcome]

    assert any(answer in step.answer for one in found for step in one.steps)


def test_nothing_is_asked_of_a_match_after_the_question_that_decides() -> None:
    asked = [one for one in considered("Was this article written by AI?") if not one.steps[0].passed]

    assert {len(one.steps) for one in asked} == {1}


def test_a_rule_that_gives_way_names_the_other() -> None:
    gives_way = [one for one in considered("This article was translated with the help of AI.") if one.outcome == "said_better"]

    assert gives_way
    assert all(one.steps[-1].answer.startswith("en.") for one in gives_way)


def test_a_line_that_names_ai_where_no_rule_matches_tells_what_the_nearest_ones_lack() -> None:
    (passage,) = traced("Rain fell.\n\nAI tools gave us a hand in getting this story out.\n\nThe wind turned.")

    assert (passage.considered, passage.counts) == ((), False)
    assert [len(passage.nearest), bool(passage.nearest[0].lacks)] == [3, True]


def test_a_line_with_the_letters_of_a_mention_inside_a_word_is_not_told() -> None:
    assert traced("Unmachined parts were subscribed to.") == ()
    assert len(traced("Unmachined parts come from a machine.")) == 1


def test_where_the_language_has_no_rules_no_nearest_ones_are_told() -> None:
    (passage,) = traced("AI tools gave us a hand in getting this story out.", language="tlh")

    assert passage.nearest == ()


def test_a_text_that_names_no_ai_has_nothing_to_tell() -> None:
    assert traced("Rain fell.") == traced("") == ()


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        (meanings.ACTIVITIES, vocabulary.Activity),
        (meanings.OBJECTS, vocabulary.Object),
        (meanings.MODALITIES, vocabulary.Modality),
        (meanings.SCOPES, vocabulary.ScopeLevel),
        (meanings.FILLS, Fills),
        (meanings.EFFECTS, Effect),
        (meanings.REACHES, Reach),
    ],
)
def test_every_term_has_its_words(words: dict[str, str], terms: Any) -> None:
    assert set(words) == set(get_args(terms))


def test_the_meaning_of_a_rule_is_a_sentence() -> None:
    told = {rule.id: meanings.meaning_of(rule) for rule in read_rulebook("id").rules}

    assert told["id.edited"] == "AI edited or improved the text of the article"
    assert any(meaning.startswith("no AI was used for") for meaning in told.values())
    assert len(told) == len(read_rulebook("id").rules)
