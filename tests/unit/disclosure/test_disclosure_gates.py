"""What a pattern needs is in every text that it matches."""

import pytest
import re2  # type: ignore[import-untyped]  # ships no types
from hypothesis import given, settings
from hypothesis import strategies as st
from kabar_enrich.disclosure.gates import LONGEST_GATE, Gatekeeper
from kabar_enrich.disclosure.patterns import PatternGroups, PatternSet, set_of_one
from kabar_enrich.disclosure.rulebook import TOOL_PARTS, RuleError, expand, languages, read_rulebook
from kabar_enrich.disclosure.wording import WordSearch, distinct_words

PARTS = {"thing": "article|story", "maybe": "(?:very )?", "act": r"writ(?:ten|e)|mad[ey]", "long": "|".join(["word"] * 200)}


@pytest.mark.parametrize(
    ("pattern", "gates"),
    [
        ("this {thing}", ("this {thing}",)),
        ("{maybe}", ()),
        ("a?b*(?:c|d?)", ()),
        ("one|two", ()),
        ("{long} was {act}", ("{long}", "was {act}")),
        (r"[ab]{0,2}\(x\)", (r"\(x\)",)),
        (r"this [^.]{0,90} is(?: [a-z]{1,20})? {act} {maybe}", ("this", "is", "{act}")),
    ],
)
def test_a_pattern_needs_its_pieces(pattern: str, gates: tuple[str, ...]) -> None:
    assert Gatekeeper(PARTS, spaced=True).gates_of(pattern) == gates


def test_a_piece_that_is_as_long_as_a_pattern_is_not_looked_for() -> None:
    parts = {"huge": "|".join(["word"] * LONGEST_GATE)}

    assert Gatekeeper(parts, spaced=True).gates_of("{huge} x") == ("x",)


def test_a_part_that_holds_itself_is_named() -> None:
    with pytest.raises(RuleError, match="«loop» holds itself"):
        Gatekeeper({"loop": "a{loop}"}, spaced=True).gates_of("{loop}")


def test_a_pattern_that_re2_does_not_take_is_named_with_its_fault() -> None:
    patterns = PatternSet([("xx.toml, xx.a", "a"), ("xx.toml, xx.b", "a(b")], parts={}, gatekeeper=Gatekeeper({}, spaced=True))

    with pytest.raises(RuleError, match=r"xx\.toml, xx\.b: missing \): "):
        patterns.check()


def test_what_is_no_match_after_all_hides_none_that_begins_within_it() -> None:
    patterns = PatternSet([("xx.toml, xx.a", "this (?:[a-z]+ )?story")], parts={}, gatekeeper=Gatekeeper({}, spaced=True))

    for text in ("Of this\n\nThis story", "Xthis this story", "zthis " * 8 + "this story"):
        assert [found.group() for found in patterns.matches(text, index=0)] == [text[-len("this story") :]]


@pytest.mark.parametrize("language", languages())
def test_most_patterns_of_a_language_need_something(language: str) -> None:
    book = read_rulebook(language)
    keeper = Gatekeeper({**book.parts, **TOOL_PARTS}, spaced=book.spaced)

    patterns = [pattern for rule in book.rules for pattern in rule.patterns]
    assert sum(1 for pattern in patterns if not keeper.gates_of(pattern)) <= len(patterns) / 10


PIECES = st.sampled_from(
    ["a", "b?", " ", "-", "_made", "{thing}", "{maybe}", "(?:a|{act})", "(?:b c)*", "[abc]+", "{long}?", r"\w", "(?:c|)", "a{2}"]
)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("this {thing}", [{" this "}, {" article ", " story "}]),
        ("{maybe}x", []),
        ("{maybe}made", [{" made "}]),
        ("{act}s?", [{" writ", " mad"}]),
        ("one|two", [{" one ", " two "}]),
        ("one|b*", []),
        (r"Is\x27nt [ab]+(?:left|right)?STRASSE", [{"is'nt"}, {" is "}, {" nt "}, {"strasse "}]),
        ("(?i:ab|cd){2}e*ff", [{" ab", " cd"}, {"ff "}]),
        ("(?:the long|a)(?:b)", []),
        (r"© ?\bmade(?:[ -]by)* us", [{"©"}, {" made "}, {" us "}]),
        ("[ab]one{thing}[ -]?two{maybe}", [{"one"}, {"article", "story"}, {"two"}]),
        ("a_bc", [{"a_bc"}, {" bc "}]),
        ("लेखा", [{"लेखा"}]),
    ],
)
def test_a_pattern_needs_a_word_of_each_of_these(pattern: str, words: list[set[str]]) -> None:
    assert [set(each) for each in Gatekeeper(PARTS, spaced=True).words_of(pattern)] == words


def test_words_are_found_at_every_place_of_a_long_text() -> None:
    search = WordSearch([[frozenset({"needle"})], [frozenset({"hay"}), frozenset({"needle"})], [frozenset({"straw"})], []])

    for before in range(65_520, 65_540):
        assert search.possible(distinct_words("x" * before + "NEEDLE" + "x" * 9)) == [0, 3]


@settings(max_examples=60, deadline=None)
@given(
    pieces=st.lists(PIECES, min_size=1, max_size=6),
    words=st.lists(st.sampled_from(["a", "b c", "article", "made", "", "c", "word", " ", "-", "_"]), max_size=8),
)
def test_a_text_that_a_pattern_matches_has_all_that_it_needs(pieces: list[str], words: list[str]) -> None:
    pattern, text = "".join(pieces), "".join(words)
    expanded = expand(pattern, parts=PARTS, where="x")

    if re2.search(expanded, text):
        assert all(re2.search(expand(gate, parts=PARTS, where="x"), text) for gate in Gatekeeper(PARTS, spaced=True).gates_of(pattern))
        assert WordSearch([Gatekeeper(PARTS, spaced=False).words_of(pattern)]).possible(distinct_words(text)) == [0]
    if re2.search(rf"(?:^|[^\pL\pN])(?:{expanded})(?:$|[^\pL\pN])", text):
        assert WordSearch([Gatekeeper(PARTS, spaced=True).words_of(pattern)]).possible(distinct_words(text)) == [0]


def test_a_set_is_made_with_the_least_memory_that_is_enough_for_it() -> None:
    made = set_of_one("made[^.]{0,90}ai", memory_bytes=(1_024, 1_000_000))

    assert made.Match(b"Made with the help of AI.")
    assert not made.Match(b"Made. By AI.")


def test_a_pattern_for_which_no_memory_is_enough_is_refused_and_not_taken_for_one_that_never_matches() -> None:
    with pytest.raises(RuleError, match="needs more than 1024 bytes"):
        set_of_one("made[^.]{0,90}ai", memory_bytes=(1_024,))


def test_of_groups_of_patterns_those_are_told_of_which_one_matches_in_their_order() -> None:
    patterns = PatternSet(
        [("a", "translated"), ("a", "dubbed"), ("b", "written by hand"), ("c", "checked")],
        parts={},
        gatekeeper=Gatekeeper({}, spaced=True),
    )
    groups = PatternGroups(patterns, [0, 0, 1, 2])

    assert list(groups.met("It was checked, dubbed, and written by others, by hand.")) == [0, 2]
    assert list(groups.met("It was neither.")) == []
