"""Golden examples of every message, for the tests of whoever reads one."""

import json
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from kabar_contracts.entry import Entry

MESSAGES: Final = ("raw-article", "enriched-article")

_IN_A_WHEEL: Final = "golden"
_IN_THE_REPOSITORY: Final = Path(__file__).resolve().parents[2] / "examples"
_JSON: Final = ".json"
_PAGE: Final = ".page.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One message as it lies in a stream."""

    name: str
    """What it shows, for example `takedown`."""
    data: bytes
    """The message as JSON in UTF-8."""
    page: bytes | None = None
    """The bytes of the page that the entry carries beside it."""

    @property
    def message(self) -> dict[str, Any]:
        """The message as plain JSON values."""
        parsed: dict[str, Any] = json.loads(self.data)
        return parsed

    def entry(self) -> Entry:
        """The entry that carries this message."""
        message = self.message
        return Entry(
            data=self.data,
            article_id=message["article_id"],
            revision=message["revision"],
            page=self.page,
            page_content_type=None if self.page is None else message["page_headers"]["content-type"],
        )


def examples(message: str) -> list[Example]:
    """The examples of one of `MESSAGES`, sorted by name. Raises ValueError for another name."""
    if message not in MESSAGES:
        problem = f"there are examples of {' and '.join(MESSAGES)}, not of {message!r}"
        raise ValueError(problem)
    contents = {file.name: file.read_bytes() for file in (_folder() / message).iterdir()}
    return [
        Example(name=name.removesuffix(_JSON), data=contents[name], page=contents.get(name.removesuffix(_JSON) + _PAGE))
        for name in sorted(contents)
        if name.endswith(_JSON)
    ]


def _folder() -> Traversable:
    packaged = files("kabar_contracts") / _IN_A_WHEEL
    return packaged if packaged.is_dir() else _IN_THE_REPOSITORY
