"""Takes standalone notes on the use of AI out of the body: they are about the article and no part of it.

The disclosure record keeps them: it is made of `source_text`, which nothing is ever taken from.

Sources: the rules on disclosure, whose files name what they read.
"""

from dataclasses import replace

from kabar_enrich.disclosure.engine import matched
from kabar_enrich.disclosure.notes import disclosure_notes
from kabar_enrich.draft import Draft


def drop_disclosure_notes(draft: Draft) -> Draft:
    """The draft without the blocks that are nothing but such a note. An article that is nothing else keeps them."""
    # Nearly no text has any: where no rule matches in what the record is made of, no block is looked at.
    if not matched(draft.source_text, draft.language).matches.found:
        return draft
    notes = disclosure_notes([block.text for block in draft.blocks], language=draft.language)
    kept = tuple(block for index, block in enumerate(draft.blocks) if index not in notes)
    return replace(draft, blocks=kept) if notes and kept else draft
