import pytest
from kabar_search.query_text import simple_syntax, size_of


@pytest.mark.parametrize(
    ("written", "simple"),
    [
        ("kopi AND teh", "kopi + teh"),
        ("kopi OR teh", "kopi | teh"),
        ("kopi NOT teh", "kopi -teh"),
        ('NOT "kopi OR teh"', '-"kopi OR teh"'),
        ("kopi or teh", "kopi or teh"),
        ('"kopi AND', '"kopi AND'),
        ("kopi NOT", "kopi"),
    ],
)
def test_operators_in_words_become_signs(written: str, simple: str) -> None:
    assert simple_syntax(written) == simple


@pytest.mark.parametrize(
    ("text", "words", "fuzzy"),
    [("", 0, 0), ("dua kata", 2, 0), ("kopi~ teh~1", 3, 2), ("博物館 kopi", 4, 0), ('"a b"~3', 3, 0), ("!!!", 0, 0)],
)
def test_a_query_is_measured_by_what_it_can_cost(text: str, words: int, fuzzy: int) -> None:
    size = size_of(text)

    assert (size.words, size.fuzzy_words) == (words, fuzzy)
