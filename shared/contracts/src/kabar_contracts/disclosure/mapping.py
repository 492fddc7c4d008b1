"""What a disclosure is called in other vocabularies: a pure, versioned function of the assertions."""

from collections.abc import Sequence
from typing import Final

from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.fields import Message

MAPPING_VERSION: Final = 1


class Mapped(Message):
    """Terms of IPTC, schema.org, AICDH, W3C, C2PA and the EU AI Act. Where the article is silent, all candidates."""

    iptc_digital_source_type: tuple[str, ...]
    schema_org: tuple[str, ...]
    aicdh_modes: tuple[str, ...]
    w3c_ai_disclosure: tuple[str, ...]
    c2pa_human_oversight: tuple[str, ...]
    eu_art50_category: str | None
    fit: vocabulary.Fit


def map_assertions(assertions: Sequence[Assertion]) -> Mapped:
    """The terms for these assertions."""
    raise NotImplementedError
