"""The closed lists of the disclosure record. Three axes, never one: activity, object and scope, human review."""

from typing import Literal

Channel = Literal["body_text", "html_meta", "html_attr", "json_ld", "http_header", "c2pa", "producer_field", "feed_field"]
Status = Literal["disclosed_ai_used", "disclosed_no_ai", "disclosed_mixed", "ambiguous", "none_found", "not_assessed"]
Activity = Literal[
    "generated",
    "drafted",
    "assisted_unspecified",
    "translated",
    "summarised",
    "edited_improved",
    "illustrated",
    "voiced",
    "video_avatar",
    "transcribed",
    "data_analysed",
    "researched",
    "fact_checked",
    "metadata_tagged",
    "personalised",
    "automated_nonai",
    "none",
    "unspecified",
]
Object = Literal[
    "article_text",
    "headline",
    "summary_box",
    "translation",
    "image",
    "audio",
    "video",
    "data_graphic",
    "metadata",
    "comments",
    "chatbot",
    "whole_article",
    "unspecified",
]
ScopeLevel = Literal["article", "component", "section", "site", "third_party", "quoted"]
Polarity = Literal["affirmed", "denied"]
Modality = Literal["certain", "hedged", "conditional_policy", "future"]
Degree = Literal["full", "major", "minor", "partial", "unspecified"]
ReviewClaim = Literal["human_validated", "human_edited", "supervised_unspecified", "partial_review", "explicitly_none", "not_stated"]
AssertedBy = Literal["publisher", "author", "upstream_agency", "platform", "third_party", "unknown"]
Trust = Literal["signed_trusted", "signed_untrusted", "unsigned_self_declared", "inferred_by_platform"]
PositionClass = Literal["title", "byline", "opening", "body", "closing", "caption", "after_article", "hidden"]
Fit = Literal["exact", "candidates", "none"]
EvidenceSource = Literal["source_text", "raw.value"]
"""Where an evidence's offsets count: the article's visible text, or the `raw.value` of its own assertion."""
