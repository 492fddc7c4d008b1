"""The enrich worker with its enrichers off: as `python -m kabar_enrich`, but articles only get their own title and text.

Its child processes import this module too, and so are without enrichers as well.
"""

import sys
from typing import Final

from kabar_enrich import enrichment
from kabar_enrich.draft import Enricher
from kabar_enrich.enrichers.producer_fields import prefer_producer_fields
from kabar_enrich.enrichers.producer_text import read_producer_text
from kabar_enrich.worker import main

KEPT: Final[tuple[Enricher, ...]] = (read_producer_text, prefer_producer_fields)

if enrichment.enrich_article.__kwdefaults__ is None:
    raise RuntimeError("enrich_article has no default enrichers that could be turned off")
enrichment.enrich_article.__kwdefaults__["enrichers"] = KEPT

if __name__ == "__main__":
    sys.exit(main())
