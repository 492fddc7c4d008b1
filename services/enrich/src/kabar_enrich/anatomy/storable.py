"""Text that any store can keep: as received, but for the few code points that JSON, UTF-8 or Lucene refuse."""

import re
from typing import Final

REPLACEMENT: Final = "\ufffd"
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_SPACES: Final = re.compile(r"\s+")


def storable(text: str) -> str:
    """`text` with U+FFFD for each NUL and each lone surrogate: the same length, so offsets stay true."""
    if not text.isascii():
        try:
            # Far faster than a search, and nearly every text passes.
            text.encode()
        except UnicodeEncodeError:
            return _UNSTORABLE.sub(REPLACEMENT, text)
    return text.replace("\x00", REPLACEMENT)


def without_controls(text: str) -> str:
    """`text` with a space for each run of control characters other than tab and line ends."""
    return _CONTROLS.sub(" ", text)


def one_line(text: str) -> str:
    """`text` on one line, with single spaces and no control characters."""
    return _SPACES.sub(" ", without_controls(text)).strip()
