"""Notes of a newsroom on its own article: corrections, updates, clarifications, editor's notes.

Two shapes are read. One opens with a label («Ralat: …», «Correction, Nov. 15: …», «Editor's note — …»), which may stand
on a line of its own. The other is a sentence about the article itself («This story has been updated to …», «Artikel ini
telah dikoreksi.»), which needs no label.
"""

import re
from dataclasses import dataclass
from typing import Final

from kabar_contracts.enriched import Note, NoteKind

_CORRECTION_LABELS: Final = """
    correction|corrections|corrected|corrigendum|erratum|errata|ralat|koreksi|pembetulan|berichtigung|korrektur|correctif|rectificatif|
    rectification|corrección|rectificación|fe de erratas|fe de errores|correção|retificação|correzione|rettifica|errata corrige|correctie|
    rectificatie|rättelse|rettelse|oikaisu|korjaus|sprostowanie|oprava|düzeltme|đính chính|исправление|поправка|виправлення|تصحيح|
    भूल सुधार|訂正|お詫びと訂正|정정|바로잡습니다|更正|勘误|แก้ไขข่าว
"""
_CLARIFICATION_LABELS: Final = """
    clarification|clarifications|klarifikasi redaksi|klarifikasi|penjelasan redaksi|klarstellung|précision|aclaración|esclarecimento|
    precisazione|verduidelijking|förtydligande|presisering|præcisering|tarkennus|upřesnění|уточнение|уточнення|توضيح|स्पष्टीकरण|澄清
"""
_UPDATE_LABELS: Final = """
    update|updated|updates|pembaruan|pemutakhiran|kemas kini|aktualisierung|mise à jour|actualización|atualização|aggiornamento|
    uppdatering|oppdatering|opdatering|päivitys|aktualizacja|aktualizace|güncelleme|cập nhật|обновление|оновлення|تحديث|अपडेट|追記|업데이트
"""
_EDITOR_LABELS: Final = """
    editor's note|editors' note|editor’s note|editors’ note|editor note|note to readers|catatan redaksi|catatan editor|
    catatan redaktur|nota editor|anmerkung der redaktion|anm. d. red.|hinweis der redaktion|note de la rédaction|ndlr|nota del editor|
    nota de la redacción|nota de redacción|
    nota da redação|nota do editor|nota della redazione|nota dell'editore|noot van de redactie|redaktionens anmärkning|
    redaksjonens merknad|redaktionens bemærkning|toimituksen huomautus|od redakcji|przypis redakcji|poznámka redakce|pozn. red.|
    editörün notu|editör notu|lời tòa soạn|ghi chú của biên tập|от редакции|примечание редакции|від редакції|ملاحظة المحرر|
    ملاحظة من المحرر|संपादक का नोट|संपादक की टिप्पणी|編集部注|編集部より|편집자 주|편집자주|编者按|编者注|編者按|編按
"""  # noqa: RUF001  # newsrooms type the apostrophe both ways


def _labels() -> dict[str, NoteKind]:
    kinds = (
        (NoteKind.CORRECTION, _CORRECTION_LABELS),
        (NoteKind.CLARIFICATION, _CLARIFICATION_LABELS),
        (NoteKind.UPDATE, _UPDATE_LABELS),
        (NoteKind.EDITOR, _EDITOR_LABELS),
    )
    return {label.strip(): kind for kind, labels in kinds for label in labels.split("|")}


