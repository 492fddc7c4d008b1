"""What a process that reads articles takes, and whether it grows: its resident memory over many of them.

One process of its own reads made-up articles, no two alike, as the pool's processes do, with nothing else loaded; with
`KABAR_EVAL_DIR`, one in a hundred is a real page of news. 5,000 articles are read, or `KABAR_BENCH_ARTICLES`.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, cycle
from pathlib import Path
from typing import Any, Final

import psutil
from articles import raw_fields
from kabar_enrich.reading import Job, read_entries
from kabar_enrich.reading_pool import CHUNK, prepare, read_chunk
from pages_of_news import pushed_page, rows_of
from varied_texts import article_entry

ARTICLES: Final = 5_000
PAGE_EVERY: Final = 100
SAMPLES: Final = 20
NOW: Final = datetime(2026, 5, 4, tzinfo=UTC)


def measure(_: Path) -> dict[str, Any]:
    """MiB of the process when it is ready, after a twentieth of the articles, at the end, and at most."""
    articles = int(os.environ.get("KABAR_BENCH_ARTICLES", ARTICLES))
    child = subprocess.run([sys.executable, __file__, str(articles)], stdout=subprocess.PIPE, check=True)
    ready, *samples = json.loads(child.stdout)
    return {"articles": articles, "mib_ready": ready, "mib_early": samples[0], "mib_at_the_end": samples[-1], "mib_at_most": max(samples)}


def _read(articles: int) -> list[int]:
    """MiB before, and after each of the equal parts of all articles."""
    prepare()
    sizes = [_mib()]
    entries = _entries()
    for done in range(CHUNK, articles + 1, CHUNK):
        read_chunk(read_entries, [Job(fields=next(entries), now=NOW) for _ in range(CHUNK)])
        if done >= len(sizes) * articles // SAMPLES:
            sizes.append(_mib())
    return sizes


def _entries() -> Iterator[dict[bytes, bytes]]:
    chance = random.Random(7)  # noqa: S311  # the same articles in every run
    pages = _pages()
    for number in count():
        page = None if number % PAGE_EVERY else next(pages, None)
        yield article_entry(number, chance=chance) if page is None else page


def _pages() -> Iterator[dict[bytes, bytes]]:
    """Pages of news as entries, again and again; none without a folder of them."""
    if "KABAR_EVAL_DIR" not in os.environ:
        return
    eval_dir = Path(os.environ["KABAR_EVAL_DIR"])
    for row in cycle(rows_of(eval_dir)):
        raw, page = pushed_page(eval_dir, row)
        yield raw_fields(raw, page=page)


def _mib() -> int:
    return round(psutil.Process().memory_info().rss / 2**20)


if __name__ == "__main__":
    print(json.dumps(_read(int(sys.argv[1]))))
