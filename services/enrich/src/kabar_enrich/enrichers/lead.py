"""The lead: what the producer or the page gives, else the first paragraph.

Sources: schema.org `description`, Open Graph, and the contract, by which a producer's lead comes first.
"""

from dataclasses import replace

from kabar_contracts.enriched import BlockKind

from kabar_enrich.draft import Draft


def fill_lead(draft: Draft) -> Draft:
    """The draft with the first paragraph of its body as the lead, unless it has one."""
    if draft.lead is not None:
        return draft
    first = next((block.text for block in draft.blocks if block.kind is BlockKind.PARAGRAPH), None)
    return replace(draft, lead=first)
