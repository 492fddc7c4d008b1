"""How many pages of news one core reads, beside what trafilatura takes to find text and metadata.

Kabar reads each page twice: with all enrichers, and with those that find text and metadata, language and quotes, without
keywords and disclosures, which trafilatura does not look for. All three read a page before the next, in one process, each
of them first in its turn, so that a neighbour who takes the machine for a while hardly changes the ratios.
`KABAR_EVAL_DIR` holds the pages.
"""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import trafilatura
from kabar_enrich.disclosure.enricher import assess_disclosure
from kabar_enrich.enrichers.disclosure_notes import drop_disclosure_notes
from kabar_enrich.enrichers.keywords import tag_keywords
from kabar_enrich.enrichment import ENRICHERS, enrich_article
from kabar_enrich.reading_pool import prepare
from pages_of_news import NOW, PushedPage, pushed_page, rows_of

ROUNDS: Final = 6
_READING: Final = tuple(enricher for enricher in ENRICHERS if enricher not in (tag_keywords, drop_disclosure_notes, assess_disclosure))


Reader = Callable[[PushedPage], object]


def measure(_: Path) -> dict[str, Any]:
    """Pages a second and core of both, and how many times faster Kabar is."""
    if "KABAR_EVAL_DIR" not in os.environ:
        return {"skipped": "KABAR_EVAL_DIR names no folder with pages"}
    eval_dir = Path(os.environ["KABAR_EVAL_DIR"])
    pages = [pushed_page(eval_dir, row) for row in rows_of(eval_dir)]
    prepare()
    _timed(pages, first=0)
    taken = [seconds for number in range(ROUNDS) for seconds in _timed(pages, first=number)]
    ours, reading, theirs = ([seconds[reader] for seconds in taken] for reader in _READERS)
    return {
        "pages": len(pages),
        "rounds": ROUNDS,
        "pages_per_s_and_core": round(1 / statistics.fmean(ours), 1),
        "ms_at_the_median_page": round(1_000 * statistics.median(ours), 2),
        "trafilatura_pages_per_s_and_core": round(1 / statistics.fmean(theirs), 1),
        "trafilatura_ms_at_the_median_page": round(1_000 * statistics.median(theirs), 2),
        "times_faster_median_of_ratios": round(statistics.median(their / our for our, their in zip(ours, theirs, strict=True)), 2),
        "times_faster_in_all": round(sum(theirs) / sum(ours), 2),
        "times_faster_in_all_without_keywords_and_disclosures": round(sum(theirs) / sum(reading), 2),
    }


def _timed(pages: list[PushedPage], *, first: int) -> list[dict[Reader, float]]:
    """Seconds of CPU that each reader takes for each page. `first` tells who begins."""
    seconds: list[dict[Reader, float]] = []
    for number, pushed in enumerate(pages, start=first):
        begins = number % len(_READERS)
        seconds.append({reader: _cpu_seconds(reader, pushed) for reader in _READERS[begins:] + _READERS[:begins]})
    return seconds


def _by_kabar(pushed: PushedPage) -> object:
    return enrich_article(pushed.raw, page=pushed.page, page_content_type="text/html", now=NOW)


def _by_kabar_without_keywords_and_disclosures(pushed: PushedPage) -> object:
    return enrich_article(pushed.raw, page=pushed.page, page_content_type="text/html", now=NOW, enrichers=_READING)


def _by_trafilatura(pushed: PushedPage) -> object:
    return trafilatura.bare_extraction(pushed.page, url=pushed.raw.url, with_metadata=True)


_READERS: Final = (_by_kabar, _by_kabar_without_keywords_and_disclosures, _by_trafilatura)


def _cpu_seconds(read: Reader, pushed: PushedPage) -> float:
    began = time.process_time()
    read(pushed)
    return time.process_time() - began
