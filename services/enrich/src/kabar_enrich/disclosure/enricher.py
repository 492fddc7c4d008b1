"""The enricher that records what an article says about AI."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Final

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.disclosure.record import disclosure_of
from kabar_contracts.identity import sha256_hex
from selectolax.lexbor import LexborHTMLParser

from kabar_enrich.disclosure.c2pa import read_manifests, read_text_wrapper
from kabar_enrich.disclosure.declared import read_producer_fields
from kabar_enrich.disclosure.engine import read_text
from kabar_enrich.disclosure.header import read_header
from kabar_enrich.disclosure.layout import layout_of
from kabar_enrich.disclosure.markup import read_tree
from kabar_enrich.disclosure.policies import policies_of
from kabar_enrich.disclosure.rulebook import rule_files
from kabar_enrich.draft import Draft
from kabar_enrich.markup.page import read_page
from kabar_enrich.markup.tree import tree_of

ENGINE_VERSION: Final = 4
"""Grows when the engine reads the same rules differently."""
ASSERTIONS: Final = 200
"""Of all channels of one article; the first ones stay."""
HEADINGS: Final = 3
"""Main headings of a page that are looked for in its text."""
RULE_SET: Final = "disclosure"


@cache
def detector_version() -> str:
    """Version of engine and rules: `<engine>.<first eight hex digits of the SHA-256 of the files of rules>`."""
    digest = hashlib.sha256()
    for name, content in sorted(rule_files().items()):
        digest.update(f"{name}:{len(content)}:".encode())
        digest.update(content)
    return f"{ENGINE_VERSION}.{digest.hexdigest()[:8]}"


def assess_disclosure(draft: Draft) -> Draft:
    """The draft with its disclosure record. Run it after title, blocks, captions and language are known.

    `channels_assessed` names the channels that were there to be looked at: the text always (unless there is none), a
    page's markup when the article came as HTML, the producer's own fields when it sent some.
    """
    tree = None if draft.html is None else tree_of(draft.html)
    channels = dict(_channels(draft, tree=tree))
    assertions = [assertion for found in channels.values() for assertion in found][:ASSERTIONS]
    numbered = [assertion.model_copy(update={"id": f"a{number}"}) for number, assertion in enumerate(assertions, start=1)]
    version = detector_version()
    disclosure = disclosure_of(
        numbered,
        channels_assessed=channels,
        detector_version=version,
        assessed_at=draft.now,
        text_sha256=sha256_hex(draft.source_text.encode("utf-8")),
        policy_refs=() if draft.html is None else policies_of(draft.html, page_url=draft.raw.url),
    )
    return replace(draft, ai_disclosure=disclosure, rules={**draft.rules, RULE_SET: version})


def _channels(draft: Draft, *, tree: LexborHTMLParser | None) -> Iterator[tuple[vocabulary.Channel, tuple[Assertion, ...]]]:
    """Every channel that could be looked at, with what it says."""
    if draft.source_text.strip():
        layout = layout_of(draft, headings=headings_of(draft.html))
        yield "body_text", read_text(draft.source_text, layout=layout, language=draft.language)
    if tree is not None:
        yield from read_tree(tree).items()
    if draft.raw.page_headers:
        yield "http_header", read_header(draft.raw.page_headers)
    credentials = [*(() if tree is None else read_manifests(tree)), *read_text_wrapper(draft.source_text)]
    # In a text alone nobody expects a manifest: that none was found there is no news.
    if tree is not None or credentials:
        yield "c2pa", tuple(dict.fromkeys(credentials))
    if draft.raw.producer_disclosure:
        yield "producer_field", read_producer_fields(draft.raw.producer_disclosure)


def headings_of(html: str | None) -> list[str]:
    """What a page calls itself where people read it."""
    segments = () if html is None else read_page(html).segments
    return list(islice((segment.text for segment in segments if segment.tag == "h1"), HEADINGS))
