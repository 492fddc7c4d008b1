"""Takes corrections, updates and other notes of the newsroom out of the body into a field of their own.

Sources: how outlets open corrections, clarifications, updates and editor's notes, in the languages that `anatomy.notes` lists.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kabar_contracts.enriched import Block, BlockKind, Note

from kabar_enrich.anatomy.notes import FoundNote, label_alone_in, note_in
from kabar_enrich.draft import Draft

NOTES: Final = 20
"""More than an article has; the rest stays where it stands."""


def take_notes(draft: Draft) -> Draft:
    """The draft with its notes as a field. Those that tell news stay in the body as well; an article of notes alone keeps all."""
    notes: list[Note] = []
    kept: list[Block] = []
    index = 0
    while index < len(draft.blocks):
        block = draft.blocks[index]
        taken, width = _note_at(draft.blocks, index) if len(notes) < NOTES else (None, 1)
        if taken is not None:
            notes.append(taken.note)
        if taken is None or not taken.is_apart:
            kept.append(block)
        index += width
    if not notes:
        return draft
    return replace(draft, notes=tuple(notes), blocks=tuple(kept) if kept else draft.blocks)


def _note_at(blocks: Sequence[Block], index: int) -> tuple[FoundNote | None, int]:
    """The note that starts at a block, and how many blocks it takes: two where the label stands above the text."""
    block = blocks[index]
    if block.kind is BlockKind.CAPTION:
        return None, 1
    kind = label_alone_in(block.text)
    if kind is None:
        return note_in(block.text), 1
    if index + 1 == len(blocks) or blocks[index + 1].kind is not BlockKind.PARAGRAPH:
        return None, 1
    text = f"{block.text.rstrip()}\n{blocks[index + 1].text}"
    return FoundNote(Note(kind=kind, text=text), is_apart=True), 2
