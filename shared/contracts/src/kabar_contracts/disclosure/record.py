"""The whole record. Summary and mapping are functions of the assertions, so a wrong record cannot be made."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.disclosure.mapping import MAPPING_VERSION, Mapped, map_assertions
from kabar_contracts.disclosure.summary import Summary, summarise
from kabar_contracts.fields import Message, Sha256, UtcTime

SCHEMA_VERSION: Final = 1


class PolicyReference(Message):
    """A link to what a publisher says about AI in general."""

    url: str
    scope_level: vocabulary.ScopeLevel


class AiDisclosure(Message):
    """What an article, its page, its feed or its producer says about the use of AI in making it."""

    schema_version: Literal[1] = 1
    mapping_version: Annotated[int, Field(ge=1)]
    detector_version: str
    assessed_at: UtcTime
    text_sha256: Sha256
    channels_assessed: tuple[vocabulary.Channel, ...]
    summary: Summary
    assertions: tuple[Assertion, ...]
    policy_refs: tuple[PolicyReference, ...]
    mapped: Mapped

    @model_validator(mode="after")
    def _derived_parts_follow_from_the_assertions(self) -> Self:
        if self.summary != summarise(self.assertions, channels_assessed=self.channels_assessed):
            message = "summary does not follow from the assertions"
            raise ValueError(message)
        # An older or newer mapping is another function: its result cannot be checked with this one.
        if self.mapping_version == MAPPING_VERSION and self.mapped != map_assertions(self.assertions):
            message = "mapped does not follow from the assertions"
            raise ValueError(message)
        return self

    def check_against(self, source_text: str, *, text_sha256: str) -> None:
        """Raise ValueError unless the record was made of this text and each piece of evidence stands in it."""
        if self.text_sha256 != text_sha256:
            message = "the record was made of another text"
            raise ValueError(message)
        for assertion in self.assertions:
            assertion.check_against(source_text)


def disclosure_of(
    assertions: Iterable[Assertion],
    *,
    channels_assessed: Iterable[vocabulary.Channel],
    detector_version: str,
    assessed_at: datetime,
    text_sha256: str,
    policy_refs: Iterable[PolicyReference] = (),
) -> AiDisclosure:
    """The record of these assertions, with its summary and mapping."""
    observed, looked_at = tuple(assertions), tuple(channels_assessed)
    return AiDisclosure(
        mapping_version=MAPPING_VERSION,
        detector_version=detector_version,
        assessed_at=assessed_at,
        text_sha256=text_sha256,
        channels_assessed=looked_at,
        summary=summarise(observed, channels_assessed=looked_at),
        assertions=observed,
        policy_refs=tuple(policy_refs),
        mapped=map_assertions(observed),
    )


def derived_anew(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored record, as JSON, with summary and mapping as this release derives them from its assertions; all else stays as it is.

    Fields that this release does not know stay, too. Raises ValidationError when the assertions cannot be read.
    """
    assertions = _ASSERTIONS.validate_python(stored["assertions"])
    channels = _CHANNELS.validate_python(stored["channels_assessed"])
    return {
        **stored,
        "mapping_version": MAPPING_VERSION,
        "summary": summarise(assertions, channels_assessed=channels).model_dump(mode="json"),
        "mapped": map_assertions(assertions).model_dump(mode="json"),
    }


_ASSERTIONS: Final = TypeAdapter(tuple[Assertion, ...])
_CHANNELS: Final = TypeAdapter(tuple[vocabulary.Channel, ...])
