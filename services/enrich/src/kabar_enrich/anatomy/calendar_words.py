"""Words for months, days and halves of the day: those of the CLDR and others that news sites write."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Literal

from kabar_enrich.anatomy.calendar_table import shipped

Half = Literal["am", "pm", "noon", "night"]

_SITES_MONTHS: Final = {
    "id": "feb:2 pebruari:2 peb:2 sept:9 agt:8 ags:8 aug:8 oct:10 nopember:11 nop:11 dec:12",
    "ms": "mar:3 may:5 ogs:8 aug:8 sept:9 oct:10 dec:12",
    "en": "sept:9",
    "es": "setiembre:9 set:9",
    "nl": "mrt:3",
    "sv": "mars:3",
}
"""Besides the CLDR's: old spellings, English abbreviations and the habits of newsrooms."""
_HALVES: Final[Mapping[str, Half]] = {
    "pagi": "am", "subuh": "am", "dini hari": "am", "siang": "noon", "tengah hari": "noon", "tengahari": "noon", "sore": "pm",
    "petang": "pm", "malam": "night", "morgens": "am", "abends": "pm",
    "ص": "am", "م": "pm", "صباحا": "am", "مساء": "pm", "صباحاً": "am", "مساءً": "pm",
    "凌晨": "am", "早上": "am", "中午": "noon", "晚上": "night", "晚": "night",
}  # fmt: skip
_QUOTES: Final = str.maketrans("", "", "'’ʼ`‘\u200e\u200f")  # noqa: RUF001  # apostrophes as they are typed


def months_of(word: str, *, language: str | None = None) -> frozenset[int]:
    """The months that `word` may mean: in `language` where it is a month there, else in all. Empty: it is none."""
    folded = _folded(word)
    own = _months().get(folded)
    if not own:
        return frozenset()
    spoken = base_of(language)
    told = own.get(spoken) if spoken else None
    return told or frozenset(number for numbers in own.values() for number in numbers)


def is_month_of(word: str, languages: Iterable[str]) -> bool:
    """Whether one of these languages has a month of this name."""
    own = _months().get(_folded(word), {})
    return any(language in own for language in languages)


def weekdays_of(word: str) -> frozenset[int]:
    """The days of the week that `word` may mean, Monday being 0."""
    return _weekdays().get(_folded(word), frozenset())


def half_of(word: str) -> Half | None:
    """The half of the day that `word` names: `noon` and `night` lie on both sides of twelve."""
    return _halves().get(_folded(word))


def base_of(language: str | None) -> str | None:
    """The first part of a language tag; the old names of Indonesian, Hebrew and Norwegian under their new ones."""
    if not language:
        return None
    base = language.replace("_", "-").partition("-")[0].lower()
    return {"in": "id", "iw": "he", "no": "nb", "tl": "fil"}.get(base, base)


def _folded(word: str) -> str:
    return word.casefold().translate(_QUOTES).strip().rstrip(".")


@cache
def _months() -> Mapping[str, Mapping[str, frozenset[int]]]:
    """Folded word -> language -> months."""
    found: dict[str, dict[str, frozenset[int]]] = {}
    for name, words in shipped()["languages"].items():
        language = str(base_of(name))
        more = dict(pair.split(":") for pair in _SITES_MONTHS.get(name, "").split())
        for word, number in {**words["months"], **more}.items():
            own = found.setdefault(_folded(word), {})
            own[language] = own.get(language, frozenset()) | {int(number)}
    return found


@cache
def _weekdays() -> Mapping[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for words in shipped()["languages"].values():
        for word, number in words["days"].items():
            found[_folded(word)] = found.get(_folded(word), frozenset()) | {number}
    return found


@cache
def _halves() -> Mapping[str, Half]:
    found: dict[str, Half] = {}
    for words in shipped()["languages"].values():
        found.update({_folded(word): "am" for word in words["am"]})
        found.update({_folded(word): "pm" for word in words["pm"]})
    return {**found, **{_folded(word): half for word, half in _HALVES.items()}}
