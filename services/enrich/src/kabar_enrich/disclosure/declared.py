"""What a hidden channel declares: IPTC digital source types and the values of `ai-disclosure` and its like."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import orjson
import re2  # type: ignore[import-untyped]  # ships no types
from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion, Evidence, RawAssertion
from kabar_contracts.disclosure.mapping import IPTC_DIGITAL_SOURCE_TYPE, SCHEMA_ORG
from kabar_contracts.raw import ProducerDisclosure
from pydantic import JsonValue

W3C_AI_DISCLOSURE: Final = "w3c-ai-disclosure"
DRUPAL_AI_DISCLOSURE: Final = "drupal-ai-disclosure"
LONGEST_VALUE: Final = 4_000
"""Code points of a declared value that are kept."""
_SOURCE_TYPE_NAMES: Final = frozenset({"digitalsourcetype", "digital_source_type"})
_W3C_NAMES: Final = frozenset({"ai-disclosure", "ai_disclosure", "aidisclosure"})
_LAST_PART: Final = re2.compile(
    r"(?i)^(?:https?://(?:cv\.iptc\.org/newscodes/digitalsourcetype|(?:www\.)?schema\.org)/|digsrctype:)?([A-Za-z]+)/?$"
)
_MEMBER: Final = "DigitalSource"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a declared value says on the axes of the record."""

    activity: vocabulary.Activity
    polarity: vocabulary.Polarity = "affirmed"
    degree: vocabulary.Degree = "unspecified"


SOURCE_TYPES: Final = {
    "trainedAlgorithmicMedia": Declaration("generated"),
    "compositeWithTrainedAlgorithmicMedia": Declaration("assisted_unspecified", degree="partial"),
    "dataDrivenMedia": Declaration("automated_nonai"),
}
"""IPTC terms that say something about AI. `algorithmicMedia`, `algorithmicallyEnhanced` and `compositeSynthetic` do not: the
first two are no AI, the last may be. `digitalCreation` and `digitalCapture` say how, not that AI had no part."""

W3C_VALUES: Final = {
    "human-only": Declaration("none", polarity="denied"),
    "none": Declaration("none", polarity="denied"),
    "ai-assisted": Declaration("assisted_unspecified", degree="partial"),
    "mixed": Declaration("assisted_unspecified", degree="partial"),
    "ai-generated": Declaration("generated"),
    "ai-autonomous": Declaration("generated", degree="full"),
    "autonomous": Declaration("generated", degree="full"),
}
"""Values of the W3C community group's grammar, the earlier ones too."""


AI_CONTENT_VALUES: Final = {
    **dict.fromkeys(("true", "yes", "1", "ai", "ai-generated", "generated", "full", "fully-ai"), Declaration("generated")),
    **dict.fromkeys(("partial", "partially", "mixed", "ai-assisted", "assisted"), Declaration("assisted_unspecified", degree="partial")),
    **dict.fromkeys(("false", "no", "0", "none", "human", "human-made", "human-only"), Declaration("none", polarity="denied")),
}
"""Values of `ai-generated`, `ai-content-declaration` and the like, which nobody defines and templates fill in on every page."""

_DRUPAL_ACTS: Final[dict[str, Declaration]] = {
    **dict.fromkeys(("generated", "created", "written"), Declaration("generated")),
    **dict.fromkeys(("assisted", "aided"), Declaration("assisted_unspecified", degree="partial")),
    **dict.fromkeys(("summarized", "summarised"), Declaration("summarised")),
    "translated": Declaration("translated"),
    **dict.fromkeys(("edited", "modified", "enhanced", "improved"), Declaration("edited_improved")),
    "drafted": Declaration("drafted"),
    "none": Declaration("none", polarity="denied"),
}
_DRUPAL_GRAMMAR: Final = re2.compile(r"(?i)^ai_([a-z]+)(?: *;.*)?$")
_RETIRED: Final = {"minorHumanEdits": "humanEdits", "digitalArt": "digitalCreation", "softwareImage": "digitalCreation"}
"""IPTC terms that were retired, and what took their place."""


def drupal_declaration(value: str) -> Declaration | None:
    """What a value of Drupal's grammar (`ai_summarized; required=...; icon=...`) declares."""
    found = _DRUPAL_GRAMMAR.fullmatch(value.strip())
    return None if found is None else _DRUPAL_ACTS.get(found.group(1).lower())


