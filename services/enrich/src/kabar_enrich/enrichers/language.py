"""The language of an article: what the producer says, else what its body reads as; `und` rather than a wrong guess.

pycld2 reads a text of some length in microseconds; py3langid takes what is too short for it, what it is unsure of,
and machines for which pycld2 has no wheel. Both are loaded when first needed and once a process.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from kabar_enrich.anatomy.storable import one_line
from kabar_enrich.draft import UNDETERMINED, Draft

READ_CHARACTERS: Final = 10_000
COUNTED_CHARACTERS: Final = 500
LETTERS: Final = 24
"""Fewer letters than this are in no language that a detector can tell."""
SURE_BYTES: Final = 120
SURE_PERCENT: Final = 65
SURE_PROBABILITY: Final = 0.9

# Codes of the detectors that are not BCP 47 as others write it.
_TAGS: Final = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "nb": "no",
    "nn": "no",
    "tl": "fil",
    "zh-Hant": "zh",
    "zh-TW": "zh",
}


def detect_language(draft: Draft) -> Draft:
    """The draft with a BCP 47 tag, or `und`."""
    declared = draft.raw.language
    if declared is not None and declared.lower() != UNDETERMINED:
        return replace(draft, language=declared)
    text = draft.body or " ".join(filter(None, (draft.title, draft.lead))) or draft.source_text
    return replace(draft, language=language_of(text))


def language_of(text: str) -> str:
    """The language that `text` reads as, or `und`."""
    sample = one_line(text[:READ_CHARACTERS])
    if sum(map(str.isalpha, sample[:COUNTED_CHARACTERS])) < LETTERS:
        return UNDETERMINED
    return _by_cld2(sample) or _by_langid(sample) or UNDETERMINED


def _by_cld2(sample: str) -> str | None:
    detect = _cld2()
    if detect is None:
        return None
    reliable, read_bytes, best = detect(sample)
    code, percent = best
    if not reliable or read_bytes < SURE_BYTES or percent < SURE_PERCENT or code == "un":
        return None
    return _TAGS.get(code, code)


def _by_langid(sample: str) -> str | None:
    code, probability = _langid()(sample)
    return _TAGS.get(code, code) if probability >= SURE_PROBABILITY else None


@cache
def _cld2() -> Callable[[str], tuple[bool, int, tuple[str, int]]] | None:
    try:
        import pycld2  # type: ignore[import-untyped]  # noqa: PLC0415  # loaded when first needed; no wheel for aarch64
    except ImportError:
        return None

    def detect(sample: str) -> tuple[bool, int, tuple[str, int]]:
        try:
            reliable, read_bytes, details = pycld2.detect(sample)
        except pycld2.error:
            # A code point that it takes for invalid UTF-8: the other detector reads the text.
            return False, 0, ("un", 0)
        return reliable, read_bytes, (details[0][1], details[0][2])

    return detect


@cache
def _langid() -> Callable[[str], tuple[str, float]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]  # noqa: PLC0415  # a second to load

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def classify(sample: str) -> tuple[str, float]:
        code, probability = identifier.classify(sample)
        return str(code), float(probability)

    return classify
