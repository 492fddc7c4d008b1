"""How common words are, held in little memory."""

import wordfreq
from kabar_enrich.anatomy.word_shares import WordShares, word_shares


def test_each_word_has_the_share_that_the_list_gives_it() -> None:
    for language in ("id", "ru", "hi"):
        known = wordfreq.get_frequency_dict(language, wordlist="small")

        assert word_shares(language).of(list(known)) == list(known.values())


def test_a_word_that_is_in_no_list_has_none() -> None:
    shares = WordShares([[], ["dan"], ["kabar", "di"]], [1.0, 0.03, 0.0001])

    assert shares.of(["kabar", "kaba", "kabarr", "zzz", "", "dan"]) == [0.0001, 0, 0, 0, 0, 0.03]


def test_a_language_without_a_list_and_no_words_at_all_have_none_either() -> None:
    assert word_shares("und").of(["a", "b"]) == [0.0, 0.0]
    assert word_shares("id").of([]) == []
