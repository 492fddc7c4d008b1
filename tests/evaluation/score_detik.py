"""Forty Indonesian news texts as a scraper pushes them, against what a reader marked in them.

`detik-marks.jsonl` holds offsets (Unicode code points) into texts that are read from the evaluation folder and known by
their SHA-256: `chrome` that must not be in the body, `credits` that may be anywhere, `sentences` of the article, and
`quotes` with the speakers accepted, fullest name first. Marked by reading, blind to the code.
`python tests/evaluation/score_detik.py DIR` prints each fault too.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kabar_contracts.enriched import EnrichedArticle
from quote_matching import MarkedQuote, count_quotes, words_of

MARKS: Final = Path(__file__).with_name("detik-marks.jsonl")
TEXTS: Final = Path("data/detik-500/articles.jsonl")
KABAR: Final = Path(sys.executable).with_name("kabar")


@dataclass(slots=True)
class Tally:
    """What is wrong in the texts read so far."""

    chrome_left: int = 0
    sentences_lost: int = 0
    found: int = 0
    marked: int = 0
    same_words: int = 0
    right: int = 0
    faults: list[str] = field(default_factory=list)


def measure(eval_dir: Path) -> dict[str, float]:
    """Counts of chrome ranges left and sentences lost, and shares for quotes. Raises LookupError for a text that is not there."""
    return figures_of(tally(eval_dir))


def figures_of(total: Tally) -> dict[str, float]:
    """The figures of `total`. A quote is right when words and speaker are."""
    return {
        "chrome_left": total.chrome_left,
        "sentences_lost": total.sentences_lost,
        "quotes_precision": total.right / max(total.found, 1),
        "quotes_recall": total.right / max(total.marked, 1),
        "quotes_f1": 2 * total.right / max(total.found + total.marked, 1),
        "quotes_f1_words_alone": 2 * total.same_words / max(total.found + total.marked, 1),
    }


def tally(eval_dir: Path) -> Tally:
    """Reads every marked text and compares."""
    marks = [json.loads(line) for line in MARKS.read_text(encoding="utf-8").splitlines()]
    wanted = {mark["sha256"] for mark in marks}
    texts: dict[str, dict[str, Any]] = {}
    with (eval_dir / TEXTS).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            digest = hashlib.sha256(row["body"].encode()).hexdigest()
            if digest in wanted:
                texts.setdefault(digest, row)
    if missing := wanted - texts.keys():
        message = f"{len(missing)} marked texts are not in {TEXTS}"
        raise LookupError(message)
    rows = [texts[mark["sha256"]] for mark in marks]
    total = Tally()
    for mark, row, article in zip(marks, rows, enriched(rows), strict=True):
        compare(total, mark, row["body"], article)
    return total


def enriched(rows: Iterable[Mapping[str, Any]]) -> list[EnrichedArticle]:
    """The articles of `rows`, as `kabar enrich` makes them."""
    lines = "".join(json.dumps({key: row[key] for key in ("source", "native_id", "url", "title", "body")}) + "\n" for row in rows)
    done = subprocess.run([KABAR, "enrich", "--format", "ndjson", "-"], input=lines, text=True, capture_output=True, check=True)
    return [EnrichedArticle.model_validate_json(line) for line in done.stdout.splitlines()]


def compare(total: Tally, mark: Mapping[str, Any], text: str, article: EnrichedArticle) -> None:
    """Adds what is wrong in `article` to `total`."""
    body = spaced(article.body)
    squeezed = body.replace(" ", "")
    own = spaced(" ".join(text[start:end] for start, end in (*mark["sentences"], *mark["credits"])))
    name = mark["native_id"]
    for start, end in mark["chrome"]:
        if any(run in body and run not in own for run in runs_of_words(text[start:end])):
            total.chrome_left += 1
            total.faults.append(f"{name}: chrome left: {text[start:end][:60]!r}")
    for start, end in mark["sentences"]:
        if "".join(words_of(text[start:end])) not in squeezed:
            total.sentences_lost += 1
            total.faults.append(f"{name}: sentence lost: {text[start:end][:60]!r}")
    quotes = [MarkedQuote(text[quote["start"] : quote["end"]], tuple(quote["speakers"])) for quote in mark["quotes"]]
    count = count_quotes(article.quotes, quotes)
    total.found += count.found
    total.marked += count.marked
    total.same_words += count.same_words
    total.right += count.right
    total.faults.extend(f"{name}: {fault}" for fault in count.faults)


def runs_of_words(text: str) -> list[str]:
    """Each three words of `text` that follow one another, spaced; all of them when there are fewer."""
    words = words_of(text)
    return [f" {' '.join(words[at : at + 3])} " for at in range(max(len(words) - 2, 1))]


def spaced(text: str) -> str:
    """The words of `text` between single spaces, so that a run of words is found whole."""
    return f" {' '.join(words_of(text))} "


if __name__ == "__main__":
    found = tally(Path(sys.argv[1]))
    print(*found.faults, sep="\n")
    print(json.dumps(figures_of(found), indent=1))
