"""Whatever an article, its page, its headers or its producer hold: a record comes of it, within a second, that its own validator takes."""

import base64
import time
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kabar_contracts.disclosure.record import AiDisclosure
from kabar_contracts.identity import sha256_hex
from kabar_contracts.raw import ContentForm, ProducerDisclosure, RawArticle
from kabar_enrich.disclosure.declared import AI_CONTENT_VALUES, SOURCE_TYPES, W3C_VALUES
from kabar_enrich.disclosure.engine import matched
from kabar_enrich.disclosure.enricher import assess_disclosure
from kabar_enrich.disclosure.header import HEADER, MODES
from kabar_enrich.disclosure.rulebook import languages, read_rulebook
from kabar_enrich.draft import UNDETERMINED, Draft
from rounds import repeat

NOW: Final = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LONGEST_S: Final = 1.0
SHARE: Final = 1 / 10
"""Of the time of all, for each of five properties: pages have the other half."""
EXAMPLES: Final = 100
# A busy machine is no failure: the time of each example is measured in CPU seconds below.
steady = settings(
    deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], print_blob=True
)

STATEMENTS: Final = sorted(
    {text for language in languages() for rule in read_rulebook(language).rules for text in (*rule.positive, *rule.negative)}
)
anything = st.text(st.characters(codec="utf-8"), max_size=80)
SPACES: Final = ["\n", "\n\n", " ", "\u00a0", "\u2028", "\r\n", "\t"]
MARKS: Final = ['"', "\u201c", "\u201d", "\u201e", "«", "»", "「", "」", ".", "。", ":", "(", ")", "|", "{", "}", "…", "?"]
ODD: Final = ["\ufeff", "\u200b", "\ufe0f", "\U000e0100", "\u0301", "İ", "ß", "\ufb01", "\x00"]
signs = st.sampled_from([*SPACES, *MARKS, *ODD, "AI", "A.I.", "ChatGPT", "DeepL"])
pieces = st.sampled_from(STATEMENTS) | signs | anything
texts = st.lists(pieces, max_size=12).map("".join)
cut = st.tuples(st.sampled_from(STATEMENTS), st.integers(0, 60), st.integers(0, 60)).map(lambda of: of[0][of[1] : len(of[0]) - of[2]])
repeated = st.tuples(pieces | cut, st.integers(1, 400)).map(lambda of: of[0] * of[1])
languages_told = st.sampled_from([UNDETERMINED, "xx", "zh-Hans", *languages()])

names = st.sampled_from(["digitalSourceType", "ai-disclosure", "ai_generated", "ai-generated", "AI-Disclosure", "@type", "@id", "@graph"])
IPTC: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
SCHEMA_ORG: Final = ["NewsArticle", "ImageObject", "https://schema.org/Article", "TrainedAlgorithmicMediaDigitalSource"]
values = st.sampled_from([*SOURCE_TYPES, *W3C_VALUES, *AI_CONTENT_VALUES, *MODES, *SCHEMA_ORG, IPTC, "ai_summarized; icon=1"])
words = names | values | anything
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | anything, inner, max_size=4),
    max_leaves=20,
)


def draft_of(text: str, *, html: str | None = None, headers: dict[str, str] | None = None, language: str = "en", **known: Any) -> Draft:
    raw = RawArticle(
        article_id="0" * 32,
        revision=1,
        content_form=ContentForm.PAGE_DUMP if html is None else ContentForm.HTML,
        source="kabar.example",
        received_at=NOW,
        page_headers=headers or {},
        **known,
    )
    return Draft(raw=raw, html=html, source_text=text, now=NOW, language=language)


def assessed(draft: Draft) -> AiDisclosure:
    """The record, after it stood every check that the pipeline and its readers make."""
    record, taken = timed(draft)
    if taken >= LONGEST_S:
        # Rules that no text needed lately are made ready first, which takes up to a second and is no part of an article's time.
        matched.cache_clear()
        record, taken = timed(draft)

    assert taken < LONGEST_S, f"{taken:.2f} s"
    record.check_against(draft.source_text, text_sha256=sha256_hex(draft.source_text.encode()))
    assert AiDisclosure.model_validate_json(record.model_dump_json()) == record
    return record


