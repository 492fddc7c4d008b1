"""How many pages of news one core reads: with all enrichers, beside what trafilatura takes to find text and metadata.

Each page is read by both before the next, in one process, now the one first and now the other. The figure is the median
over pages and rounds of the ratio of both times, so that a neighbour who takes the machine for a while hardly changes it.
`KABAR_EVAL_DIR` holds the pages.
"""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import trafilatura
from kabar_contracts.raw import RawArticle
from kabar_enrich.enrichment import enrich_article
from kabar_enrich.reading_pool import prepare
from pages_of_news import NOW, Row, page_bytes, raw_page, rows_of

ROUNDS: Final = 5


class Pushed(NamedTuple):
    """A page as enrich gets it: what ingest made of it, and its bytes."""

    raw: RawArticle
    page: bytes

    @classmethod
    def of(cls, row: Row, page: bytes) -> Self:
        """The page of this row, pushed."""
        return cls(raw_page(row, page=page), page)


def measure(_: Path) -> dict[str, Any]:
    """Pages a second and core of both, and how many times faster Kabar is."""
    if "KABAR_EVAL_DIR" not in os.environ:
        return {"skipped": "KABAR_EVAL_DIR names no folder with pages"}
    eval_dir = Path(os.environ["KABAR_EVAL_DIR"])
    pages = [Pushed.of(row, page_bytes(eval_dir, row)) for row in rows_of(eval_dir)]
    prepare()
    _timed(pages, first=0)
    timed = [pair for number in range(ROUNDS) for pair in _timed(pages, first=number)]
    ours, theirs = zip(*timed, strict=True)
    ratios = [their / our for our, their in timed]
    return {
        "pages": len(pages),
        "rounds": ROUNDS,
        "pages_per_s_and_core": round(1 / statistics.fmean(ours), 1),
        "ms_at_the_median_page": round(1_000 * statistics.median(ours), 2),
        "trafilatura_pages_per_s_and_core": round(1 / statistics.fmean(theirs), 1),
        "trafilatura_ms_at_the_median_page": round(1_000 * statistics.median(theirs), 2),
        "times_faster_median_of_ratios": round(statistics.median(ratios), 2),
        "times_faster_in_all": round(sum(theirs) / sum(ours), 2),
    }


def _timed(pages: list[Pushed], *, first: int) -> list[tuple[float, float]]:
    """Seconds of CPU that each page takes: Kabar's and trafilatura's. `first` is even where Kabar begins."""
    seconds: list[tuple[float, float]] = []
    for number, pushed in enumerate(pages, start=first):
        read = (_by_kabar, _by_trafilatura) if number % 2 == 0 else (_by_trafilatura, _by_kabar)
        taken = {reader: _cpu_seconds(reader, pushed) for reader in read}
        seconds.append((taken[_by_kabar], taken[_by_trafilatura]))
    return seconds


def _by_kabar(pushed: Pushed) -> object:
    return enrich_article(pushed.raw, page=pushed.page, page_content_type="text/html", now=NOW)


def _by_trafilatura(pushed: Pushed) -> object:
    return trafilatura.bare_extraction(pushed.page, url=pushed.raw.url, with_metadata=True)


def _cpu_seconds(read: Callable[[Pushed], object], pushed: Pushed) -> float:
    began = time.process_time()
    read(pushed)
    return time.process_time() - began