_LABELS: Final = _labels()
_ALL_LABELS: Final = tuple(sorted(_LABELS, key=len, reverse=True))
_MARKS: Final = " \t\u00a0*•[(_–—-►▶"  # noqa: RUF001  # dashes before a label
# A date or a parenthesis may stand between label and colon, other words may not («Correction officers said: …»).
_AFTER_LABEL: Final = re.compile(
    r"(?:[^:：\n]{0,12}\d[^:：\n]{0,24}|\s*\([^)\n]{1,40}\))?\s*(?:[:：]|\]|[—–]|\s-\s|\.(?=\s)|(?P<alone>$))"  # noqa: RUF001
)
_CORRECTED: Final = (
    r"correct|amend|dikoreksi|diralat|dibetulkan|korrigier|berichtigt|corrigé|rectifi|corregid|corrigid|corretto|"
    r"gecorrigeerd|rättat|rettet|oikaistu|исправлен|виправлен"
)
_ITSELF: Final = re.compile(
    r"""
    (?:this|the)\s(?:story|article|report|piece|post|page|headline|item|copy|dispatch)(?:'s\sheadline)?\s
        (?:(?:and\s(?:its\s)?headline\s)?(?:has|have)\s(?:since\s)?been|was|is\sbeing|will\sbe)\s(?:\w+ly\s)?
        (?:updated|corrected|amended|clarified|revised|edited|changed|modified|republished)
    |(?:an|a|the)\s(?:earlier|previous|original|prior|initial)\s(?:version|headline|edition)\s(?:of|on|for|to|in)\s(?:this|the)\s
    |in\san\s(?:earlier|previous|original)\sversion\sof\sthis
    |(?:a|this)\s(?:correction|clarification|update|editor.s\snote)\swas\s(?:made|posted|published|issued|added|appended)\s(?:on|to|at)\s
    |(?:judul\s)?(?:artikel|berita|tulisan|laporan|naskah)\s(?:ini|di\satas)\s(?:telah|sudah|sebelumnya|kami|mengalami)\s(?:\w+\s){0,2}?
        (?:diperbarui|diperbaharui|dikoreksi|diralat|diubah|direvisi|disunting|dimutakhirkan|dikemas\skini|dibetulkan|koreksi|perubahan|
           ralat|penyuntingan|pembaruan|diperbaiki|perbaikan)
    |judul\s(?:artikel|berita)\s(?:ini\s)?(?:telah|sudah)\s(?:diubah|diganti|dikoreksi|diralat|diperbaiki)
    |(?:(?:pada|dalam)\s)?versi\s(?:sebelumnya|awal|terdahulu)\s(?:dari\s)?(?:artikel|berita|tulisan|laporan)\sini
    |dies(?:er|e|es)\s(?:artikel|text|beitrag|meldung|version)\swurde\s(?:\w+\s){0,3}?(?:aktualisiert|korrigiert|ergänzt|überarbeitet|berichtigt)
    |in\seiner\s(?:früheren|vorherigen|ersten|älteren)\s(?:version|fassung)\s
    |cet\s(?:article|texte)\sa\sété\s(?:mis\sà\sjour|corrigé|modifié|actualisé|rectifié)
    |une\s(?:première|précédente)\sversion\s(?:de\s)
    |(?:este|esta|el|la)\s(?:artículo|noticia|nota|texto|información)\s(?:ha\ssido|fue)\s(?:actualizad|corregid|modificad|editad)
    |una\sversión\s(?:anterior|previa|inicial)\sde\sest
    |(?:este|esta)\s(?:artigo|reportagem|texto|matéria|notícia)\sfoi\s(?:atualizad|corrigid|modificad|alterad)
    |uma\sversão\santerior\sd
    |questo\sarticolo\sè\sstato\s(?:aggiornato|corretto|modificato)
    |una\s(?:precedente\sversione|versione\sprecedente)\sd
    |dit\s(?:artikel|bericht|stuk|verhaal)\s(?:is|werd)\s(?:\w+\s){0,4}?(?:bijgewerkt|aangepast|gecorrigeerd|aangevuld|geactualiseerd)
    |in\seen\seerdere\sversie\s
    |(?:artikeln|texten)\shar\s(?:uppdaterats|rättats|korrigerats)|i\sen\stidigare\sversion\s
    |(?:artikkelen|saken|teksten|artiklen)\s(?:er|ble|blev)\s(?:\w+\s)?(?:oppdatert|rettet|korrigert|opdateret)|i\sen\stidligere\sversjon\s
    |juttua\son\s(?:päivitetty|korjattu)|(?:artykuł|tekst)\s(?:został\s)?zaktualizowan
    |(?:článek|text)\s(?:byl\s|jsme\s)(?:aktualizov|doplni|opravi)|bu\shaber\s(?:güncellen|düzeltil)
    |(?:текст|новость|материал|статья)\s(?:был[аи]?\s)?(?:дополнен|обновл[её]н|исправлен)|(?:текст|новину|матеріал)\s(?:оновлено|виправлено)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SPEAKS_OF_ITSELF: Final = re.compile(
    r"\b(?:this|our|the)\s(?:story|article|report|headline|piece)\b|\bversion\b|\bheadline\b|\b(?:artikel|berita|tulisan|laporan)\s"
    r"(?:ini|di\satas|kami|sebelumnya)\b|\bversi\b|\bredaksi\b|\bredaktion|\bartikel\b|\barticle\b|\bartículo\b|\bartigo\b|\barticolo\b",
    re.IGNORECASE,
)
_CORRECTING: Final = re.compile(
    _CORRECTED + r"|misstat|misspel|misidentif|incorrect|wrong|error|erroneous|mistake|salah|keliru|fälschlich|par erreur", re.IGNORECASE
)
_CLARIFYING: Final = re.compile(r"clarif|klarifikasi|precis|aclara", re.IGNORECASE)

NOTE_CHARACTERS: Final = 1_000
"""A longer paragraph is text: notes are short."""
LABEL_CHARACTERS: Final = 60
SHORTEST_WORDS: Final = 3
SHORTEST_CHARACTERS: Final = 12
"""Scripts without spaces count by characters."""


@dataclass(frozen=True, slots=True)
class FoundNote:
    """A note and whether it is about the article alone, so that the body reads whole without it."""

    note: Note
    is_apart: bool


def note_in(paragraph: str) -> FoundNote | None:
    """The note that `paragraph` is, else None.

    «Update: the strike is over.» is a note and news at once: it is not apart, and belongs into the body as well.
    """
    if len(paragraph) > NOTE_CHARACTERS:
        return None
    text = paragraph.lstrip(_MARKS)
    labelled = _label_of(text)
    if labelled is not None:
        kind, after, is_alone = labelled
        if is_alone or (len(text) - after < SHORTEST_CHARACTERS and len(text[after:].split()) < SHORTEST_WORDS):
            return None
        return FoundNote(Note(kind=kind, text=paragraph), kind is not NoteKind.UPDATE or _SPEAKS_OF_ITSELF.search(text, after) is not None)
    if _ITSELF.match(text) is None:
        return None
    kind = NoteKind.UPDATE
    if _CORRECTING.search(text) is not None:
        kind = NoteKind.CORRECTION
    elif _CLARIFYING.search(text) is not None:
        kind = NoteKind.CLARIFICATION
    return FoundNote(Note(kind=kind, text=paragraph), is_apart=True)


def label_alone_in(line: str) -> NoteKind | None:
    """The kind when `line` is nothing but a label («Correction», «Catatan Redaksi:»): the note is what follows."""
    if len(line) > LABEL_CHARACTERS:
        return None
    text = line.strip(_MARKS + ":：])")  # noqa: RUF001  # a full-width colon ends Chinese labels
    labelled = _label_of(text)
    return labelled[0] if labelled is not None and labelled[2] else None


def _label_of(text: str) -> tuple[NoteKind, int, bool] | None:
    """The kind, where the text of the note starts, and whether nothing follows the label."""
    head = text[:LABEL_CHARACTERS].lower()
    if not head.startswith(_ALL_LABELS):
        return None
    label = next(label for label in _ALL_LABELS if head.startswith(label))
    end = _AFTER_LABEL.match(text, len(label))
    return None if end is None else (_LABELS[label], end.end(), end["alone"] is not None)