def timed(draft: Draft) -> tuple[AiDisclosure, float]:
    """The record, and the CPU seconds that it took."""
    began = time.process_time()
    record = assess_disclosure(draft).ai_disclosure
    assert record is not None
    return record, time.process_time() - began


def test_any_text_makes_a_record() -> None:
    @steady
    @given(texts | repeated, languages_told)
    def holds(text: str, language: str) -> None:
        assessed(draft_of(text, language=language))

    # The rules of all languages are compiled when the first text comes; that is no part of an article's time.
    assess_disclosure(draft_of("\n".join(STATEMENTS), language=UNDETERMINED))
    repeat(holds, share=SHARE)


def test_any_header_makes_a_record() -> None:
    members = st.tuples(
        st.sampled_from(["mode", "model", "provider", "reviewed-by", "date", "x"]),
        values | st.from_regex(r'"[ -!#-\[\]-~]*"|:[A-Za-z0-9+/=]*:|@-?[0-9]{1,15}|\([a-z "]*\)|%"[a-f0-9%]*"|\?[01]', fullmatch=True),
    ).map("=".join)
    headers = (
        st.lists(members, max_size=6).flatmap(lambda of: st.sampled_from([", ", "; ", ",", ";"]).map(lambda by: by.join(of))) | anything
    )

    @steady
    @given(headers)
    def holds(header: str) -> None:
        assessed(draft_of("Text.", headers={HEADER: header}))

    repeat(holds, share=SHARE)


def test_any_json_ld_makes_a_record() -> None:
    scripts = json_values.map(lambda value: orjson.dumps(value).decode()) | anything | st.integers(1, 5_000).map(lambda deep: "[" * deep)

    @steady
    @given(st.lists(scripts, max_size=3))
    def holds(scripts: list[str]) -> None:
        blocks = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
        assessed(draft_of("Text.", html=f"<html><head>{blocks}</head><body>Text."))

    repeat(holds, share=SHARE)


def test_any_markup_makes_a_record() -> None:
    metas = st.builds("<meta name='{}' content='{}'>".format, words, words)
    attributes = st.builds("<{} ai-disclosure='{}'>".format, st.sampled_from(["article", "img", "p", "video", "html"]), words)
    manifests = st.binary(max_size=120).map(
        lambda content: f"<script type='application/c2pa'>{base64.b64encode(content).decode()}</script>"
    )
    links = st.builds("<link rel='{}' href='{}'>".format, st.sampled_from(["c2pa-manifest", "x c2pa-manifest"]), anything)
    policies = st.builds("<a href='{}'>{}</a>".format, anything, st.sampled_from(["AI policy", "Kebijakan AI", "How we use AI"]) | anything)

    @steady
    @given(st.lists(metas | attributes | manifests | links | policies | anything, max_size=12), texts)
    def holds(markup: list[str], text: str) -> None:
        assessed(draft_of(text, html="".join(markup)))

    repeat(holds, share=SHARE)


def test_any_field_of_a_producer_makes_a_record() -> None:
    fields = st.builds(ProducerDisclosure, name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20) | names, value=json_values)
    # What a text can hide: a manifest, or what looks like one, in variation selectors.
    hidden = st.binary(max_size=80).map(
        lambda content: "\ufeff" + "".join(chr(0xFE00 + b if b < 16 else 0xE0100 + b - 16) for b in b"C2PATXT\x00" + content)
    )

    @steady
    @given(st.lists(fields, max_size=4), hidden | texts)
    def holds(declared: list[ProducerDisclosure], text: str) -> None:
        assessed(draft_of(text, producer_disclosure=tuple(declared)))

    repeat(holds, share=SHARE)
