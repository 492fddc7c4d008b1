"""The largest values a message may hold. Producers are told these numbers when they exceed them.

They are part of the contract: a later version may raise a limit, never lower it within the same stream version.
"""

from typing import Final

SOURCE_CHARACTERS: Final = 255
NATIVE_ID_CHARACTERS: Final = 512
URL_CHARACTERS: Final = 2_048
TITLE_CHARACTERS: Final = 2_000
LEAD_CHARACTERS: Final = 10_000
TEXT_CHARACTERS: Final = 4_000_000
"""Characters of `body` and of `html`, each."""
PAGE_BYTES: Final = 8 * 1024 * 1024
"""Bytes of a pushed page, after decompression."""
DATA_BYTES: Final = 64 * 1024 * 1024
"""Bytes of the field `data` of an entry."""
NAME_CHARACTERS: Final = 300
"""Characters of an author, an editor, a section, a keyword."""
NAMES: Final = 200
"""Entries in `authors`, `editors`, `keywords`."""
HEADERS: Final = 100
HEADER_CHARACTERS: Final = 8_192
PRODUCER_DISCLOSURES: Final = 50
JSON_DEPTH: Final = 32
"""Levels of nesting in an article's JSON."""
EXTRA_BYTES: Final = 256 * 1024
"""Bytes of `extra` as JSON."""
REASON_CHARACTERS: Final = 2_000
