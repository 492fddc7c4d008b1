"""What the system promises in public, written down anew: the checker must not share a mistake with what it checks."""

import hashlib
from typing import Final

RAW: Final = "{articles}.raw.v1"
ENRICHED: Final = "{articles}.enriched.v1"
RAW_DEAD: Final = "{articles}.raw.v1.dead"
ENRICHED_DEAD: Final = "{articles}.enriched.v1.dead"
DEAD: Final = (RAW_DEAD, ENRICHED_DEAD)
GROUPS: Final = ((RAW, "enrich"), (RAW, "archive"), (ENRICHED, "index"))

ARTICLES: Final = "articles"
REVISIONS: Final = "revisions"

CANCELED: Final = "canceled"
USABLE: Final = "usable"


def article_id(source: str, native_id: str) -> str:
    """The id of an article that has an id of its producer's own."""
    parts = [part.encode() for part in ("v1", "native", source, native_id)]
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()[:32]


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()
