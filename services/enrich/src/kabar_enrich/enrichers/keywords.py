"""Keywords: the producer's own first, then names and rare words of the text.

A candidate's weight is how often it stands there, times how rare it is in its language (wordfreq), times where it
stands: the title and the opening count more.

Sources: wordfreq (Speer, CC BY-SA) for how common a word is, stopwords-iso for words that say nothing; place and capitals count as in
YAKE (Campos et al. 2020).
"""

import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache, lru_cache
from heapq import heapify, heappop
from math import log10
from typing import Final

from kabar_contracts.enriched import Tag

from kabar_enrich.anatomy.storable import one_line
from kabar_enrich.anatomy.word_shares import word_shares
from kabar_enrich.draft import Draft

KEYWORDS: Final = 12
READ_CHARACTERS: Final = 60_000
SHORTEST_WORD: Final = 3
LONGEST_WORD: Final = 40
LONGEST_RUN: Final = 4
FEWEST_WORDS: Final = 20
"""A text of fewer words has no keywords but its producer's."""
COMMONEST: Final = 4.7
"""Zipf frequency (log10 of uses in a billion words) from which a word is too common to say anything."""
RAREST: Final = 1.0
TITLE_BOOST: Final = 1.8
OPENING_BOOST: Final = 1.3
OPENING_SHARE: Final = 0.2
NAME_BOOST: Final = 1.5

LEAST_RARITY_OF_A_NAME: Final = 0.4
"""Names that are in every newspaper are still what an article is about."""

# Offices before a name: «Presiden AS Joe Biden» is Joe Biden.
_OFFICES_WORDS: Final = """
    presiden wapres menteri perdana menlu menhan menkeu gubernur bupati wali kota walikota jenderal letjen mayjen brigjen
    kolonel kombes komjen irjen direktur ketua wakil sekretaris kepala juru bicara anggota president prime minister
    secretary senator governor mayor general chief director chairman chairwoman spokesman spokeswoman king queen prince
    princess sen rep gov dr prof mr mrs ms
"""
_OFFICES: Final = frozenset(_OFFICES_WORDS.split())

_TOKEN: Final = re.compile(r"[^\W\d_](?:[\w'’-]*[^\W_])?|[.!?\n:;,()\"“”«»]")  # noqa: RUF001  # a typographic apostrophe is part of a word
_SENTENCE_OPENERS: Final = frozenset('.!?\n:"“«')
_UNSPACED_LANGUAGES: Final = frozenset({"zh", "ja", "ko", "th", "lo", "km", "my"})


def tag_keywords(draft: Draft) -> Draft:
    """The draft with its keywords, best first; the first of those that were read from the text has the score 1."""
    own = [
        Tag(name=name)
        for name in dict.fromkeys(filter(None, map(one_line, (*draft.raw.keywords, *(tag.name for tag in draft.tags.keywords)))))
    ]
    known = {tag.name.casefold() for tag in own}
    wanted = max(0, KEYWORDS - len(own))
    found = [tag for tag in keywords_of(draft.body, title=draft.title or "", language=draft.language) if tag.name.casefold() not in known]
    return replace(draft, tags=draft.tags.model_copy(update={"keywords": (*own, *found[:wanted])}))


def keywords_of(body: str, *, title: str, language: str) -> list[Tag]:
    """Names and words that `body` is about, best first. Languages that write no spaces have none here."""
    primary = language.partition("-")[0].lower()
    tokens = _TOKEN.findall(body[:READ_CHARACTERS])
    if primary in _UNSPACED_LANGUAGES or len(tokens) < FEWEST_WORDS:
        return []
    stop = _stopwords(primary)
    counts, first_at, spelling = _candidates(tokens, stop=stop)
    title_words = {word.casefold() for word in _TOKEN.findall(title)}
    words_of = {candidate: candidate.split(" ") for candidate in counts}
    rarities = _rarities({word for words in words_of.values() for word in words}, language=primary)
    opening = len(tokens) * OPENING_SHARE
    ranked: list[tuple[float, int, str]] = []
    for candidate, count in counts.items():
        words = words_of[candidate]
        is_name = len(words) > 1
        # The rarest word speaks for a name.
        rarity = max([rarities[word] for word in words]) if is_name else rarities[candidate]
        if rarity < LEAST_RARITY_OF_A_NAME and spelling[candidate][0].isupper():
            rarity = LEAST_RARITY_OF_A_NAME
        if rarity <= 0:
            continue
        weight = (1 + log10(count)) * rarity if count > 1 else 0.5 * rarity
        if not title_words.isdisjoint(words):
            weight *= TITLE_BOOST
        at = first_at[candidate]
        if at < opening:
            weight *= OPENING_BOOST
        ranked.append((-weight * NAME_BOOST if is_name else -weight, at, candidate))
    # Of hundreds a dozen are wanted: a heap is in order as far as it is asked.
    heapify(ranked)
    top = ranked[0][0] if ranked else 1
    return [Tag(name=spelling[candidate], score=round(weight / top, 3)) for weight, candidate in _without_parts(ranked)]


