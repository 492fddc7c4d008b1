"""How many samples in the shape of news sites are read without a fault, and how many for each field.

`python tests/evaluation/score_samples.py` lists each field that differs.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from kabar_contracts.enriched import BlockKind, EnrichedArticle
from quote_matching import MarkedQuote, count_quotes, folded, words_of
from samples import Sample, enriched, samples

OPTIONAL_TIMES: Final = ("updated_at",)


def measure() -> dict[str, float]:
    """`samples_right` and, for each field, the number of samples in which it is as expected."""
    return figures_of({sample.name: faults_of(sample, enriched(sample)) for sample in samples()})


def figures_of(faults: Mapping[str, Mapping[str, str]]) -> dict[str, float]:
    """Counts of samples and of fields that have no fault."""
    fields = sorted({field for named in faults.values() for field in named})
    figures: dict[str, float] = {"samples": len(faults), "samples_right": sum(not any(named.values()) for named in faults.values())}
    return figures | {f"{field}_right": sum(not named.get(field) for named in faults.values()) for field in fields}


def faults_of(sample: Sample, article: EnrichedArticle) -> dict[str, str]:
    """Field -> what differs, empty when nothing does."""
    want = sample.expected
    got = article.model_dump(mode="json")
    body = " ".join(words_of(article.body))
    faults = {field: differs(got[field], want[field]) for field in ("section", "language")}
    faults["published_at"] = time_fault(got["published_at"], want["published_at"])
    faults |= {field: differs(got[field], want[field]) for field in OPTIONAL_TIMES if field in want}
    faults |= {field: differs(folded(got[field]), folded(want[field])) for field in ("title",)}
    for field in ("authors", "editors"):
        faults[field] = differs([folded(name) for name in got[field]], [folded(name) for name in want[field]])
    faults["dateline"] = differs(dateline_of(got["dateline"]), dateline_of(want["dateline"]))
    faults["captions"] = differs(captions_of(got["captions"]), captions_of(want["captions"]))
    faults["notes"] = differs(notes_of(got["notes"]), notes_of(want["notes"]))
    for field, kinds in (("headings", {BlockKind.HEADING}), ("paragraphs", {BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.QUOTE})):
        texts = [block.text for block in article.blocks if block.kind in kinds]
        faults[field] = differs([" ".join(words_of(text)) for text in texts], [" ".join(words_of(text)) for text in want[field]])
    faults["absent"] = ", ".join(text for text in want["absent"] if " ".join(words_of(text)) in body)
    quotes = [MarkedQuote(quote["text"], tuple(quote["speakers"])) for quote in want["quotes"]]
    faults["quotes"] = "; ".join(count_quotes(article.quotes, quotes).faults)
    return faults


def time_fault(got: str | None, want: str | list[str | None] | None) -> str:
    """A list names all times that may be read, for a page that does not say enough: a date alone, or day and month in doubt."""
    if isinstance(want, list):
        return "" if got in want else f"{got!r}, none of {want!r}"
    return differs(got, want)


def differs(got: object, want: object) -> str:
    """What was read and what should have been; empty when they are the same."""
    if got == want:
        return ""
    if isinstance(got, list) and isinstance(want, list):
        return f"too much {[one for one in got if one not in want]}, lacking {[one for one in want if one not in got]}"
    return f"{got!r}, not {want!r}"


def dateline_of(dateline: Mapping[str, Any] | None) -> dict[str, str | None] | None:
    """The parts of a dateline, folded."""
    return None if dateline is None else {part: folded(dateline[part]) for part in ("place", "source", "date")}


def captions_of(captions: list[Mapping[str, Any]]) -> list[tuple[str | None, str | None]]:
    """Text and credit of each caption, folded."""
    return [(folded(caption["text"]), folded(caption["credit"])) for caption in captions]


def notes_of(notes: list[Mapping[str, Any]]) -> list[tuple[str, str | None]]:
    """Kind and text of each note, folded."""
    return [(note["kind"], folded(note["text"])) for note in notes]


if __name__ == "__main__":
    listing = {sample.name: faults_of(sample, enriched(sample)) for sample in samples()}
    for name, named in listing.items():
        for field, fault in named.items():
            if fault:
                print(f"{name}.{field}: {fault}")
    print(json.dumps(figures_of(listing), indent=1))
