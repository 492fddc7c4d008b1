"""Takes the dateline off the first paragraph: the body starts with the text.

Sources: datelines as AP and Reuters write them («CITY, Month day (Agency) —») and as Indonesian sites do («site.com, Place -»,
«Place (ANTARA) -»); `anatomy.dateline` holds the forms.
"""

from dataclasses import replace
from typing import Final

from kabar_contracts.enriched import Block, BlockKind, Dateline

from kabar_enrich.anatomy.dateline import dateline_in
from kabar_enrich.draft import Draft

PARAGRAPHS: Final = 2
"""How many paragraphs from the top may carry it: some sites print a summary first."""


def take_dateline(draft: Draft) -> Draft:
    """The draft with its dateline as a field. A date without a year is told from the time of publication or arrival."""
    reference = draft.published_at or draft.raw.published_at or draft.raw.updated_at or draft.raw.received_at
    paragraphs = [index for index, block in enumerate(draft.blocks) if block.kind is BlockKind.PARAGRAPH]
    for index in paragraphs[:PARAGRAPHS]:
        text = draft.blocks[index].text
        opening = dateline_in(text, reference=reference.date())
        if opening is None:
            continue
        rest = Block(kind=BlockKind.PARAGRAPH, text=text[opening.length :])
        dateline = opening.dateline
        if dateline.source is None and dateline.place is not None and _is_outlet_of(draft, dateline.place):
            # «VIVA - …»: capitals may be a place or the outlet's own name.
            dateline = Dateline(place=None, date=dateline.date, source=text[: len(dateline.place)])
        return replace(draft, dateline=dateline, blocks=(*draft.blocks[:index], rest, *draft.blocks[index + 1 :]))
    return draft


def _is_outlet_of(draft: Draft, name: str) -> bool:
    return draft.outlet is not None and name.casefold() in (draft.outlet.name.casefold(), *draft.outlet.name.casefold().split())
