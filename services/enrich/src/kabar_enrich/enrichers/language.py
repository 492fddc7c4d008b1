"""The language of an article: what the producer says, else what its body reads as; `und` rather than a wrong guess.

The script of the letters narrows it down to a few languages, or to one. Among those py3langid decides (naive Bayes over
byte n-grams, BSD), and between Indonesian and Malay, which share most of their words, how often each word is used in
either (wordfreq). Three samples of a text are read, so that neither its length nor a foreign quotation costs or counts
much; only where they disagree every block is.

Sources: the lists of languages that a script is used for are those of CLDR, narrowed to languages in which news is
published and which py3langid knows. Norwegian is `no` whichever of its two written forms is meant.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import exp, log, log10
from typing import TYPE_CHECKING, Final

from kabar_enrich.anatomy.storable import one_line
from kabar_enrich.anatomy.word_shares import word_shares
from kabar_enrich.draft import UNDETERMINED, Draft

if TYPE_CHECKING:
    from kabar_enrich.anatomy.ngram_model import NgramModel

SAMPLES: Final = 3
SAMPLE_CHARACTERS: Final = 100
BLOCKS: Final = 60
"""How many blocks of a text are read where its samples disagree."""
LETTERS: Final = 20
"""Fewer letters than this are in no language that can be told, unless their script tells it."""
LETTERS_OF_OTHER_SCRIPTS: Final = 10
"""Few languages share such a script, and its signs for vowels are not counted."""
LETTERS_OF_A_SCRIPT: Final = 6
"""So many letters of a script that one language writes are enough."""
SURE: Final = 0.5
"""The probability from which a sample is in a language. py3langid's are tempered by length, and so comparable."""
CLEAR: Final = 0.9
"""The probability from which a hint is not asked for."""
HINT_ODDS: Final = 4.0
"""How much likelier a language is in a source that is known to publish in it."""
SECOND_LANGUAGE_SHARE: Final = 0.2
"""So much of a text in another language makes it mixed."""
SECOND_LANGUAGE_LETTERS: Final = 120