def source_type_code(value: str) -> str | None:
    """The IPTC term that a URI, a QCode, a schema.org member or a bare term stands for; None for anything else."""
    found = _LAST_PART.fullmatch(value.strip())
    if found is None:
        return None
    name = found.group(1).removesuffix(_MEMBER)
    code = name[0].lower() + name[1:] if name else ""
    return _RETIRED.get(code, code) or None


def read_producer_fields(fields: Iterable[ProducerDisclosure]) -> tuple[Assertion, ...]:
    """The assertions of a producer's own fields; a field that is not understood makes none."""
    return tuple(assertion for field in fields for assertion in _read_field(field))


def source_type_assertion(
    value: str, *, raw_value: str, name: str, channel: vocabulary.Channel, about: vocabulary.Object
) -> Assertion | None:
    """The assertion of a digital source type, when it says something about AI. `raw_value` is kept as it was written."""
    code = source_type_code(value)
    declared = SOURCE_TYPES.get(code or "")
    if declared is None:
        return None
    scheme = SCHEMA_ORG if value.endswith(_MEMBER) else IPTC_DIGITAL_SOURCE_TYPE
    return hidden_assertion(
        declared, raw_value=raw_value, name=name, channel=channel, about=about, scheme=scheme, method=f"declared.{code}"
    )


def ai_disclosure_assertion(value: str, *, name: str, channel: vocabulary.Channel, about: vocabulary.Object) -> Assertion | None:
    """The assertion of an `ai-disclosure` value: the W3C community group's grammar or Drupal's, which share that name."""
    code = value.strip().lower()
    for declared, scheme, method in (
        (W3C_VALUES.get(code), W3C_AI_DISCLOSURE, f"declared.w3c.{code}"),
        (drupal_declaration(code), DRUPAL_AI_DISCLOSURE, "declared.drupal"),
    ):
        if declared is not None:
            return hidden_assertion(declared, raw_value=value, name=name, channel=channel, about=about, scheme=scheme, method=method)
    return None


def ai_content_assertion(value: str, *, name: str) -> Assertion | None:
    """The assertion of a `meta` element that nobody defines. It is hedged, so that it never leads where something else is said."""
    declared = AI_CONTENT_VALUES.get(value.strip().lower())
    if declared is None:
        return None
    assertion = hidden_assertion(
        declared, raw_value=value, name=name, channel="html_meta", about="article_text", scheme=None, method="declared.meta"
    )
    return assertion.model_copy(update={"modality": "hedged", "asserted_by": "unknown"})


def _read_field(field: ProducerDisclosure) -> Iterator[Assertion]:
    name = field.name.strip().lower()
    raw_value = field.value if isinstance(field.value, str) else orjson.dumps(field.value).decode()
    for value in _terms(field.value):
        assertion = None
        if name in _SOURCE_TYPE_NAMES or source_type_code(value) in SOURCE_TYPES:
            assertion = source_type_assertion(value, raw_value=raw_value, name=field.name, channel="producer_field", about="article_text")
        elif name in _W3C_NAMES and isinstance(field.value, str):
            assertion = ai_disclosure_assertion(field.value, name=field.name, channel="producer_field", about="article_text")
        if assertion is not None:
            yield assertion
            return


def _terms(value: JsonValue) -> Iterator[str]:
    """The strings in which a term may stand: the value itself, or uri, literal and name of a ninjs object."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (term for key in ("uri", "literal", "name") if isinstance(term := value.get(key), str))
    elif isinstance(value, list):
        yield from (term for entry in value[:10] for term in _terms(entry) if not isinstance(entry, list))


def hidden_assertion(
    declared: Declaration,
    *,
    raw_value: str,
    name: str,
    channel: vocabulary.Channel,
    about: vocabulary.Object,
    scheme: str | None,
    method: str,
) -> Assertion:
    """The assertion of a hidden channel. Its evidence is all of the raw value, cut to `LONGEST_VALUE` code points."""
    kept = raw_value[:LONGEST_VALUE]
    piece = Evidence(
        source="raw.value",
        exact=kept,
        prefix="",
        suffix="",
        start=0,
        end=len(kept),
        position_class="hidden",
        in_cleaned_body=False,
    )
    return Assertion(
        id="a0",
        channel=channel,
        polarity=declared.polarity,
        modality="certain",
        activity=declared.activity,
        degree=declared.degree,
        object=about,
        scope_level="article" if about == "article_text" else "component",
        asserted_by="publisher",
        trust="unsigned_self_declared",
        raw=RawAssertion(name=name, value=kept),
        vocabulary=scheme,
        method=method,
        evidence=(piece,),
    )
