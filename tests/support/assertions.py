"""Assertions about AI that say as little as one can."""

from typing import Any

from kabar_contracts.disclosure.assertion import Assertion, Evidence


def asserted(activity: str = "edited_improved", object_: str = "article_text", **meaning: Any) -> Assertion:
    """That the visible text says this of the article, for certain; `meaning` are fields to have another value."""
    evidence = Evidence(
        source="source_text", exact="AI", prefix="", suffix="", start=0, end=2, position_class="closing", in_cleaned_body=False
    )
    usual = {
        "id": "a1",
        "channel": "body_text",
        "polarity": "affirmed",
        "modality": "certain",
        "activity": activity,
        "degree": "unspecified",
        "object": object_,
        "scope_level": "article",
        "asserted_by": "publisher",
        "trust": "unsigned_self_declared",
        "method": "id.edited",
        "evidence": (evidence,),
    }
    return Assertion.model_validate(usual | meaning)
