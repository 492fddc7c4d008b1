"""What a hidden channel declares: IPTC digital source types and the values of the W3C community group's grammar."""

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
"""Values of the W3C community group's grammar, the earlier ones too. Another grammar under the same name is not read."""


def source_type_code(value: str) -> str | None:
    """The IPTC term that a URI, a QCode, a schema.org member or a bare term stands for; None for anything else."""
    found = _LAST_PART.fullmatch(value.strip())
    if found is None:
        return None
    name = found.group(1).removesuffix(_MEMBER)
    return name[0].lower() + name[1:] if name else None


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
    return _assertion(declared, raw_value=raw_value, name=name, channel=channel, about=about, scheme=scheme, method=f"declared.{code}")


def w3c_assertion(value: str, *, name: str, channel: vocabulary.Channel, about: vocabulary.Object) -> Assertion | None:
    """The assertion of an `ai-disclosure` value of the W3C community group's grammar."""
    code = value.strip().lower()
    declared = W3C_VALUES.get(code)
    if declared is None:
        return None
    return _assertion(
        declared, raw_value=value, name=name, channel=channel, about=about, scheme=W3C_AI_DISCLOSURE, method=f"declared.w3c.{code}"
    )


def _read_field(field: ProducerDisclosure) -> Iterator[Assertion]:
    name = field.name.strip().lower()
    raw_value = field.value if isinstance(field.value, str) else orjson.dumps(field.value).decode()
    for value in _terms(field.value):
        assertion = None
        if name in _SOURCE_TYPE_NAMES or source_type_code(value) in SOURCE_TYPES:
            assertion = source_type_assertion(value, raw_value=raw_value, name=field.name, channel="producer_field", about="article_text")
        elif name in _W3C_NAMES and isinstance(field.value, str):
            assertion = w3c_assertion(field.value, name=field.name, channel="producer_field", about="article_text")
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


def _assertion(
    declared: Declaration,
    *,
    raw_value: str,
    name: str,
    channel: vocabulary.Channel,
    about: vocabulary.Object,
    scheme: str,
    method: str,
) -> Assertion:
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
