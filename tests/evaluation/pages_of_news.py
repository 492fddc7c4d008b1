"""How well pages of news are read: text, titles, authors and dates against the gold of real pages.

A third of the publishers is set aside by a hash of their site (`held_out`): rules are never tuned on their pages and
their figures stand apart. The measure is that of the article-extraction-benchmark: 4-word shingles, mean precision and
recall over pages.

usage: PYTHONPATH=tests/evaluation python tests/evaluation/pages_of_news.py [OUTPUT.jsonl]   (with KABAR_EVAL_DIR)
"""

import datetime as dt
import gzip
import hashlib
import importlib.util
import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

from kabar_contracts.enriched import EnrichedArticle
from kabar_contracts.identity import sha256_hex
from kabar_contracts.raw import ContentForm, RawArticle
from kabar_enrich.enrichment import enrich_article
from publicsuffixlist import PublicSuffixList

NOW: Final = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
"""All pages are as if received then: later than each was published."""
SETS: Final = ("aeb", "fundus")
HELD_OUT_ONE_IN: Final = 3

Row = dict[str, Any]


class PushedPage(NamedTuple):
    """A page as enrich gets it: what ingest made of it, and its bytes."""

    raw: RawArticle
    page: bytes


def rows_of(eval_dir: Path) -> list[Row]:
    """The gold of all pages: `id`, `set`, `url`, `title`, `authors`, `published_at`, `body` and where the HTML lies."""
    gold = eval_dir / "data" / "news-pages" / "gold.jsonl"
    return [json.loads(line) for line in gold.read_text("utf-8").splitlines() if line.strip()]


def page_bytes(eval_dir: Path, row: Row) -> bytes:
    """The page as it was fetched."""
    return gzip.decompress((eval_dir / "data" / "news-pages" / row["html"]).read_bytes())


def held_out(row: Row) -> bool:
    """Whether the publisher of this page is one of the third that rules are not tuned on."""
    site = _suffixes().privatesuffix(row["url"].split("/")[2].partition(":")[0]) or row["publisher"]
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % HELD_OUT_ONE_IN == 0


def enriched_page(eval_dir: Path, row: Row) -> EnrichedArticle:
    """What becomes of the page when its bytes are pushed."""
    raw, page = pushed_page(eval_dir, row)
    return enrich_article(raw, page=page, page_content_type="text/html", now=NOW)


def pushed_page(eval_dir: Path, row: Row) -> PushedPage:
    """The page when its bytes are pushed with its address and nothing else."""
    page = page_bytes(eval_dir, row)
    return PushedPage(raw_of(row, content_form=ContentForm.PAGE, url=row["url"], content_sha256=sha256_hex(page)), page)


def measure(eval_dir: Path) -> dict[str, float]:
    """The figures for HTML: `text_f1_<set>`, `text_f1`, `titles`, `authors`, `dates`, and each with `_held_out`."""
    return _measured(eval_dir, read=lambda row: enriched_page(eval_dir, row), named=("text_f1", "titles", "authors", "dates"))


def _measured(eval_dir: Path, *, read: Callable[[Row], EnrichedArticle], named: Sequence[str]) -> dict[str, float]:
    found = [(row, read(row)) for row in rows_of(eval_dir)]
    figures: dict[str, float] = {}
    for name in SETS:
        pairs = [(row, article) for row, article in found if row["set"] == name]
        unseen = [(row, article) for row, article in pairs if held_out(row)]
        figures[f"text_f1_{name}"] = figures_of(eval_dir, pairs)["text_f1"]
        figures[f"text_f1_{name}_held_out"] = figures_of(eval_dir, unseen)["text_f1"]
    everything = figures_of(eval_dir, found)
    apart = figures_of(eval_dir, [(row, article) for row, article in found if held_out(row)])
    figures.update({key: value for key, value in everything.items() if key in named})
    figures.update({f"{key}_held_out": value for key, value in apart.items() if key in named})
    return {key: round(value, 4) for key, value in figures.items()}


def figures_of(eval_dir: Path, pairs: Sequence[tuple[Row, EnrichedArticle]]) -> dict[str, float]:
    """Text F1, precision and recall, and the shares of titles, authors and dates that are right, where the gold has some."""
    scorer = _scorer(eval_dir)
    f1, precision, recall = scorer.text_scores([(row["body"], article.body) for row, article in pairs])
    shares = {
        "titles": [is_title(scorer, row, article) for row, article in pairs if row["title"]],
        "authors": [has_authors(scorer, row, article) for row, article in pairs if row["authors"]],
        "dates": [is_dated(row, article) for row, article in pairs if row["published_at"]],
    }
    means = {key: statistics.mean(hits) for key, hits in shares.items() if hits}
    return {"text_f1": f1, "precision": precision, "recall": recall, **means}


def is_title(scorer: ModuleType, row: Row, article: EnrichedArticle) -> bool:
    """Whether the title is that of the gold, whatever its case and spaces."""
    return str(scorer.fold(row["title"])) == str(scorer.fold(article.title))


def has_authors(scorer: ModuleType, row: Row, article: EnrichedArticle) -> bool:
    """Whether the set of authors is that of the gold."""
    expected = {str(scorer.fold(name)) for name in row["authors"]}
    return expected == {str(scorer.fold(name)) for name in article.authors}


def is_dated(row: Row, article: EnrichedArticle) -> bool:
    """Whether the day of publication is that of the gold, both as they are printed."""
    return str(row["published_at"])[:10] == str(article.published_at)[:10]


def output_row(row: Row, article: EnrichedArticle) -> dict[str, Any]:
    """The line of the output that the scorer of the data set reads."""
    return {
        "id": row["id"],
        "title": article.title,
        "authors": list(article.authors),
        "published_at": str(article.published_at or ""),
        "body": article.body,
        "page_kind": article.page_kind,
        "warnings": [warning.code for warning in article.warnings],
    }


def raw_of(row: Row, **fields: Any) -> RawArticle:
    """The raw article of a page, with these fields."""
    values = {"article_id": hashlib.sha256(row["id"].encode()).hexdigest()[:32], "revision": 1, "source": "unknown", "received_at": NOW}
    return RawArticle.model_validate({**values, **fields})


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _scorer(eval_dir: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_pages", eval_dir / "eval" / "score_pages.py")
    if spec is None or spec.loader is None:
        message = f"no scorer in {eval_dir}"
        raise FileNotFoundError(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Read all pages, write what was found where an argument says so, print the figures."""
    eval_dir = Path(os.environ["KABAR_EVAL_DIR"])
    if len(sys.argv) > 1:
        lines = [json.dumps(output_row(row, enriched_page(eval_dir, row)), ensure_ascii=False) for row in rows_of(eval_dir)]
        Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, value in measure(eval_dir).items():
        print(f"{name:24} {value:.4f}")


if __name__ == "__main__":
    main()
