"""What the producer says of an article stands above what was read from its text.

Sources: the contract: who sends an article knows it better than its page does.
"""

from dataclasses import replace

from kabar_enrich.anatomy import byline
from kabar_enrich.anatomy.storable import one_line
from kabar_enrich.draft import Draft


def prefer_producer_fields(draft: Draft) -> Draft:
    """The draft with the producer's title, section, names, times and country wherever it gave them."""
    raw = draft.raw
    return replace(
        draft,
        title=_line(raw.title) or draft.title,
        lead=_line(raw.lead) or draft.lead,
        section=_line(raw.section) or draft.section,
        authors=_names(raw.authors) or draft.authors,
        editors=_names(raw.editors) or draft.editors,
        country=raw.country or draft.country,
        published_at=raw.published_at or draft.published_at,
        updated_at=raw.updated_at or draft.updated_at,
    )


def _line(text: str | None) -> str | None:
    return None if text is None else one_line(text) or None


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return byline.merged(tuple(name for name in map(one_line, names) if name), ())