_LATIN_WORDS: Final = """
    id ms en de fr es pt it nl sv no nn da fi pl cs sk sl hr hu ro tr az uz vi ca gl eu lt lv et sq is af sw tl jv so ha
    zu yo ig mg ku cy ga mt zxx
"""
_LATIN: Final = tuple(_LATIN_WORDS.split())
_CYRILLIC: Final = ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg")
_ARABIC: Final = ("ar", "fa", "ur", "ps")
_DEVANAGARI: Final = ("hi", "mr", "ne")
# First and last letter of a script -> the languages that it may be. Han and kana are counted apart: see `_script_of`.
_SCRIPTS: Final = (
    (0x0370, 0x03FF, ("el",)),
    (0x0400, 0x052F, _CYRILLIC),
    (0x0530, 0x058F, ("hy",)),
    (0x0590, 0x05FF, ("he",)),
    (0x0600, 0x077F, _ARABIC),
    (0x08A0, 0x08FF, _ARABIC),
    (0x0900, 0x097F, _DEVANAGARI),
    (0x0980, 0x09FF, ("bn",)),
    (0x0A00, 0x0A7F, ("pa",)),
    (0x0A80, 0x0AFF, ("gu",)),
    (0x0B00, 0x0B7F, ("or",)),
    (0x0B80, 0x0BFF, ("ta",)),
    (0x0C00, 0x0C7F, ("te",)),
    (0x0C80, 0x0CFF, ("kn",)),
    (0x0D00, 0x0D7F, ("ml",)),
    (0x0D80, 0x0DFF, ("si",)),
    (0x0E00, 0x0E7F, ("th",)),
    (0x0E80, 0x0EFF, ("lo",)),
    (0x1000, 0x109F, ("my",)),
    (0x10A0, 0x10FF, ("ka",)),
    (0x1200, 0x137F, ("am",)),
    (0x1780, 0x17FF, ("km",)),
    (0x1E00, 0x1EFF, _LATIN),
    (0x1F00, 0x1FFF, ("el",)),
    (0x3040, 0x30FF, ("ja",)),
    (0x3400, 0x9FFF, ("zh",)),
    (0xAC00, 0xD7AF, ("ko",)),
    (0x20000, 0x3FFFF, ("zh",)),
)
_JAPANESE: Final = ("ja",)
_CHINESE: Final = ("zh",)
_SYLLABIC: Final = frozenset({_JAPANESE, _CHINESE, ("ko",), ("th",), ("lo",), ("km",), ("my",)})
SYLLABLE_WEIGHT: Final = 4
SCRIPT_WEIGHT: Final = 2
"""How many Latin letters one letter of another script stands for."""
_KANA_SHARE: Final = 0.1
"""So much kana among Han makes a text Japanese; a Japanese name in a Chinese one does not."""
_BEYOND_LATIN: Final = re.compile(r"[\u0370-\U0003FFFF]")
_NO_WORDS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[<>{}\[\]#*_=|`~/\\]+")
"""Addresses and markup are in no language."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTER: Final = re.compile(r"[^\W\d_]")

# Codes of py3langid that are not those that others use.
_TAGS: Final = {"nn": "no", "tl": "fil"}
_NORWEGIAN: Final = frozenset({"no", "nn"})
_INDONESIAN_AND_MALAY: Final = frozenset({"id", "ms"})
# A paragraph in the one may well read as the other: no text is told to be in both.
_RELATIVES: Final = {
    "id": ("ms",),
    "ms": ("id",),
    "no": ("da",),
    "da": ("no",),
    "hr": ("sr", "sl"),
    "sr": ("hr", "mk", "bg"),
    "cs": ("sk",),
    "sk": ("cs",),
    "es": ("gl", "ca"),
    "gl": ("pt", "es"),
    "pt": ("gl",),
    "ca": ("es",),
    "bg": ("mk",),
    "mk": ("bg",),
    "ru": ("be",),
    "be": ("ru",),
    "hi": ("mr", "ne"),
    "nl": ("af",),
    "af": ("nl",),
}
_NO_LANGUAGE: Final = "zxx"
_LABELS: Final = {"nb": "no", "fil": "tl", "in": "id", "iw": "he"}

UNSEEN_SHARE: Final = 3e-6
"""The share of all words that one which a list does not have is taken to have: about that of the list's last."""
INDONESIAN_ODDS: Final = log(2)
"""Far more is written in Indonesian."""
WORDS_WEIGHT: Final = 1.5
"""How much the words count beside the n-grams, between Indonesian and Malay."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text reads as."""

    language: str
    """A BCP 47 tag, or `und`."""
    others: tuple[str, ...] = ()
    """Further languages that a good part of it is in, longest part first."""


def detect_language(draft: Draft) -> Draft:
    """The draft with a BCP 47 tag, or `und`. Warns of a text in several languages (`mixed_languages`).

    A language that is known of the source (`draft.language`) decides only between readings that are about equally good.
    """
    declared = draft.raw.language
    if declared is not None and declared.lower() != UNDETERMINED:
        return replace(draft, language=declared)
    hint = None if draft.language == UNDETERMINED else draft.language
    texts: Sequence[str] = [block.text for block in draft.blocks] or list(filter(None, (draft.title, draft.lead))) or [draft.source_text]
    reading = reading_of(texts, hint=hint)
    read = replace(draft, language=reading.language)
    if not reading.others:
        return read
    return read.warned("mixed_languages", f"mostly {reading.language}, partly {', '.join(reading.others)}", pointer="/language")


def language_of(text: str, *, hint: str | None = None) -> str:
    """The language that `text` reads as, or `und`."""
    return reading_of([text], hint=hint).language


def reading_of(texts: Sequence[str], *, hint: str | None = None) -> Reading:
    """The main language of these paragraphs, and which others they hold much of."""
    samples = _samples(texts)
    found = Counter(filter(None, (_language_of_sample(sample, hint=hint) for sample in samples)))
    if len(found) > 1:
        return _by_blocks(texts, hint=hint)
    if found:
        return Reading(next(iter(found)))
    # What is too doubtful in parts may be clear as a whole.
    return Reading((_language_of_sample(" ".join(samples), hint=hint) if len(samples) > 1 else None) or UNDETERMINED)


def _samples(texts: Sequence[str]) -> list[str]:
    """The opening of the text, and what stands at equal distances after it, each from the start of a word."""
    total = sum(map(len, texts))
    if total <= SAMPLES * SAMPLE_CHARACTERS:
        return [one_line(" ".join(texts))]
    starts = [total * number // SAMPLES for number in range(SAMPLES)]
    samples: list[str] = []
    at = 0
    for text in texts:
        while starts and starts[0] < at + len(text):
            start = starts.pop(0) - at
            start = text.find(" ", start, start + SAMPLE_CHARACTERS) + 1 or start if start else 0
            # A paragraph that ends too soon is read from where the window fits.
            start = max(0, min(start, len(text) - SAMPLE_CHARACTERS))
            samples.append(one_line(text[start : start + SAMPLE_CHARACTERS]))
        at += len(text)
    return samples


def _by_blocks(texts: Sequence[str], *, hint: str | None) -> Reading:
    """Each block in a language of its own: the one with the most letters is the text's."""
    letters: Counter[str] = Counter()
    for text in (texts if len(texts) > 1 else _parts(texts[0]))[:BLOCKS]:
        language = _language_of_sample(one_line(text[: 2 * SAMPLE_CHARACTERS]), hint=hint)
        if language is not None:
            letters[language] += len(text)
    if not letters:
        return Reading(UNDETERMINED)
    main = letters.most_common(1)[0][0]
    for language in _RELATIVES.get(main, ()):
        letters[main] += letters.pop(language, 0)
    others = [(language, count) for language, count in letters.most_common() if language != main]
    least = max(SECOND_LANGUAGE_LETTERS, SECOND_LANGUAGE_SHARE * letters.total())
    return Reading(main, tuple(language for language, count in others if count >= least))


def _parts(text: str) -> list[str]:
    size = max(2 * SAMPLE_CHARACTERS, -(-len(text) // BLOCKS))
    return [text[at : at + size] for at in range(0, len(text), size)]


def _language_of_sample(sample: str, *, hint: str | None) -> str | None:
    sample = _NO_WORDS.sub(" ", sample)
    candidates, letters = _script_of(sample)
    if len(candidates) == 1:
        return candidates[0] if letters >= LETTERS_OF_A_SCRIPT else None
    if letters < (LETTERS if candidates is _LATIN else LETTERS_OF_OTHER_SCRIPTS):
        return None
    label, share = _likeliest(sample, candidates, hint=None if hint is None else _label(hint))
    return _TAGS.get(label, label) if share >= SURE and label != _NO_LANGUAGE else None


def _label(tag: str) -> str:
    primary = tag.partition("-")[0].lower()
    return _LABELS.get(primary, primary)


def _script_of(sample: str) -> tuple[tuple[str, ...], int]:
    """The languages that most of `sample` may be in, and how many letters of their script it has.

    Names and terms keep their Latin letters in every script, and a letter that stands for a syllable says more.
    """
    letters = len(_LETTER.findall(sample))
    if sample.isascii() or not (beyond := _BEYOND_LATIN.findall(sample)):
        return _LATIN, letters
    counts: Counter[tuple[str, ...]] = Counter()
    for character, count in Counter(beyond).items():
        counts[_script_of_letter(character)] += count
    kana, han = counts[_JAPANESE], counts[_CHINESE]
    if kana >= _KANA_SHARE * (kana + han) > 0:
        counts[_JAPANESE] += counts.pop(_CHINESE, 0)
    others = counts.pop((), 0)
    latin = letters - counts.total() + counts.pop(_LATIN, 0)
    if not counts:
        return _LATIN, letters - others
    candidates, count = counts.most_common(1)[0]
    weight = SYLLABLE_WEIGHT if candidates in _SYLLABIC else SCRIPT_WEIGHT
    return (candidates, count) if count * weight >= latin else (_LATIN, latin)


@lru_cache(8_192)
def _script_of_letter(letter: str) -> tuple[str, ...]:
    """The languages of a letter's script; none for marks and signs. There are as many answers as letters: a bounded cache."""
    code = ord(letter)
    return next((languages for first, last, languages in _SCRIPTS if first <= code <= last), ()) if letter.isalpha() else ()


def _likeliest(sample: str, candidates: tuple[str, ...], *, hint: str | None) -> tuple[str, float]:
    """The likeliest candidate and its probability. One that is hinted at has better odds, unless the text is clear."""
    label, share = _identifiers()[candidates].classify(sample)
    if label in _NORWEGIAN and share < SURE:
        share = sum(each for other, each in _identifiers()[candidates].rank(sample) if other in _NORWEGIAN)
    if hint is not None and hint in candidates and label != hint and share < CLEAR:
        shares = dict(_identifiers()[candidates].rank(sample))
        if HINT_ODDS * shares[hint] > share:
            label = hint
    if label in _INDONESIAN_AND_MALAY:
        return _indonesian_or_malay(sample, label, share, hint=hint)
    return label, share * HINT_ODDS / (1 + (HINT_ODDS - 1) * share) if label == hint else share


def _indonesian_or_malay(sample: str, label: str, share: float, *, hint: str | None) -> tuple[str, float]:
    """Either of the two, by n-grams, words and hint together. What neither has of the probability is taken for the other's."""
    odds = log(max(share, 1e-9) / max(1 - share, 1e-9)) * (1 if label == "id" else -1)
    odds += INDONESIAN_ODDS + WORDS_WEIGHT * _more_indonesian(_WORD.findall(sample.casefold()))
    odds += {"id": log(HINT_ODDS), "ms": -log(HINT_ODDS)}.get(hint or "", 0.0)
    return ("id" if odds >= 0 else "ms"), max(share, 1 / (1 + exp(-min(50.0, abs(odds)))))


def _more_indonesian(words: Sequence[str]) -> float:
    """How much more usual these words are in Indonesian than in Malay: the sum of the decimal logarithms."""
    indonesian, malay = word_shares("id").of(words), word_shares("ms").of(words)
    return sum(log10((one + UNSEEN_SHARE) / (other + UNSEEN_SHARE)) for one, other in zip(indonesian, malay, strict=True))


@cache
def _identifiers() -> Mapping[tuple[str, ...], "NgramModel"]:
    """One for the languages of each script that several share: it has their columns of the table, and what tells n-grams is there once."""
    from kabar_enrich.anatomy.ngram_model import ngram_model  # noqa: PLC0415  # a second to load

    model = ngram_model()
    return {languages: model.among(languages) for _, _, languages in _SCRIPTS if len(languages) > 1}
