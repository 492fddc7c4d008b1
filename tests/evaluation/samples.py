"""Sample articles of our own words in the shape of news sites, with what each must become.

`samples/NAME.html` or `NAME.txt` is pushed as it is; `NAME.json` says what is expected, written before the code was looked at.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kabar_contracts.enriched import EnrichedArticle

FOLDER: Final = Path(__file__).with_name("samples")
KABAR: Final = Path(sys.executable).with_name("kabar")


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
    """The article of `sample`, as `kabar enrich` makes it."""
    form = "html" if sample.file.suffix == ".html" else "text"
    command = [KABAR, "enrich", "--format", form, "--url", sample.expected["url"], sample.file]
    done = subprocess.run(command, text=True, capture_output=True, check=True)
    return EnrichedArticle.model_validate_json(done.stdout)
