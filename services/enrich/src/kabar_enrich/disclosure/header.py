"""What the `AI-Disclosure` header of a page's HTTP response declares (draft-abaris-aicdh, expired in 2025)."""

from collections.abc import Mapping
from typing import Any, Final

import http_sf
from kabar_contracts.disclosure.assertion import Assertion, HumanReview, Tool

from kabar_enrich.disclosure.declared import Declaration, hidden_assertion

HEADER: Final = "ai-disclosure"
VOCABULARY: Final = "draft-abaris-aicdh"
LONGEST_HEADER: Final = 4_000
"""Code points. A longer header is not read."""

MODES: Final = {
    "none": Declaration("unspecified", polarity="denied"),
    "ai-modified": Declaration("assisted_unspecified", degree="partial"),
    "ai-originated": Declaration("generated"),
    "machine-generated": Declaration("generated", degree="full"),
}


def read_header(headers: Mapping[str, str]) -> tuple[Assertion, ...]:
    """The assertion of a page's headers, names in lower case. A header that is no RFC 9651 dictionary with a known mode makes none.

    The draft's own example parts its members by `;` where the grammar asks for `,`: then they are read as parameters of `mode`.
    """
    value = headers.get(HEADER, "")
    members = _members(value)
    declared = MODES.get(str(members.get("mode", "")).lower())
    if declared is None:
        return ()
    assertion = hidden_assertion(
        declared, raw_value=value, name=HEADER, channel="http_header", about="whole_article", scheme=VOCABULARY, method="header.aicdh"
    )
    return (assertion.model_copy(update={"scope_level": "article", "tools": _tools(members), "human_review": _review(members, assertion)}),)


def _members(value: str) -> dict[str, Any]:
    """The members by name, without their parameters; those of `mode` count as members."""
    if not value or len(value) > LONGEST_HEADER or not value.isascii():
        return {}
    try:
        parsed: Any = http_sf.parse(value.encode("ascii"), tltype="dictionary")
    except (ValueError, http_sf.StructuredFieldError):
        return {}
    mode = parsed.get("mode")
    members = dict(mode[1]) if isinstance(mode, tuple) and isinstance(mode[1], dict) else {}
    return members | {name: item[0] for name, item in parsed.items() if isinstance(item, tuple)}


def _tools(members: Mapping[str, Any]) -> tuple[Tool, ...]:
    model, provider = members.get("model"), members.get("provider")
    name = model if isinstance(model, str) and model else provider
    if not isinstance(name, str) or not name:
        return ()
    return (Tool(name=name, provider=provider if isinstance(provider, str) else None, raw=name),)


def _review(members: Mapping[str, Any], assertion: Assertion) -> HumanReview:
    reviewer = members.get("reviewed-by")
    if not isinstance(reviewer, str) or not reviewer:
        return HumanReview()
    return HumanReview(claim="human_validated", by=reviewer, evidence=assertion.evidence)
