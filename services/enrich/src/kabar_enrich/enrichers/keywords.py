"""Keywords: the producer's own first, then names and rare words of the text.

A candidate's weight is how often it stands there, times how rare it is in its language (wordfreq), times where it
stands: the title and the opening count more.

Sources: wordfreq (Speer, CC BY-SA) for how common a word is, stopwords-iso for words that say nothing; place and capitals count as in
YAKE (Campos et al. 2020).
"""

import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache, lru_cache, partial
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
ONCE: Final = 0.5
"""What a word that is there once keeps of its rarity."""
MOST_OF_A_WORD_THAT_IS_THERE_ONCE: Final = ONCE * OPENING_BOOST
"""And is in no title: rarity is 1 at most."""

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
_MARKS_WITHIN: Final = frozenset(";,()”»")
_MARKS: Final = _SENTENCE_OPENERS | _MARKS_WITHIN
_UNSPACED_LANGUAGES: Final = frozenset({"zh", "ja", "ko", "th", "lo", "km", "my"})


def tag_keywords(draft: Draft) -> Draft:
    """The draft with its keywords, best first; the first of those that were read from the text has the score 1."""
    own = [
        Tag(name=name)
        for name in dict.fromkeys(filter(None, map(one_line, (*draft.raw.keywords, *(tag.name for tag in draft.tags.keywords)))))
    ]
    return replace(draft, tags=draft.tags.model_copy(update={"keywords": (*own, *_others(draft, own=own)[: KEYWORDS - len(own)])}))


def _others(draft: Draft, *, own: Sequence[Tag]) -> list[Tag]:
    """Keywords that are read from the text, where its producer's own leave room for some."""
    if len(own) >= KEYWORDS:
        return []
    known = {tag.name.casefold() for tag in own}
    # Each of the producer's own is one of those that are found at most, so that there are enough of these.
    return [tag for tag in keywords_of(draft.body, title=draft.title or "", language=draft.language) if tag.name.casefold() not in known]


def keywords_of(body: str, *, title: str, language: str) -> list[Tag]:
    """The names and words that `body` is about, best first, `KEYWORDS` at most. Languages that write no spaces have none here."""
    primary = language.partition("-")[0].lower()
    tokens = _TOKEN.findall(body[:READ_CHARACTERS])
    if primary in _UNSPACED_LANGUAGES or len(tokens) < FEWEST_WORDS:
        return []
    candidates = _candidates(tokens, stop=_stopwords(primary))
    title_words = {word.casefold() for word in _TOKEN.findall(title)}
    rank = partial(_ranked, candidates, language=primary, title_words=title_words, opening=len(tokens) * OPENING_SHARE)
    # Most words are there once, and weigh little for it: of these hardly any is looked up.
    telling = [key for key, (count, *_) in candidates.items() if count > 1 or " " in key or key in title_words]
    ranked = rank(telling)
    best = _without_parts(ranked)
    if len(best) < KEYWORDS or -best[-1][0] <= MOST_OF_A_WORD_THAT_IS_THERE_ONCE:
        best = _without_parts([*ranked, *rank(candidates.keys() - telling)])
    return [Tag(name=candidates[key][2], score=round(weight / best[0][0], 3)) for weight, key in best]


def _ranked(
    candidates: Mapping[str, "_Candidate"], keys: Iterable[str], *, language: str, title_words: AbstractSet[str], opening: float
) -> list[tuple[float, int, str]]:
    """Some of the candidates by their negative weights and by where they first stand."""
    words_of = {key: key.split(" ") if " " in key else (key,) for key in keys}
    rarities = _rarities({word for words in words_of.values() for word in words}, language=language)
    ranked: list[tuple[float, int, str]] = []
    for key, words in words_of.items():
        count, first_at, spelling, _ = candidates[key]
        is_name = len(words) > 1
        # The rarest word speaks for a name.
        rarity = max([rarities[word] for word in words]) if is_name else rarities[key]
        if rarity < LEAST_RARITY_OF_A_NAME and spelling[0].isupper():
            rarity = LEAST_RARITY_OF_A_NAME
        if rarity <= 0:
            continue
        weight = (1 + log10(count)) * rarity if count > 1 else ONCE * rarity
        if not title_words.isdisjoint(words):
            weight *= TITLE_BOOST
        if first_at < opening:
            weight *= OPENING_BOOST
        ranked.append((-weight * NAME_BOOST if is_name else -weight, first_at, key))
    return ranked


