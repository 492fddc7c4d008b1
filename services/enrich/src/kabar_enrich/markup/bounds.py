"""Keeps a hostile page from costing minutes: the parser's work grows with the square of nesting and of attributes.

Measured with lexbor: 100,000 nested `<div>` take 25 s, 60,000 attributes in one tag 6 s; within these bounds 8 MB of
the worst kind stay in single seconds, and ordinary pages are not touched.
"""

import re
from collections.abc import Iterator
from typing import Final

DEEPEST: Final = 512
"""Levels of nesting that are kept; browsers stop here too."""
ATTRIBUTES: Final = 200
"""Attributes of one tag that are kept."""

_SUSPECT_TAGS: Final = 10_000
"""A page with fewer tags than this cannot be slow for its nesting."""
_SUSPECT_VALUES: Final = 10_000
"""A page with fewer equals signs than this cannot be slow for attributes with a `>` inside their quotes."""
_SUSPECT_BYTES: Final = 5_000
"""A page without so many bytes in a row that hold no `>` cannot be slow for attributes either."""
_LONG_TAG_BYTES: Final = 600
_LONG_TAG: Final = re.compile(rb"<[A-Za-z][^>]{600,}")
_VALUE: Final = rb"""\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?"""
_ATTRIBUTE: Final = re.compile(rb"[\s/]*+=?[^\s/>=]++(?:" + _VALUE + rb")?")
# Linear for any input: nothing in it can fail after it has begun to match.
_ANY_TAG: Final = re.compile(
    rb"<(?:!--.*?(?:--!?>|\Z)|(?:script|style)\b.*?(?:</(?:script|style)|\Z)"
    rb"|[A-Za-z][^\s/>]*+(?P<attributes>(?:[\s/]++|=?[^\s/>=]++(?:" + _VALUE + rb")?|=)*+)>?)",
    re.IGNORECASE | re.DOTALL,
)
_TAG: Final = re.compile(rb"<(/?)([A-Za-z][A-Za-z0-9-]*)[^>]*>")
# Elements without content, and those that the next of their kind closes: they do not nest by being repeated.
_FLAT_WORDS: Final = """
    area base br col embed hr img input link meta param source track wbr p li dd dt option optgroup tr td th thead tbody
    tfoot colgroup caption html head body
"""
_FLAT: Final = frozenset(_FLAT_WORDS.encode().split())


def bounded(html: bytes) -> bytes:
    """`html` in UTF-8 without the attributes after the 200th of a tag and without tags nested deeper than 512; else as it is."""
    import numpy as np  # noqa: PLC0415  # ten megabytes, for those who read pages alone

    codes = np.frombuffer(html, dtype=np.uint8)
    # `bytes.count` stops at each, which takes thrice as long where there are thousands.
    tags, values = (np.count_nonzero(codes == ord(sign)) for sign in ">=")
    html = _ANY_TAG.sub(_with_few_attributes, html) if values > _SUSPECT_VALUES else _with_shorter_tags(html)
    return _flattened(html) if tags >= _SUSPECT_TAGS else html


def _with_shorter_tags(html: bytes) -> bytes:
    kept: list[bytes] = []
    copied = 0
    for start, end in _long_pieces(html):
        shorter = _LONG_TAG.sub(_with_few_attributes, html[start:end])
        if len(shorter) < end - start:
            kept += html[copied:start], shorter
            copied = end
    return b"".join([*kept, html[copied:]]) if kept else html


def _long_pieces(html: bytes) -> Iterator[tuple[int, int]]:
    """From where to where more than `_SUSPECT_BYTES` in a row hold no `>`."""
    start = 0
    while len(html) - start > _SUSPECT_BYTES:
        end = html.rfind(b">", start, start + _SUSPECT_BYTES + 1)
        if end < 0:
            end = html.find(b">", start + _SUSPECT_BYTES + 1)
            end = len(html) if end < 0 else end
            yield start, end
        start = end + 1


def _with_few_attributes(match: re.Match[bytes]) -> bytes:
    tag = match[0]
    if len(tag) <= _LONG_TAG_BYTES or tag.startswith(b"<!") or tag[:7].lower() in (b"<script", b"<style"):
        return tag
    for count, attribute in enumerate(_ATTRIBUTE.finditer(tag)):
        if count > ATTRIBUTES:
            return tag[: attribute.start()] + (b">" if tag.endswith(b">") else b"")
    return tag


def _flattened(html: bytes) -> bytes:
    depth = 0
    kept: list[bytes] = []
    copied = 0
    for match in _TAG.finditer(html):
        closing, name = match.groups()
        if name.lower() in _FLAT:
            continue
        if closing:
            too_deep = depth > DEEPEST
            depth = max(0, depth - 1)
        else:
            depth += 1
            too_deep = depth > DEEPEST
        if too_deep:
            kept.append(html[copied : match.start()])
            copied = match.end()
    if not kept:
        return html
    kept.append(html[copied:])
    return b" ".join(kept)
