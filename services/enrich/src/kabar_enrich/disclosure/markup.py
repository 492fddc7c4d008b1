"""What the markup of a page declares about AI: JSON-LD, `meta` elements and the `ai-disclosure` attribute."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import orjson
from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion
from selectolax.lexbor import LexborHTMLParser

from kabar_enrich.disclosure.declared import ai_content_assertion, ai_disclosure_assertion, source_type_assertion
from kabar_enrich.markup.json_ld import MEDIA_TYPE
from kabar_enrich.markup.tree import DataElement, data_elements

SCRIPTS: Final = 50
"""JSON-LD scripts of a page that are read."""
NODES: Final = 5_000
"""Objects and lists of one script that are looked into."""
ELEMENTS: Final = 100
"""Elements with an `ai-disclosure` attribute that are read."""
METAS: Final = 500
"""`meta` elements of a page that are looked at."""

_UNDEFINED_METAS: Final = frozenset({"ai-generated", "ai_generated", "ai-content", "ai-content-declaration", "ai-generated-content"})
_ARTICLES: Final = frozenset(
    {
        "Article",
        "NewsArticle",
        "BlogPosting",
        "LiveBlogPosting",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "ReviewNewsArticle",
        "BackgroundNewsArticle",
        "AskPublicNewsArticle",
        "Report",
        "WebPage",
        "CreativeWork",
    }
)
_OBJECTS: Final[dict[str, vocabulary.Object]] = {
    "ImageObject": "image",
    "Photograph": "image",
    "VideoObject": "video",
    "AudioObject": "audio",
}


def read_tree(tree: LexborHTMLParser) -> dict[vocabulary.Channel, tuple[Assertion, ...]]:
    """The channels of a page's markup that were looked at, with what each says."""
    found = data_elements(tree)
    scripts = (element.node.text() or "" for element in found if element.is_script_of(MEDIA_TYPE))
    return {
        "html_meta": tuple(_metas([element for element in found if element.tag == "meta"][:METAS])),
        "html_attr": tuple(_attributes([element for element in found if "ai-disclosure" in element.attributes][:ELEMENTS])),
        "json_ld": tuple(dict.fromkeys(assertion for script in islice(scripts, SCRIPTS) for assertion in _json_ld(script))),
    }


def _metas(metas: Iterable[DataElement]) -> Iterator[Assertion]:
    """What standard and other names of `<meta>` say, those of the standard first."""
    named = [(name.strip(), meta.attributes.get("content") or "") for meta in metas if (name := meta.attributes.get("name"))]
    for name, content in named:
        if name.lower() == "ai-disclosure":
            assertion = ai_disclosure_assertion(content, name="ai-disclosure", channel="html_meta", about="article_text")
            if assertion is not None:
                yield assertion
    for name, content in named:
        if name.lower() in _UNDEFINED_METAS:
            assertion = ai_content_assertion(content, name=name)
            if assertion is not None:
                yield assertion


def _attributes(elements: Iterable[DataElement]) -> Iterator[Assertion]:
    for element in elements:
        value = element.attributes.get("ai-disclosure") or ""
        about = _about(element.tag or "")
        assertion = None if about is None else ai_disclosure_assertion(value, name="ai-disclosure", channel="html_attr", about=about)
        if assertion is not None:
            yield assertion


def _about(tag: str) -> vocabulary.Object | None:
    """What an attribute on this element speaks of; nothing where the part of the article is not known."""
    if tag in ("html", "body", "main", "article"):
        return "article_text"
    if tag in ("img", "figure", "picture"):
        return "image"
    return {"video": "video", "audio": "audio"}.get(tag)  # type: ignore[return-value]  # the literals are in the vocabulary


def _json_ld(script: str) -> Iterator[Assertion]:
    # Nearly no page declares one, and looking for the word takes a hundredth of reading the script.
    if "digitalSourceType" not in script and "\\u" not in script:
        return
    try:
        root = orjson.loads(script)
    except orjson.JSONDecodeError:
        return
    waiting, seen = [root], 0
    while waiting and seen < NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            yield from _source_types(node)
            waiting.extend(value for value in reversed(node.values()) if isinstance(value, dict | list))


def _source_types(node: dict[str, object]) -> Iterator[Assertion]:
    about = _object_of(node.get("@type"))
    declared = node.get("digitalSourceType")
    if about is None or declared is None:
        return
    for value in declared if isinstance(declared, list) else [declared]:
        term = value.get("@id") if isinstance(value, dict) else value
        if isinstance(term, str):
            assertion = source_type_assertion(term, raw_value=term, name="digitalSourceType", channel="json_ld", about=about)
            if assertion is not None:
                yield assertion


def _object_of(types: object) -> vocabulary.Object | None:
    names = [str(name).rsplit("/", 1)[-1] for name in (types if isinstance(types, list) else [types])]
    for name in names:
        if name in _OBJECTS:
            return _OBJECTS[name]
    return "article_text" if _ARTICLES.intersection(names) else None
