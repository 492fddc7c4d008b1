"""How often the language of a text is known, from one sentence and from five, in 26 languages and some more.

The sentences of `language-sentences.jsonl` were written for this, before the detector; the passages, articles and
pages in the folder of data are real. Shares are means over the languages, so that none counts more than another.
"""

import gzip
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kabar_enrich.enrichers.language import language_of, reading_of

SENTENCES: Final = Path(__file__).parent / "language-sentences.jsonl"
_MAIN_WORDS: Final = "id ms en de fr es pt it nl sv no da fi pl cs tr vi th ru uk ar hi ja ko zh ro"
MAIN_LANGUAGES: Final = frozenset(_MAIN_WORDS.split())
FIVE: Final = 5
REAL_SENTENCES_A_LANGUAGE: Final = 400
_SENTENCE_END: Final = re.compile(r"(?<=[.!?।])\s+|(?<=[。！？])")  # noqa: RUF001  # full-width marks end sentences too
SHORTEST: Final = 20
"""Characters: what is shorter is no sentence that a reader of all these languages would be sure of."""
_MARKUP: Final = re.compile(r"https?:|\]\(|[`<>{}|]")
"""Addresses and code are no sentences; nor is what stands in capitals alone."""
_PAGE_LANGUAGE: Final = re.compile(rb"<html[^>]{0,2000}?\slang=[\"']?([A-Za-z]{2})", re.IGNORECASE)

Labelled = dict[str, list[str]]
"""Language -> texts in it."""


def measure(eval_dir: Path) -> dict[str, float]:
    """Shares of texts whose language is told, and the time that an article takes in milliseconds."""
    own = {language: texts for language, texts in _own_sentences().items() if language in MAIN_LANGUAGES}
    further = {language: texts for language, texts in _own_sentences().items() if language not in MAIN_LANGUAGES}
    passages, pages = _passages(eval_dir), _pages(eval_dir)
    real = _real_sentences(eval_dir, passages=passages)
    one = {language: [*own[language], *real.get(language, [])] for language in own}
    articles = [text.split("\n\n") for texts in pages.values() for text in texts]
    for texts in articles:
        reading_of(texts)
    began = time.process_time()
    for texts in articles:
        reading_of(texts)
    milliseconds = 1e3 * (time.process_time() - began) / len(articles)
    return {
        "one_sentence": _share(one),
        "five_sentences": _share({language: list(_fives(texts)) for language, texts in one.items()}),
        "one_own_sentence": _share(own),
        "one_real_sentence": _share(real),
        "one_sentence_id": _share({"id": one["id"]}),
        "one_sentence_ms": _share({"ms": one["ms"]}),
        "one_sentence_wrong": _share(one, wrong=True),
        "one_sentence_of_12_further": _share(further),
        "passages": _share(passages),
        "articles": _share(pages),
        "ms_an_article": milliseconds,
    }


def _share(texts: Labelled, *, wrong: bool = False) -> float:
    """The mean over the languages of the share that is told; or of what is told wrongly, `und` not counted."""
    shares = []
    for language, each in texts.items():
        found = [language_of(text) for text in each]
        hits = sum(told not in (language, "und") if wrong else told == language for told in found)
        shares.append(hits / len(each))
    return sum(shares) / len(shares)


def _fives(sentences: list[str]) -> Iterator[str]:
    for at in range(max(1, len(sentences) - FIVE + 1)):
        yield " ".join(sentences[at : at + FIVE])


def _own_sentences() -> Labelled:
    return _labelled((row["language"], row["text"]) for row in _rows(SENTENCES))


def _passages(eval_dir: Path) -> Labelled:
    return _labelled((row["lang"], row["text"]) for row in _rows(eval_dir / "eval" / "disclosure-dev.jsonl"))


def _pages(eval_dir: Path) -> Labelled:
    """The gold texts, in the language that their page says it is in."""
    folder = eval_dir / "data" / "news-pages"
    rows = _rows(folder / "gold.jsonl")
    found = ((_page_language(folder / row["html"]), row["body"]) for row in rows)
    return _labelled((language, body) for language, body in found if language is not None and body)


def _page_language(path: Path) -> str | None:
    page = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    match = _PAGE_LANGUAGE.search(page)
    language = match[1].decode().lower() if match else None
    return {"nb": "no", "nn": "no"}.get(language or "", language)


def _real_sentences(eval_dir: Path, *, passages: Labelled) -> Labelled:
    """Sentences of passages in all languages, of Indonesian articles, and of tokenised Indonesian."""
    sentences = [(language, sentence) for language, texts in passages.items() for text in texts for sentence in _sentences(text)]
    articles = (row["body"] for row in _rows(eval_dir / "data" / "detik-500" / "articles.jsonl"))
    sentences += [("id", sentence) for text in articles for sentence in _sentences(text)[1:4]]
    return {language: texts[:REAL_SENTENCES_A_LANGUAGE] for language, texts in _labelled(sentences).items()}


def _sentences(text: str) -> list[str]:
    found = [sentence.strip() for line in text.splitlines() for sentence in _SENTENCE_END.split(line)]
    return [sentence for sentence in found if len(sentence) >= SHORTEST and not _MARKUP.search(sentence) and not sentence.isupper()]


def _labelled(pairs: Iterable[tuple[str, str]]) -> Labelled:
    labelled: Labelled = defaultdict(list)
    for language, text in pairs:
        labelled[language].append(text)
    return dict(labelled)


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
