"""Content credentials (C2PA) that come with an article: where there is a manifest, and what the actions in it declare.

Signatures are not validated: what is read here is what anyone may have written. A manifest by itself says nothing about AI.
"""

import base64
import binascii
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import cbor2
from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion
from selectolax.lexbor import LexborHTMLParser

from kabar_enrich.disclosure.declared import SOURCE_TYPES, Declaration, hidden_assertion, source_type_code
from kabar_enrich.markup.tree import data_elements

VOCABULARY: Final = "c2pa"
LONGEST_MANIFEST: Final = 1_000_000
"""Bytes of a manifest that are read."""
MANIFESTS: Final = 5
BOXES: Final = 500
DEPTH: Final = 8
ACTIONS: Final = 100

_PRESENT: Final = Declaration("unspecified")
_HEADER: Final = 8
_LONG_HEADER: Final = 16
_TEXT_MAGIC: Final = b"C2PATXT\x00"
_TEXT_HEADER: Final = len(_TEXT_MAGIC) + 1 + 4
_MARK: Final = "\ufeff"
_FIRST_SELECTORS: Final = 0xFE00
_MORE_SELECTORS: Final = 0xE0100
_FIRST_COUNT: Final = 16


def read_manifests(tree: LexborHTMLParser) -> Iterator[Assertion]:
    """The manifests that a page links to or carries inline: `link rel=c2pa-manifest` and `script type=application/c2pa`."""
    found = data_elements(tree)
    links = (
        element.attributes
        for element in found
        if element.tag == "link" and "c2pa-manifest" in (element.attributes.get("rel") or "").lower().split()
    )
    for attributes in islice(links, MANIFESTS):
        if href := (attributes.get("href") or "").strip():
            yield _present(href, place="link rel=c2pa-manifest")
    for node in islice((element.node for element in found if element.is_script_of("application/c2pa")), MANIFESTS):
        content = "".join((node.text() or "").split())
        if content:
            yield from _read_manifest(_decoded(content), shown=content, place="script type=application/c2pa", about="unspecified")


def read_text_wrapper(text: str) -> Iterator[Assertion]:
    """The manifests that are hidden in a text as variation selectors. The text is as received: cleaning destroys them."""
    at, found = text.find(_MARK), 0
    while at >= 0 and found < MANIFESTS:
        hidden, end = _hidden_bytes(text, start=at + 1)
        if hidden.startswith(_TEXT_MAGIC):
            found += 1
            manifest = hidden[_TEXT_HEADER:]
            yield from _read_manifest(manifest, shown=_TEXT_MAGIC[:-1].decode(), place="text wrapper", about="article_text")
        at = text.find(_MARK, end)


def _read_manifest(manifest: bytes, *, shown: str, place: str, about: vocabulary.Object) -> Iterator[Assertion]:
    yield _present(shown, place=place)
    declared = dict.fromkeys(value for value in _source_types(manifest) if source_type_code(value) in SOURCE_TYPES)
    for value in declared:
        code = source_type_code(value) or ""
        assertion = hidden_assertion(
            SOURCE_TYPES[code],
            raw_value=value,
            name=f"digitalSourceType in {place}, signature not validated",
            channel="c2pa",
            about=about,
            scheme=VOCABULARY,
            method=f"c2pa.{code}",
        )
        yield assertion.model_copy(update={"trust": "signed_untrusted", "asserted_by": "unknown", "scope_level": "article"})


def _present(value: str, *, place: str) -> Assertion:
    """That there is a manifest. It does not count: cameras and editors sign what no AI has touched."""
    assertion = hidden_assertion(
        _PRESENT,
        raw_value=value,
        name=f"{place}: present, signature not validated",
        channel="c2pa",
        about="unspecified",
        scheme=VOCABULARY,
        method="c2pa.present",
    )
    return assertion.model_copy(update={"trust": "signed_untrusted", "asserted_by": "unknown"})


def _decoded(content: str) -> bytes:
    encoded = content[: LONGEST_MANIFEST * 4 // 3].encode("ascii", "ignore")
    try:
        return base64.b64decode(encoded + b"=" * (-len(encoded) % 4))
    except binascii.Error:
        return b""


def _hidden_bytes(text: str, *, start: int) -> tuple[bytes, int]:
    """The bytes that a run of variation selectors stands for, and where the run ends."""
    hidden = bytearray()
    at = start
    while at < len(text) and len(hidden) < LONGEST_MANIFEST:
        value = _byte_of(ord(text[at]))
        if value is None:
            break
        hidden.append(value)
        at += 1
    return bytes(hidden), max(at, start)


def _byte_of(code_point: int) -> int | None:
    if _FIRST_SELECTORS <= code_point < _FIRST_SELECTORS + _FIRST_COUNT:
        return code_point - _FIRST_SELECTORS
    number = code_point - _MORE_SELECTORS + _FIRST_COUNT
    return number if _FIRST_COUNT <= number <= 0xFF else None  # noqa: PLR2004 - the last byte


def _source_types(manifest: bytes) -> Iterator[str]:
    """The digital source types of all actions in the JUMBF boxes of a manifest store."""
    for content in _cbor_boxes(manifest):
        try:
            decoded: Any = cbor2.loads(content)
        except (cbor2.CBORDecodeError, ValueError, TypeError, RecursionError, MemoryError, OverflowError):
            continue
        actions = decoded.get("actions") if isinstance(decoded, dict) else None
        for action in actions[:ACTIONS] if isinstance(actions, list) else ():
            value = action.get("digitalSourceType") if isinstance(action, dict) else None
            if isinstance(value, str) and value:
                yield value


def _cbor_boxes(manifest: bytes) -> Iterator[bytes]:
    """The contents of the CBOR boxes (ISO/IEC 19566-5), in order; boxes nested deeper than `DEPTH` are left out."""
    waiting, seen = [(0, len(manifest), 0)], 0
    while waiting and seen < BOXES:
        start, end, depth = waiting.pop()
        if end - start < _HEADER:
            continue
        seen += 1
        length, kind = int.from_bytes(manifest[start : start + 4]), manifest[start + 4 : start + _HEADER]
        header = _HEADER
        if length == 1:
            length, header = int.from_bytes(manifest[start + _HEADER : start + _LONG_HEADER]), _LONG_HEADER
        box_end = end if length == 0 else min(end, start + length)
        if box_end <= start + header:
            continue
        waiting.append((box_end, end, depth))
        if kind == b"cbor":
            yield manifest[start + header : box_end]
        elif kind == b"jumb" and depth < DEPTH:
            waiting.append((start + header, box_end, depth + 1))
