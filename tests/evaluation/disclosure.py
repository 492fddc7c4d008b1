"""How disclosures are read: on passages one may tune on, on passages written blind, and on ordinary pages.

The passages go through `kabar enrich` as articles of any producer do; the scorer beside them judges its output. The blind
set is only reported: its wrong cases are not printed, and no rule is made for them.
"""

import gzip
import importlib.util
import io
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from kabar_enrich.offline import run_offline

BLIND: Final = Path(__file__).parent / "disclosure-blind.jsonl"
FIRST_LANGUAGES: Final = ("id", "en")
NOW: Final = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

Case = Mapping[str, Any]
Row = tuple[Case, Mapping[str, Any]]


def measure(eval_dir: Path) -> dict[str, float]:
    """Shares of the development set, then the same of the blind set under `blind_`, then ordinary pages flagged (a count)."""
    scorer = scorer_of(eval_dir)
    development = [
        row for row in scored_rows(scorer.read(eval_dir / "eval/disclosure-dev.jsonl"), scorer=scorer) if not row[0]["ambiguous"]
    ]
    blind = scored_rows(scorer.read(BLIND), scorer=scorer)
    figures = shares(development, scorer=scorer)
    figures |= {f"{name}_id_en": value for name, value in shares(of_first_languages(development), scorer=scorer).items()}
    figures |= {f"recall_{language}": value for language, value in recall_by_language(development, scorer=scorer).items()}
    figures |= {f"blind_{name}": value for name, value in shares(blind, scorer=scorer).items()}
    figures |= {f"blind_{name}_id_en": value for name, value in shares(of_first_languages(blind), scorer=scorer).items()}
    figures |= {f"blind_recall_{language}": value for language, value in recall_by_language(blind, scorer=scorer).items()}
    flagged = flagged_pages(eval_dir)
    for page in flagged:
        print(f"disclosure: an ordinary page says something about AI, look at it: {page}", file=sys.stderr)
    return figures | {"ordinary_pages_flagged": len(flagged)}


def scorer_of(eval_dir: Path) -> ModuleType:
    """The scorer that lies beside the development set."""
    spec = importlib.util.spec_from_file_location("score_disclosure", eval_dir / "eval/score_disclosure.py")
    if spec is None or spec.loader is None:
        message = f"there is no score_disclosure.py in {eval_dir}/eval"
        raise FileNotFoundError(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scored_rows(cases: Sequence[Case], *, scorer: ModuleType) -> list[Row]:
    """Each passage with the record that was made of it; an empty one for a passage that could not be read."""
    # Passages of the blind set leave out what no scorer needs of them.
    complete = [{"ambiguous": False, "label_also_ok": [], "activities_also_ok": [], **case} for case in cases]
    records = {row["native_id"]: row["ai_disclosure"] for row in enriched(scorer.raw_article(case) for case in complete)}
    return [(case, records.get(case["id"]) or {}) for case in complete]


def enriched(articles: Iterable[Case]) -> list[dict[str, Any]]:
    """What `kabar enrich` makes of raw articles."""
    with tempfile.TemporaryDirectory(prefix="kabar-eval-") as folder:
        source = Path(folder) / "articles.ndjson"
        source.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
        out = io.BytesIO()
        run_offline([source], form="ndjson", url=None, out=out, err=sys.stderr, now=lambda: NOW)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def of_first_languages(rows: Sequence[Row]) -> list[Row]:
    """The rows in Indonesian and English."""
    return [row for row in rows if row[0]["lang"] in FIRST_LANGUAGES]


def shares(rows: Sequence[Row], *, scorer: ModuleType) -> dict[str, float]:
    """Precision and recall of `disclosed` and `denied`, negatives flagged, evidence, activities: shares from 0 to 1."""
    guesses = [(case, record, scorer.guess_of(record)) for case, record in rows]

    def is_right(case: Case, guess: str) -> bool:
        return guess == case["label"] or guess in (case["label_also_ok"] or ())

    figures: dict[str, float] = {}
    for label, prefix in (("disclosed", ""), ("denied", "denials_")):
        figures[f"{prefix}precision"] = share(is_right(case, guess) for case, _, guess in guesses if guess == label)
        figures[f"{prefix}recall"] = share(is_right(case, guess) for case, _, guess in guesses if case["label"] == label)
    figures["denials_called_disclosed"] = share(guess == "disclosed" for case, _, guess in guesses if case["label"] == "denied")
    figures["negatives_flagged"] = share(not is_right(case, guess) for case, _, guess in guesses if case["label"] == "none")
    hits = [(case, record) for case, record, guess in guesses if case["label"] == guess == "disclosed"]
    spans = [scorer.spans(*hit) for hit in hits]
    figures["evidence_exact"] = share(exact for exact, _ in spans)
    figures["evidence_on_span"] = share(overlaps for _, overlaps in spans)
    figures["activities"] = share(scorer.activities_right(*hit) for hit in hits)
    return figures


def recall_by_language(rows: Sequence[Row], *, scorer: ModuleType) -> dict[str, float]:
    """For each language the share of its disclosing passages that are found."""
    disclosing = [(case, record) for case, record in rows if case["label"] == "disclosed"]
    languages = dict.fromkeys(case["lang"] for case, _ in disclosing)
    return {
        language: share(scorer.guess_of(record) == "disclosed" for case, record in disclosing if case["lang"] == language)
        for language in sorted(languages)
    }


def share(answers: Iterable[bool]) -> float:
    """The share of them that is true; of none, 1."""
    known = list(answers)
    return sum(known) / len(known) if known else 1.0


def flagged_pages(eval_dir: Path) -> list[str]:
    """The real pages, none of which was chosen for AI, whose record says that they disclose or deny its use, with its words."""
    folder = eval_dir / "data/news-pages"
    golds = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]
    pages = [
        {
            "source": "eval.example",
            "native_id": gold["id"],
            "url": gold["url"],
            "html": gzip.decompress((folder / gold["html"]).read_bytes()).decode("utf-8", "replace"),
        }
        for gold in golds
    ]
    said = {row["native_id"]: row["ai_disclosure"] for row in enriched(pages)}
    return [
        f"{name} {record['summary']['status']}: {record['assertions'][0]['evidence'][0]['exact'][:200]!r}"
        for name, record in said.items()
        if record["summary"]["status"] != "none_found"
    ]
