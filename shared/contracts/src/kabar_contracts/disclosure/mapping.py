"""What a disclosure is called in other vocabularies: a pure, versioned function of the assertions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.disclosure.summary import SWEEPING, admits_ai, denies_ai, share_an_object
from kabar_contracts.fields import Message

MAPPING_VERSION: Final = 1

IPTC_DIGITAL_SOURCE_TYPE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SCHEMA_ORG: Final = "https://schema.org/"

TAM: Final = "trainedAlgorithmicMedia"
CTAM: Final = "compositeWithTrainedAlgorithmicMedia"
CS: Final = "compositeSynthetic"
DIGITAL_CREATION: Final = "digitalCreation"
DIGITAL_CAPTURE: Final = "digitalCapture"
DATA_DRIVEN: Final = "dataDrivenMedia"

SCHEMA_ORG_MEMBERS: Final = {
    TAM: "TrainedAlgorithmicMediaDigitalSource",
    CTAM: "CompositeWithTrainedAlgorithmicMediaDigitalSource",
    CS: "CompositeSyntheticDigitalSource",
    DIGITAL_CAPTURE: "DigitalCaptureDigitalSource",
    DATA_DRIVEN: "DataDrivenMediaDigitalSource",
}
"""Members of schema.org's IPTCDigitalSourceEnumeration. `digitalCreation` has none: its IPTC URI stands in its place."""

EU_ART50_CATEGORIES: Final = (
    "4_text_generated",
    "4_text_generated_review_unknown",
    "4_text_exemption_claimed",
    "4_text_undetermined",
    "4_deepfake_candidate",
    "4_text_manipulated",
    "4_text_component",
    "2_media",
    "process_only",
    "none_claimed",
    "none",
)
"""What the article says, sorted by the paragraph of Article 50 it bears on; not a verdict. Of several, the first leads."""

_REVIEWED: Final = frozenset({"human_validated", "human_edited"})
_PROCESS: Final = frozenset({"transcribed", "data_analysed", "researched", "fact_checked", "metadata_tagged", "personalised"})
_ASIDES: Final = frozenset({"metadata", "comments", "chatbot"})
_TEXT_PARTS: Final = frozenset({"summary_box", "headline"})


