"""The two indices: what each field is for OpenSearch. A mapping has a version, and a worker that knows a newer one refuses to write.

`dynamic: strict`, so that a field nobody thought of is an error and not a guess; what producers add lies in `extra`,
one flat field that cannot explode the mapping.
"""

from typing import Any, Final

MAPPING_VERSION: Final = 2
"""Grows with each change below. `kabar index migrate` brings an index to it."""

ARTICLES: Final = "articles"
"""Alias that is searched."""
ARTICLES_WRITE: Final = "articles-write"
"""Alias that is written to."""
REVISIONS: Final = "revisions"
"""Alias of the archive, for both."""

ANALYZER_OF_LANGUAGE: Final = {
    "ar": "arabic",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "id": "indonesian",
    "it": "italian",
    "ja": "cjk",
    "ko": "cjk",
    "ms": "indonesian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "zh": "cjk",
}
"""Language -> analyser that OpenSearch has built in. Other languages are searched by their folded text alone."""

LARGEST_TERM_BYTES: Final = 32_766
"""Lucene refuses a longer term, and the document with it."""
LARGEST_KEYWORD_CHARACTERS: Final = LARGEST_TERM_BYTES // 4
"""A character has at most four bytes."""

_KEYWORD: Final = {"type": "keyword", "ignore_above": LARGEST_KEYWORD_CHARACTERS}
_DATE: Final = {"type": "date", "format": "strict_date_optional_time"}
_STORED: Final = {"type": "object", "enabled": False}
_STORED_TEXT: Final = {"type": "keyword", "index": False, "doc_values": False}
_FOLDED: Final = {"type": "text", "analyzer": "folded"}
_NAME: Final = _KEYWORD | {"fields": {"folded": {"type": "text", "analyzer": "folded"}}}
_TAG: Final = {"properties": {"name": _NAME, "score": {"type": "float"}}}

_ANALYSIS: Final = {
    "analyzer": {"folded": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding"]}},
}


def _localized() -> dict[str, Any]:
    fields = ("title", "lead", "body")
    return {
        "properties": {
            analyzer: {"properties": {field: {"type": "text", "analyzer": analyzer} for field in fields}}
            for analyzer in sorted(set(ANALYZER_OF_LANGUAGE.values()))
        }
    }


_DISCLOSURE: Final = {
    "properties": {
        "schema_version": {"type": "short"},
        "mapping_version": {"type": "short"},
        "detector_version": _KEYWORD,
        "assessed_at": _DATE,
        "text_sha256": _KEYWORD,
        "channels_assessed": _KEYWORD,
        "summary": {
            "properties": {
                "status": _KEYWORD,
                "activities": _KEYWORD,
                "objects": _KEYWORD,
                "human_review": _KEYWORD,
                "tools": {
                    "properties": dict.fromkeys(("name", "kind", "version", "provider", "uri", "raw"), _KEYWORD),
                },
                "scope_level": _KEYWORD,
                "channels": _KEYWORD,
                "conflict": {"type": "boolean"},
                "conflict_types": _KEYWORD,
            }
        },
        "assertions": _STORED,
        "policy_refs": _STORED,
        "mapped": {
            "properties": {
                "iptc_digital_source_type": _KEYWORD,
                "schema_org": _KEYWORD,
                "aicdh_modes": _KEYWORD,
                "w3c_ai_disclosure": _KEYWORD,
                "c2pa_human_oversight": _KEYWORD,
                "eu_art50_category": _KEYWORD,
                "fit": _KEYWORD,
            }
        },
    }
}

_ARTICLE_FIELDS: Final[dict[str, Any]] = {
    "schema_version": {"type": "short"},
    "article_id": _KEYWORD,
    "revision": {"type": "long"},
    "status": _KEYWORD,
    "reason": _STORED_TEXT,
    "source": _KEYWORD,
    "native_id": _KEYWORD,
    "url": _KEYWORD,
    "canonical_url": _KEYWORD,
    "page_kind": _KEYWORD,
    "title": _FOLDED,
    "lead": _FOLDED,
    "body": _FOLDED,
    "blocks": _STORED,
    "source_text": _STORED_TEXT,
    "text_sha256": _KEYWORD,
    "content_sha256": _KEYWORD,
    "section": _NAME,
    "authors": _NAME,
    "editors": _NAME,
    "dateline": {"properties": {"place": _NAME, "date": _DATE, "source": _KEYWORD}},
    "captions": _STORED,
    "quotes": {"properties": {"text": {"type": "text", "analyzer": "folded"}, "speaker": _NAME}},
    "notes": {"properties": {"kind": _KEYWORD, "text": _FOLDED}},
    "language": _KEYWORD,
    "country": _KEYWORD,
    "published_at": _DATE,
    "updated_at": _DATE,
    "received_at": _DATE,
    "enriched_at": _DATE,
    "indexed_at": _DATE,
    "dated_at": _DATE,
    "tags": {"properties": {"keywords": _TAG, "people": _TAG, "places": _TAG, "organisations": _TAG}},
    "topics": {"properties": {"code": _KEYWORD, "name": _KEYWORD, "score": {"type": "float"}}},
    "story_id": _KEYWORD,
    "ai_disclosure": _DISCLOSURE,
    "warnings": {"properties": {"code": _KEYWORD, "message": _STORED_TEXT, "pointer": _STORED_TEXT}},
    "provenance": {
        "properties": {
            "enricher_version": _KEYWORD,
            "generation": {"type": "short"},
            "rules": {"type": "flat_object"},
            "models": {"type": "flat_object"},
        }
    },
    "extra": {"type": "flat_object"},
    "extra_original": _STORED,
    "localized": _localized(),
}

_REVISION_FIELDS: Final[dict[str, Any]] = {
    "kind": _KEYWORD,
    "article_id": _KEYWORD,
    "revision": {"type": "long"},
    "status": _KEYWORD,
    "source": _KEYWORD,
    "entry_id": _KEYWORD,
    "stream": _KEYWORD,
    "accepted_at": _DATE,
    "archived_at": _DATE,
    "content_sha256": _KEYWORD,
    "original_sha256": _KEYWORD,
    "original": _STORED_TEXT,
    "original_encoding": _KEYWORD,
    "page": {"type": "binary"},
    "page_content_type": _KEYWORD,
    "page_sha256": _KEYWORD,
    "redacted": {"type": "boolean"},
    "reason": _STORED_TEXT,
}


def articles_template(*, replicas: int) -> dict[str, Any]:
    """The index template of `articles`: one document an article."""
    settings = {
        "index": {
            "number_of_shards": 1,
            "number_of_replicas": replicas,
            "refresh_interval": "1s",
            "mapping": {"total_fields": {"limit": 500}},
            "analysis": _ANALYSIS,
        }
    }
    return _template(ARTICLES, settings, _ARTICLE_FIELDS)


def revisions_template(*, replicas: int) -> dict[str, Any]:
    """The index template of the archive: one compressed document an accepted revision."""
    settings = {
        "index": {"number_of_shards": 1, "number_of_replicas": replicas, "refresh_interval": "5s", "codec": "best_compression"},
    }
    return _template(REVISIONS, settings, _REVISION_FIELDS)


def _template(name: str, settings: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    mappings = {"dynamic": "strict", "_meta": {"mapping_version": MAPPING_VERSION}, "properties": properties}
    # The digit keeps an alias like `articles-write` from being taken for an index of ours.
    return {
        "index_patterns": [f"{name}-0*"],
        "version": MAPPING_VERSION,
        "template": {"settings": settings, "mappings": mappings},
    }
