"""The enricher that records what an article says about AI."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.disclosure.record import disclosure_of
from kabar_contracts.identity import sha256_hex

from kabar_enrich.disclosure.declared import read_producer_fields
from kabar_enrich.disclosure.engine import read_text
from kabar_enrich.disclosure.layout import layout_of
from kabar_enrich.disclosure.markup import read_markup
from kabar_enrich.disclosure.rulebook import rule_files
from kabar_enrich.draft import UNDETERMINED, Draft

ENGINE_VERSION: Final = 2
"""Grows when the engine reads the same rules differently."""
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
    channels = dict(_channels(draft))
    assertions = [assertion for found in channels.values() for assertion in found]
    numbered = [assertion.model_copy(update={"id": f"a{number}"}) for number, assertion in enumerate(assertions, start=1)]
    version = detector_version()
    disclosure = disclosure_of(
        numbered,
        channels_assessed=channels,
        detector_version=version,
        assessed_at=draft.now,
        text_sha256=sha256_hex(draft.source_text.encode("utf-8")),
    )
    return replace(draft, ai_disclosure=disclosure, rules={**draft.rules, RULE_SET: version})


def _channels(draft: Draft) -> Iterator[tuple[vocabulary.Channel, tuple[Assertion, ...]]]:
    """Every channel that could be looked at, with what it says."""
    if draft.source_text.strip():
        language = None if draft.language == UNDETERMINED else draft.language
        yield "body_text", read_text(draft.source_text, layout=layout_of(draft), language=language)
    if draft.html is not None:
        yield from read_markup(draft.html).items()
    if draft.raw.producer_disclosure:
        yield "producer_field", read_producer_fields(draft.raw.producer_disclosure)