def _candidates(  # noqa: C901  # one hot loop over all words: what a call each would decide is decided in it
    tokens: list[str], *, stop: frozenset[str]
) -> tuple[dict[str, int], dict[str, int], dict[str, str]]:
    """Of each candidate, in lower case: how often it is there, at which token first, and how it is written."""
    counts: dict[str, int] = {}
    first_at: dict[str, int] = {}
    spelling: dict[str, str] = {}
    run: list[str] = []

    def count(text: str, key: str, at: int) -> None:
        if key not in counts:
            counts[key], first_at[key], spelling[key] = 1, at, text
            return
        counts[key] += 1
        if spelling[key][0].isupper() and not text[0].isupper():
            spelling[key] = text

    def close(at: int) -> None:
        if 1 < len(run) <= LONGEST_RUN:
            text = " ".join(run)
            count(text, text.casefold(), at)
        run.clear()

    # What a token is does not depend on where it stands, and a text repeats most of its tokens.
    distinct = {token: token.casefold() for token in set(tokens)}
    kinds = {token: _kind_of(token, lowered, stop=stop) for token, lowered in distinct.items()}
    # A word that opens a sentence is a name unless it is also written small.
    written_small = {token for token in distinct if token[0].islower()}
    opens_sentence = True
    for at, token in enumerate(tokens):
        kind = kinds[token]
        if kind <= _WITHOUT_WEIGHT:
            if run:
                close(at)
            opens_sentence = kind == _OPENER or (opens_sentence and kind == _MARK)
            continue
        lowered = distinct[token]
        if kind >= _CAPITALISED and not (opens_sentence and lowered in written_small):
            run.append(token)
        elif run:
            close(at)
        # A capital that only opens a sentence says nothing: the word counts in lower case.
        if SHORTEST_WORD <= len(token) <= LONGEST_WORD:
            count(lowered if opens_sentence and kind != _CAPITALS else token, lowered, at)
        opens_sentence = False
    if run:
        close(len(tokens))
    return counts, first_at, spelling


_OPENER, _MARK, _WITHOUT_WEIGHT, _SMALL, _CAPITALISED, _CAPITALS = range(6)


def _kind_of(token: str, lowered: str, *, stop: frozenset[str]) -> int:
    if not token[0].isalnum():
        return _OPENER if token in _SENTENCE_OPENERS else _MARK
    if lowered in stop or lowered in _OFFICES:
        return _WITHOUT_WEIGHT
    if not token[0].isupper():
        return _SMALL
    return _CAPITALS if token.isupper() else _CAPITALISED


def _rarities(words: Collection[str], *, language: str) -> dict[str, float]:
    """Of each word 0 for the commonest to 1 for those that the list of the language does not have."""
    asked = list(words)
    shares = word_shares(language).of(asked)
    return {word: _rarity(share) if share else 1.0 for word, share in zip(asked, shares, strict=True)}


@lru_cache(8_192)
def _rarity(share: float) -> float:
    """Of a share of all words. The lists have as many shares as they have words of different use: a few hundred."""
    zipf = max(RAREST, log10(share) + 9)
    return max(0.0, (COMMONEST - zipf) / (COMMONEST - RAREST))


def _without_parts(ranked: list[tuple[float, int, str]]) -> list[tuple[float, str]]:
    """The best of a heap of weights, places and candidates, without candidates that are part of a better one, or that hold one."""
    kept: list[tuple[float, str]] = []
    words_of: list[frozenset[str]] = []
    while ranked and len(kept) < 2 * KEYWORDS:
        weight, _, candidate = heappop(ranked)
        words = frozenset(candidate.split(" "))
        if not any(words <= other or other <= words for other in words_of):
            kept.append((weight, candidate))
            words_of.append(words)
    return kept


@cache
def _stopwords(language: str) -> frozenset[str]:
    import stopwordsiso  # noqa: PLC0415  # half a megabyte of JSON

    return frozenset(stopwordsiso.stopwords(language)) if stopwordsiso.has_lang(language) else frozenset()
