"""Rules that all languages share: how a language's words make rules of its own of them."""

from typing import Any

import pytest
from kabar_enrich.disclosure.common import COMMON_FILE, CommonError, with_common_rules
from kabar_enrich.disclosure.rulebook import TOOL_PARTS, languages, read_rulebook, rule_files

BOOK: dict[str, Any] = {"language": "xx", "parts": {"ai": "AI|{tool}"}, "rules": [{"id": "xx.own"}]}
COMMON: dict[str, Any] = {
    "parts": {"credit": "{made} {by} {sure_ai}", "noted": "note {missing}"},
    "rules": [
        {"id": "common_credit", "activity": "generated", "patterns": ["{credit}", "{noted}"], "unless": ["{without}", "{missing}"]},
        {"id": "common_note", "activity": "generated", "patterns": ["{noted}"]},
    ],
    "acts": [{"activity": "translated", "patterns": ["{translated}", "{made}"]}],
}
WORDS: dict[str, Any] = {
    "parts": {"made": "made|done", "by": "by", "without": "no"},
    "examples": [{"rule": "common_credit", "positive": ["Made by AI."], "negative": ["Made by Ann."]}],
}


def composed(*, book: dict[str, Any] = BOOK, common: dict[str, Any] = COMMON, words: dict[str, Any] = WORDS) -> dict[str, Any]:
    return with_common_rules(book, common=common, vocabulary=words, tools=TOOL_PARTS)


def test_a_shared_rule_becomes_one_of_the_language_with_the_patterns_that_its_words_suffice_for() -> None:
    own, shared = composed()["rules"]

    assert own == {"id": "xx.own"}
    assert shared == {
        "id": "xx.common_credit",
        "shared": True,
        "activity": "generated",
        "patterns": ["{credit}"],
        "unless": ["{without}"],
        "positive": ("Made by AI.",),
        "negative": ("Made by Ann.",),
    }


def test_a_part_named_sure_takes_no_tool_that_may_be_a_person() -> None:
    assert composed()["parts"]["sure_ai"] == "AI|{credited_tool}"


def test_a_language_puts_its_words_together_in_its_own_way() -> None:
    words = {**WORDS, "parts": {**WORDS["parts"], "credit": "{by} {sure_ai} {made}"}}

    assert composed(words=words)["parts"]["credit"] == "{by} {sure_ai} {made}"


def test_words_for_acts_are_shared_with_languages_that_have_none_of_their_own() -> None:
    own = [{"activity": "drafted", "patterns": ["draft"]}]

    assert composed()["shared_acts"] == [{"activity": "translated", "patterns": ["{made}"]}]
    assert composed(book={**BOOK, "acts": own})["shared_acts"] == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"parts": WORDS["parts"]}, "suffice for «common_credit», which has no examples"),
        ({**WORDS, "parts": {"made": "made"}}, "examples of «common_credit», for which there is no rule or for which words are missing"),
        ({**WORDS, "parts": {**WORDS["parts"], "ai": "AI"}}, "the part «ai» is given in the language's own file, too"),
        ({**WORDS, "rules": []}, "Extra inputs are not permitted"),
    ],
    ids=["rule without examples", "examples without a rule", "part given twice", "unknown table"],
)
def test_what_is_wrong_with_a_language_s_words_is_told(words: dict[str, Any], fault: str) -> None:
    with pytest.raises(CommonError, match=fault):
        composed(words=words)


def test_every_file_of_words_is_of_a_language_that_has_rules_and_gives_it_shared_ones() -> None:
    told = {
        name.removeprefix("common/").removesuffix(".toml") for name in rule_files() if name.startswith("common/") and name != COMMON_FILE
    }

    assert {"en", "id"} <= told <= set(languages())
    assert all(any(rule.shared for rule in read_rulebook(language).rules) for language in told)
