"""Headings: short lines that name what follows."""

import re
from typing import Final

_STOPS: Final = re.compile(r"[.,;:!…]$")
_SPEECH: Final = re.compile(r",[\"\u201d\u00bb]")
_LETTER: Final = re.compile(r"[^\W\d_]")

HEADING_CHARACTERS: Final = 120
HEADING_WORDS: Final = 16


def looks_like_heading(text: str) -> bool:
    """Whether `text` could be a cross-head or a headline by its looks: short, opens with a capital, no full stop."""
    if len(text) > HEADING_CHARACTERS or len(text.split()) > HEADING_WORDS or _STOPS.search(text) or _SPEECH.search(text):
        return False
    first = _LETTER.search(text)
    return first is not None and (first[0].isupper() or not first[0].islower())
