"""Sample articles of our own words in the shape of news sites, with what each must become.

`samples/NAME.html` or `NAME.txt` is pushed as it is; `NAME.json` says what is expected, written before the code was looked at.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

from kabar_contracts.enriched import EnrichedArticle
from kabar_enrich.offline import run_offline

FOLDER: Final = Path(__file__).with_name("samples")
NOW: Final = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
"""All samples are as if received then: later than each was published."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A page or a dump of a page, and the fields of the article that it holds."""

    name: str
    file: Path
    expected: Mapping[str, Any]


def samples() -> list[Sample]:
    """All samples, by name."""
    files = sorted(file for file in FOLDER.iterdir() if file.suffix in {".html", ".txt"})
    return [Sample(file.stem, file, json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))) for file in files]


def enriched(sample: Sample) -> EnrichedArticle:
    """The article of `sample`, as `kabar enrich` makes it. Raises ValueError with what the command would have said."""
    form = "html" if sample.file.suffix == ".html" else "text"
    out, err = BytesIO(), StringIO()
    if run_offline([sample.file], form=form, url=sample.expected["url"], out=out, err=err, now=lambda: NOW):
        raise ValueError(err.getvalue())
    return EnrichedArticle.model_validate_json(out.getvalue())
