"""Takes the credit off the end of the text: initials, an agency, or who reported and edited.

Forms that are read, each behind the end of a sentence: «(abc/def)», «— Reuters», «(Reuters)», «(Reporting by Jane Doe;
editing by Max Roe)». A paragraph that is nothing but a credit is no text to the readers already.

Sources: the sign-offs that agencies print («Reporting by …; Editing by …» of Reuters, «(ANTARA)», «— AP») and the initials in
brackets that Indonesian sites end with, as seen on their pages.
"""

import re
from dataclasses import replace
from typing import Final

from kabar_contracts.enriched import Block, BlockKind

from kabar_enrich.anatomy.byline import Byline, byline_in, is_initials
from kabar_enrich.anatomy.outlet_names import is_agency
from kabar_enrich.draft import Draft

_IN_BRACKETS: Final = re.compile(r"(?<=[.!?…\"”’])\s*(?P<whole>[(\[](?P<inside>[^()\[\]\n]{1,200})[)\]])\.?$")  # noqa: RUF001  # closing marks
_BEHIND_A_DASH: Final = re.compile(r"(?<=[.!?…\"”’])\s*[-–—]{1,2}\s?(?P<inside>[^\W\d_][\w .]{1,30}?)\.?$")  # noqa: RUF001  # dashes before an agency


def drop_closing_credit(draft: Draft) -> Draft:
    """The draft without the credit at the end of its last paragraph; names in it that were not known are kept in their fields."""
    if not draft.blocks or draft.blocks[-1].kind is not BlockKind.PARAGRAPH:
        return draft
    found = credit_at_end(draft.blocks[-1].text)
    if found is None:
        return draft
    text, names = found
    return replace(
        draft,
        blocks=(*draft.blocks[:-1], Block(kind=BlockKind.PARAGRAPH, text=text)),
        authors=draft.authors or names.authors,
        editors=draft.editors or names.editors,
    )


def credit_at_end(text: str) -> tuple[str, Byline] | None:
    """What stands before the credit at the end of a paragraph, and the names in the credit; None when it ends with none."""
    match = _IN_BRACKETS.search(text)
    names = Byline()
    if match is not None and not (is_initials(match["whole"]) or is_agency(match["inside"])):
        read = byline_in(match["inside"])
        match, names = (None, names) if read is None else (match, read)
    if match is None:
        match = _BEHIND_A_DASH.search(text)
        if match is None or not is_agency(match["inside"]):
            return None
    return (text[: match.start()], names) if match.start() > 0 else None