class Mapped(Message):
    """Terms of IPTC, schema.org, AICDH, W3C, C2PA and the EU AI Act. Where the article is silent, all candidates."""

    iptc_digital_source_type: tuple[str, ...]
    schema_org: tuple[str, ...]
    aicdh_modes: tuple[str, ...]
    w3c_ai_disclosure: tuple[str, ...]
    c2pa_human_oversight: tuple[str, ...]
    eu_art50_category: str | None
    fit: vocabulary.Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What one assertion is called elsewhere. `iptc` are code names, not URIs."""

    iptc: tuple[str, ...] = ()
    aicdh: tuple[str, ...] = ()
    w3c: tuple[str, ...] = ()
    c2pa: tuple[str, ...] = ()
    eu: str
    open_question: bool = False
    """Whether more than one term of a vocabulary could be the right one."""


def map_assertions(assertions: Sequence[Assertion]) -> Mapped:
    """The terms for these assertions. Only those about this article count; a denial gives way to an admission.

    Review is never derived from a source type, nor a source type from review. `fit` is `exact` when for every
    assertion each vocabulary has at most one term, `candidates` when one has several, `none` without any term.
    """
    terms = [_terms_of(assertion) for assertion in heard(assertions)]
    iptc = _distinct(code for one in terms for code in one.iptc)
    return Mapped(
        iptc_digital_source_type=tuple(IPTC_DIGITAL_SOURCE_TYPE + code for code in iptc),
        schema_org=tuple(_schema_org(code) for code in iptc),
        aicdh_modes=_distinct(mode for one in terms for mode in one.aicdh),
        w3c_ai_disclosure=_distinct(value for one in terms for value in one.w3c),
        c2pa_human_oversight=_distinct(value for one in terms for value in one.c2pa),
        eu_art50_category=min((one.eu for one in terms), key=EU_ART50_CATEGORIES.index, default=None),
        fit=_fit(terms),
    )


def heard(assertions: Sequence[Assertion]) -> list[Assertion]:
    """The assertions that the terms are of: those that count, but for denials of what is admitted."""
    counting = [assertion for assertion in assertions if assertion.counts]
    admissions = [assertion for assertion in counting if admits_ai(assertion)]
    return [
        assertion
        for assertion in counting
        if admits_ai(assertion) or not any(share_an_object(assertion, admission) for admission in admissions)
    ]


def _schema_org(code: str) -> str:
    member = SCHEMA_ORG_MEMBERS.get(code)
    return IPTC_DIGITAL_SOURCE_TYPE + code if member is None else SCHEMA_ORG + member


def _fit(terms: Sequence[_Terms]) -> vocabulary.Fit:
    if any(one.open_question for one in terms):
        return "candidates"
    return "exact" if any(one.iptc or one.aicdh or one.w3c for one in terms) else "none"


def _terms_of(assertion: Assertion) -> _Terms:
    terms = _denied(assertion) if denies_ai(assertion) else _affirmed(assertion)
    several = any(len(values) > 1 for values in (terms.aicdh, terms.w3c))
    hedged = assertion.modality == "hedged" and bool(terms.iptc or terms.aicdh or terms.w3c)
    return replace(terms, open_question=terms.open_question or several or hedged)


def _denied(assertion: Assertion) -> _Terms:
    """The last row of the table. Who denies one activity does not say that AI had no other part."""
    if assertion.object in ("image", "video"):
        # A picture without AI may be photographed or drawn.
        return _Terms(iptc=(DIGITAL_CAPTURE, DIGITAL_CREATION), open_question=True, eu="none_claimed")
    if assertion.activity in SWEEPING:
        return _Terms(iptc=(DIGITAL_CREATION,), aicdh=("none",), w3c=("human-only",), eu="none_claimed")
    if assertion.activity in ("generated", "drafted"):
        return _Terms(iptc=(DIGITAL_CREATION,), aicdh=("none", "ai-modified"), w3c=("human-only", "ai-assisted"), eu="none_claimed")
    return _Terms(eu="none_claimed")


def _affirmed(assertion: Assertion) -> _Terms:
    if assertion.activity == "automated_nonai":
        return _Terms(iptc=(DATA_DRIVEN,), eu="none")
    if assertion.activity in _PROCESS or assertion.object in _ASIDES:
        return _Terms(eu="process_only")
    terms = _media(assertion) or _text_part(assertion) or _text(assertion)
    return replace(terms, c2pa=_oversight(assertion))


def _media(assertion: Assertion) -> _Terms | None:
    if assertion.activity == "video_avatar" or assertion.object == "video":
        return _Terms(iptc=(TAM, CS), open_question=True, eu="4_deepfake_candidate")
    if assertion.activity == "voiced" or assertion.object == "audio":
        return _Terms(iptc=(TAM,), eu="2_media")
    if assertion.activity == "illustrated" or assertion.object in ("image", "data_graphic"):
        return _Terms(iptc=(TAM, CTAM), open_question=True, eu="2_media")
    return None


def _text_part(assertion: Assertion) -> _Terms | None:
    """A part made by AI inside an article: the part is TAM, the whole a composite. W3C speaks of the part's element."""
    if assertion.object not in _TEXT_PARTS:
        return None
    return _Terms(iptc=(TAM, CS), aicdh=("ai-modified",), w3c=_autonomy(assertion), eu="4_text_component")


def _text(assertion: Assertion) -> _Terms:
    autonomy = _autonomy(assertion)
    if assertion.activity in ("generated", "drafted"):
        return _made_text(assertion)
    if assertion.activity in ("translated", "edited_improved"):
        return _Terms(iptc=(CTAM,), aicdh=("ai-modified",), w3c=autonomy, eu="4_text_manipulated")
    return _Terms(iptc=(TAM, CTAM), aicdh=("ai-modified", "ai-originated"), w3c=autonomy, open_question=True, eu="4_text_undetermined")


def _made_text(assertion: Assertion) -> _Terms:
    review = assertion.human_review
    if review.claim == "explicitly_none":
        return _Terms(iptc=(TAM,), aicdh=("machine-generated",), w3c=("ai-autonomous",), eu="4_text_generated")
    if review.claim not in _REVIEWED:
        both = ("ai-originated", "machine-generated")
        return _Terms(iptc=(TAM,), aicdh=both, w3c=_autonomy(assertion), eu="4_text_generated_review_unknown")
    # The exemption of Article 50(4) has two conditions; with only one of them claimed the question stays open.
    claimed = review.editorial_responsibility_claimed
    category = "4_text_exemption_claimed" if claimed else "4_text_generated_review_unknown"
    return _Terms(iptc=(TAM,), aicdh=("ai-originated",), w3c=("ai-assisted",), eu=category)


def _autonomy(assertion: Assertion) -> tuple[str, ...]:
    claim = assertion.human_review.claim
    if claim in _REVIEWED:
        return ("ai-assisted",)
    return ("ai-autonomous",) if claim == "explicitly_none" else ("ai-assisted", "ai-autonomous")


def _oversight(assertion: Assertion) -> tuple[str, ...]:
    """C2PA 2.4 human oversight, only where the article claims it."""
    claim = assertion.human_review.claim
    if claim in _REVIEWED:
        return ("human_validated",)
    return ("fully_autonomous",) if claim == "explicitly_none" else ()


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
