"""A page's text out of its bytes. The bytes are believed before what stands beside them.

Order: a byte order mark; UTF-8, when the bytes are valid UTF-8 and not plain ASCII; `<meta charset>`; the charset of
the Content-Type header; detection. A named encoding that the bytes are not valid in is passed over.
"""

import codecs
import re
from typing import Final

from kabar_enrich.anatomy.storable import REPLACEMENT
from kabar_enrich.remembered import OfLastPage

_BYTE_ORDER_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META: Final = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
META_BYTES: Final = 4_096
"""How far from the beginning `<meta charset>` is looked for; the HTML standard asks for 1,024."""


def decode_page(page: bytes, *, content_type: str | None) -> str:
    """The text of `page`, storable and without byte order mark. Never raises: what no encoding explains becomes U+FFFD, and so does NUL."""
    # No decoder makes lone surrogates of bytes, so that nothing else need be looked for.
    return _decoded_page(page, content_type=content_type).replace("\x00", REPLACEMENT)


@OfLastPage
def utf8_of(html: str) -> bytes:
    """`html` in UTF-8, as the parser reads it. The last one is remembered."""
    return html.encode()


def decode_utf8(page: bytes) -> str:
    """The text of `page`, whose bytes are remembered for `utf8_of`. Raises UnicodeDecodeError when it is not UTF-8."""
    text = page.decode("utf-8")
    utf8_of.remember(text, page)
    return text


def _decoded_page(page: bytes, *, content_type: str | None) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if page.startswith(mark):
            return page[len(mark) :].decode(encoding, "replace")
    named = [name for name in (_in_meta(page), _in_header(content_type)) if name is not None]
    if not page.isascii() or not named:
        try:
            return decode_utf8(page)
        except UnicodeDecodeError:
            pass
    for name in named:
        text = _decoded(page, name)
        if text is not None:
            return text
    return _detected(page, named=named)


def _in_meta(page: bytes) -> str | None:
    match = _META.search(page[:META_BYTES])
    name = None if match is None else match[1].decode("ascii")
    # The standard: a page that could say so in ASCII is not in UTF-16.
    return None if name is None or name.lower().startswith("utf-16") else name


def _in_header(content_type: str | None) -> str | None:
    match = _HEADER.search(content_type or "")
    return None if match is None else match[1]


def _decoded(page: bytes, name: str) -> str | None:
    """`page` in this encoding as the web understands its name (latin-1 means windows-1252); None if it is not valid in it."""
    from resiliparse.parse.encoding import map_encoding_to_html5  # noqa: PLC0415  # only for pages that are not UTF-8

    encoding = map_encoding_to_html5(name, fallback_utf8=False)
    if encoding is None:
        return None
    try:
        return page.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _detected(page: bytes, *, named: list[str]) -> str:
    from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5  # noqa: PLC0415  # only for pages that are not UTF-8

    claimed = map_encoding_to_html5(named[0], fallback_utf8=False) if named else None
    detected = detect_encoding(page)
    for encoding in (detected, "utf-8" if claimed is None else claimed, "cp1252"):
        if encoding is None:
            continue
        try:
            return page.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    # A stray byte in a page that is otherwise what it claims to be.
    return page.decode(claimed or "utf-8", "replace")
