from collections.abc import Callable

import pytest
from kabar_contracts.enriched import EnrichedArticle, NoteKind
from kabar_enrich.anatomy.notes import label_alone_in, note_in

FIRST = "Pemerintah daerah membuka kembali pelabuhan lama setelah dua tahun ditutup karena rusak."
SECOND = "Kapal pertama berangkat pada Sabtu pagi dengan dua ratus penumpang di dalamnya."


@pytest.mark.parametrize(
    ("paragraph", "kind"),
    [
        ("Ralat: Dalam berita ini tertulis dua kapal, seharusnya tiga kapal.", NoteKind.CORRECTION),
        ("Koreksi (15/11): Nama bupati semula keliru ditulis.", NoteKind.CORRECTION),
        ("Correction, Nov. 15, 2024: The ferry has two decks, not three.", NoteKind.CORRECTION),
        ("CORRECTION — The mayor's name is Ines Okafor.", NoteKind.CORRECTION),
        ("[Correction: The mayor's name is Ines Okafor.]", NoteKind.CORRECTION),
        ("Clarification: The fare applies to adults only.", NoteKind.CLARIFICATION),
        ("Editor’s note: Names of minors were changed.", NoteKind.EDITOR),  # noqa: RUF001
        ("Catatan Redaksi: Nama korban disamarkan.", NoteKind.EDITOR),
        ("This story has been updated with a reply from the harbour office.", NoteKind.UPDATE),
        ("This article was amended on 3 May because it misstated the fare.", NoteKind.CORRECTION),
        ("An earlier version of this article gave a wrong date.", NoteKind.CORRECTION),
        ("A correction was made on May 7, 2025: The ferry has two decks, not three.", NoteKind.CORRECTION),
        ("Artikel ini telah diperbarui pada pukul 15.00 WIB.", NoteKind.UPDATE),
        ("Judul berita ini telah diubah karena salah menyebut nama kapal.", NoteKind.CORRECTION),
        ("Anmerkung der Redaktion: Wir haben den Preis berichtigt.", NoteKind.EDITOR),
        ("In einer früheren Version stand ein falscher Preis, das war fälschlich so.", NoteKind.CORRECTION),
        ("Cet article a été mis à jour à 15 heures.", NoteKind.UPDATE),
        ("Rettifica: il traghetto ha due ponti e non tre.", NoteKind.CORRECTION),
        ("更正：渡輪有兩層甲板，而不是三層。原文有誤。", NoteKind.CORRECTION),  # noqa: RUF001
        ("От редакции: имена детей изменены.", NoteKind.EDITOR),
    ],
)
def test_a_note_is_told_by_its_label_or_by_speaking_of_the_article(paragraph: str, kind: NoteKind) -> None:
    found = note_in(paragraph)

    assert found is not None
    assert (found.note.kind, found.note.text, found.is_apart) == (kind, paragraph, True)


@pytest.mark.parametrize(
    "paragraph",
    [
        "Correction officers said: nobody was hurt.",
        "Koreksi harga saham berlanjut pada sesi kedua.",
        "Updated rules for ferries start in May.",
        "Klarifikasi pihak kampus ditunggu mahasiswa.",
        "The article of the law was amended in May.",
        "Update: ok",
        "He said this story has been updated many times.",
        "Versi sebelumnya dari mobil itu lebih murah.",
    ],
)
def test_a_sentence_that_opens_like_a_note_is_none(paragraph: str) -> None:
    assert note_in(paragraph) is None


def test_a_label_alone_waits_for_its_text() -> None:
    assert [label_alone_in(line) for line in ("Correction", "Catatan Redaksi:", "Correction officers")] == [
        NoteKind.CORRECTION,
        NoteKind.EDITOR,
        None,
    ]


def test_notes_leave_the_body(enriched: Callable[..., EnrichedArticle]) -> None:
    article = enriched(language="id", body=f"{FIRST}\n\n{SECOND}\n\nRalat: Dalam berita ini semula tertulis tiga ratus penumpang.")

    assert article.body == f"{FIRST}\n\n{SECOND}"
    assert [(note.kind, note.text.split(":")[0]) for note in article.notes] == [(NoteKind.CORRECTION, "Ralat")]


def test_a_label_above_its_text_goes_with_it(enriched: Callable[..., EnrichedArticle]) -> None:
    article = enriched(language="id", body=f"{FIRST}\n\n{SECOND}\n\nCatatan Redaksi:\n\nNama korban dalam berita disamarkan.")

    assert article.body == f"{FIRST}\n\n{SECOND}"
    assert [note.text for note in article.notes] == ["Catatan Redaksi:\nNama korban dalam berita disamarkan."]


def test_an_update_that_tells_news_stays_in_the_body(enriched: Callable[..., EnrichedArticle]) -> None:
    article = enriched(language="id", body=f"{FIRST}\n\nUpdate: {SECOND}")

    assert article.body == f"{FIRST}\n\nUpdate: {SECOND}"
    assert [note.kind for note in article.notes] == [NoteKind.UPDATE]


def test_an_article_of_notes_alone_keeps_its_text(enriched: Callable[..., EnrichedArticle]) -> None:
    article = enriched(language="en", body="Correction: The ferry has two decks, not three.")

    assert article.body == "Correction: The ferry has two decks, not three."
