"""Takes standalone notes on the use of AI out of the body: they are about the article and no part of it.

The disclosure record keeps them: it is made of `source_text`, which nothing is ever taken from.
"""

from dataclasses import replace

from kabar_enrich.disclosure.notes import is_disclosure_note
from kabar_enrich.draft import Draft


def drop_disclosure_notes(draft: Draft) -> Draft:
    """The draft without the blocks that are nothing but such a note. An article that is nothing else keeps them."""
    kept = tuple(block for block in draft.blocks if not is_disclosure_note(block.text, language=draft.language))
    return replace(draft, blocks=kept) if kept else draft