_Candidate = tuple[int, int, str, int]
"""How often a word or a name is there; at which token first (of a name: the one behind it); how it is written: as where it first stands
in small letters, or else as where it first stands; and where that is."""


def _candidates(tokens: Sequence[str], *, stop: frozenset[str]) -> dict[str, _Candidate]:
    """Words and names that may be keywords by how they are written in lower case."""
    # What a token is does not depend on where it stands, and a text repeats most of its tokens.
    counts = Counter(tokens)
    first_at = dict(zip(reversed(tokens), range(len(tokens) - 1, -1, -1), strict=True))
    found: dict[str, _Candidate] = {}
    capitals: dict[str, str] = {}
    for token, count in counts.items():
        if token in _MARKS or (key := token.casefold()) in stop:
            continue
        if token[0].isupper():
            capitals[token] = key
        elif SHORTEST_WORD <= len(token) <= LONGEST_WORD:
            at = first_at[token]
            if key in found:
                _add(found, key, count=count, at=at, spelling=token)
            else:
                found[key] = count, at, token, at
    _add_capitals(found, tokens, capitals=capitals, known=counts.keys())
    return found


def _add_capitals(found: dict[str, _Candidate], tokens: Sequence[str], *, capitals: Mapping[str, str], known: Container[str]) -> None:
    """Count words with a capital, and the names of several words that they make up. `capitals` says how each is written in lower case."""
    run: list[str] = []
    behind_run = -1
    for at in [at for at, token in enumerate(tokens) if token in capitals]:
        token = tokens[at]
        key = capitals[token]
        before = at - 1
        while before >= 0 and tokens[before] in _MARKS_WITHIN:
            before -= 1
        opens_sentence = before < 0 or tokens[before] in _SENTENCE_OPENERS
        # A word that opens a sentence is a name unless it is also written small.
        is_of_a_name = not (opens_sentence and key in known)
        if run and (behind_run != at or not is_of_a_name):
            _add_name(found, run, at=behind_run)
            run = []
        if is_of_a_name:
            run.append(token)
            behind_run = at + 1
        # A capital that only opens a sentence says nothing: the word counts in lower case.
        if SHORTEST_WORD <= len(token) <= LONGEST_WORD:
            _add(found, key, count=1, at=at, spelling=key if opens_sentence and not token.isupper() else token)
    _add_name(found, run, at=behind_run)


def _add_name(found: dict[str, _Candidate], run: Sequence[str], *, at: int) -> None:
    if 1 < len(run) <= LONGEST_RUN:
        name = " ".join(run)
        _add(found, name.casefold(), count=1, at=at, spelling=name)


def _add(found: dict[str, _Candidate], key: str, *, count: int, at: int, spelling: str) -> None:
    known = found.get(key)
    if known is None:
        found[key] = count, at, spelling, at
        return
    known_count, first_at, known_spelling, spelt_at = known
    if (spelling[0].isupper(), at) < (known_spelling[0].isupper(), spelt_at):
        known_spelling, spelt_at = spelling, at
    found[key] = known_count + count, min(first_at, at), known_spelling, spelt_at


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


def _without_parts(ranked: Sequence[tuple[float, int, str]]) -> list[tuple[float, str]]:
    """The best of these weights, places and candidates, without candidates that are part of a better one, or that hold one."""
    # Of hundreds a dozen are wanted: a heap is in order as far as it is asked.
    heap = list(ranked)
    heapify(heap)
    kept: list[tuple[float, str]] = []
    words_of: list[frozenset[str]] = []
    while heap and len(kept) < KEYWORDS:
        weight, _, candidate = heappop(heap)
        words = frozenset(candidate.split(" "))
        if not any(words <= other or other <= words for other in words_of):
            kept.append((weight, candidate))
            words_of.append(words)
    return kept


@cache
def _stopwords(language: str) -> frozenset[str]:
    import stopwordsiso  # noqa: PLC0415  # half a megabyte of JSON

    return _OFFICES | stopwordsiso.stopwords(language) if stopwordsiso.has_lang(language) else _OFFICES
