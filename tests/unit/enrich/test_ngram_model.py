"""The n-gram model held in less memory."""

import pytest
from kabar_enrich.anatomy.ngram_model import ngram_model
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

LANGUAGES = ("id", "ms", "en", "fr")
TEXTS = (
    "Presiden mengatakan bahwa harga beras naik di pasar tradisional.",
    "The minister said on Monday that prices had risen.",
    "Le ministre a dit que les prix avaient augmenté.",
    "\x00\x01 ÿþ ★ 😀 42",
    "",
)


def test_a_model_of_some_languages_answers_as_that_of_the_package_does() -> None:
    theirs = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    theirs.set_languages(LANGUAGES)
    ours = ngram_model().among(LANGUAGES)

    for text in TEXTS:
        expected = dict(theirs.rank(text))
        assert dict(ours.rank(text)) == pytest.approx(expected, abs=1e-6)


def test_a_narrowed_model_leaves_the_whole_one_as_it_was() -> None:
    whole = ngram_model()
    whole.among(LANGUAGES)

    assert len(whole.rank("The minister said.")) > len(LANGUAGES)
