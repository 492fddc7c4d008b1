"""Leaves code and style sheets out of a page before it is decoded and parsed: they are half of its bytes, and nobody reads them."""

import re
from typing import Final

SHORTEST: Final = 200
"""Bytes of code in one place that are worth leaving out."""

_READ_TYPES: Final = re.compile(rb"ld\+json|c2pa|&", re.IGNORECASE)
"""What the tag of a script has in it whose content is data for machines that are asked; a reference may stand for anything."""
_ATTRIBUTE: Final = rb"""\s++[\w:.@-]++(?:\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=`]++))?"""
_OPENING: Final = re.compile(rb"<(script|style)((?:" + _ATTRIBUTE + rb")*+)\s*+>", re.IGNORECASE)
_NEXT: Final = re.compile(rb"<(/?)(script|style)(?=[\s/>])", re.IGNORECASE)


def without_unread(html: bytes) -> bytes:
    """`html`, in an encoding in which ASCII is itself, with empty elements for scripts and style sheets but JSON-LD and C2PA manifests.

    Left as it is where a tag is not written plainly, where the next of these tags is not its end, and in comments: in these,
    in attributes and in code, what looks like a tag may be none.
    """
    kept: list[bytes] = []
    copied = at = 0
    in_comment = False
    while (opening := _OPENING.search(html, at)) is not None:
        in_comment = _is_open(html, at, opening.start(), before=in_comment)
        at = opening.end()
        following = _NEXT.search(html, at)
        if in_comment or following is None or not following[1] or following[2].lower() != opening[1].lower():
            continue
        if following.start() - at >= SHORTEST and _READ_TYPES.search(opening[2]) is None:
            kept.append(html[copied:at])
            copied = following.start()
        at = following.end()
    return b"".join([*kept, html[copied:]]) if kept else html


def _is_open(html: bytes, start: int, end: int, *, before: bool) -> bool:
    """Whether a comment is open at `end`, given whether one was at `start`. Where in doubt one is."""
    last = html.rfind(b"<!--", start, end)
    if last < 0 and not before:
        return False
    # «<!-->» is a whole comment.
    return html.find(b"-->", max(start, last + 2), end) < 0
