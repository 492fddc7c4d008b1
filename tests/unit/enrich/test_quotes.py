import pytest
from kabar_contracts.enriched import Quote
from kabar_enrich.enrichers.quotes import quotes_in

SPEECH = "Jembatan ini akan dibuka bulan depan"


@pytest.mark.parametrize(
    ("paragraph", "speaker"),
    [
        (f'"{SPEECH}," kata Mulyono Hadi, Kamis.', "Mulyono Hadi"),
        (f"“{SPEECH},” ujarnya Siti.", "Siti"),
        (f'Mulyono mengatakan, "{SPEECH}."', "Mulyono"),
        (f'"{SPEECH}," Ann Reith said on Monday.', "Ann Reith"),
        (f'"{SPEECH}," said Ann Reith, the mayor.', "Ann Reith"),
        (f'"{SPEECH}," bunyi pernyataan tersebut.', "pernyataan tersebut"),
        (f'"{SPEECH}," katanya.', None),
    ],
)
def test_speech_has_its_speaker_as_written(paragraph: str, speaker: str | None) -> None:
    assert [quote.speaker for quote in quotes_in([paragraph])] == [speaker]


def test_a_term_in_quotation_marks_is_no_speech() -> None:
    assert quotes_in(['Program "Desa Terang Mandiri" dimulai.']) == []


def test_the_marks_and_the_comma_are_no_part_of_the_speech() -> None:
    assert quotes_in([f'"{SPEECH}," kata Siti.']) == [Quote(text=SPEECH, speaker="Siti")]


def _speakers(*paragraphs: str) -> list[str | None]:
    return [quote.speaker for quote in quotes_in(paragraphs)]


@pytest.mark.parametrize(
    ("paragraph", "speaker"),
    [
        (f'"{SPEECH}," kata Kepala Dinas Perhubungan Jember Mulyono Hadi, Kamis (21/8/2025).', "Mulyono Hadi"),
        (f'"{SPEECH}," kata jubir KPK, Mulyono Hadi, kepada wartawan.', "Mulyono Hadi"),
        (f'"{SPEECH}," kata pengacara Siti, Mulyono Hadi, di Jakarta.', "Mulyono Hadi"),
        (f'"{SPEECH}," ujar Kapolres AKBP Mulyono dalam jumpa pers.', "Mulyono"),
        (f'Ketua panitia, Mulyono Hadi, menjelaskan, "{SPEECH}."', "Mulyono Hadi"),
        (f'Menurut Mulyono, "{SPEECH}."', "Mulyono"),
        (f'Mulyono: "{SPEECH}."', "Mulyono"),
        (f"“{SPEECH},” said Foreign Minister Ann Reith on Monday.", "Ann Reith"),
        (f"“{SPEECH},” Ann Reith, the mayor of Alma, told reporters.", "Ann Reith"),
        (f"„{SPEECH}“, sagte Außenminister Max Roth am Montag.", "Max Roth"),
        (f"«{SPEECH}», a déclaré Jeanne Dubois.", "Jeanne Dubois"),
        (f"«{SPEECH}», afirmó la ministra Ana Ruiz.", "Ana Ruiz"),
        (f"“{SPEECH}”, disse o prefeito João Melo.", "João Melo"),
        (f"«{SPEECH}», ha detto Marco Bruni.", "Marco Bruni"),
        (f"“{SPEECH}”, zegt Jan de Vries.", "Jan de Vries"),
        (f"«{SPEECH}», — сказал Иван Петров.", "Иван Петров"),
        ("王明表示：“这座桥将于下个月开放通行。”", "王明"),  # noqa: RUF001  # Chinese marks
        ("山田太郎さんは「この橋は来月から使えるようになります」と話した。", "山田太郎"),
    ],
)
def test_the_speaker_is_a_name_without_role_and_rank(paragraph: str, speaker: str) -> None:
    assert _speakers(paragraph) == [speaker]


@pytest.mark.parametrize("attribution", ["ujarnya", "kata dia", "he said", "tambah beliau", "she added"])
def test_a_pronoun_is_who_was_last_reported_to_speak(attribution: str) -> None:
    assert _speakers("Kepala Dinas Mulyono Hadi mengatakan jembatan itu sudah tua.", f'"{SPEECH}," {attribution}.') == ["Mulyono Hadi"]


def test_a_pronoun_after_a_speaker_who_is_not_named_is_nobody() -> None:
    assert _speakers(f'"{SPEECH}," kata Siti.', f'"{SPEECH}," kata seorang warga.', f'"{SPEECH}," ujarnya.') == ["Siti", None, None]


def test_a_role_alone_is_the_person_who_was_named_with_it() -> None:
    first = "Kasi Intel Mulyono Hadi mengatakan jembatan itu sudah tua. Adapun Camat Siti Rahma menyebut warga menunggu."
    assert _speakers(first, f'"{SPEECH}," kata Kasi Intel, Senin.') == ["Mulyono Hadi"]


def test_a_quotation_that_goes_on_behind_its_speaker_is_one() -> None:
    assert quotes_in(['"Jembatan ini akan dibuka," kata Siti, "pada awal bulan depan."']) == [
        Quote(text="Jembatan ini akan dibuka pada awal bulan depan.", speaker="Siti")
    ]


def test_speech_over_paragraphs_has_one_speaker() -> None:
    assert _speakers(f"“{SPEECH}.", f"“{SPEECH},” said Ann Reith.") == ["Ann Reith", "Ann Reith"]


def test_a_name_after_an_institution_is_cut_where_the_text_goes_on_to_call_the_person() -> None:
    assert _speakers(f'"{SPEECH}," kata Direktur Pesisir Sejahtera Eva Dahlia Putri.', f'"{SPEECH}," kata Eva.') == [
        "Eva Dahlia Putri",
        "Eva",
    ]


@pytest.mark.parametrize("between", ["Pemiliknya sudah meminta maaf.", "Melalui surat, warga menyatakan setuju."])
def test_what_belongs_to_somebody_or_opens_a_sentence_is_no_speaker(between: str) -> None:
    paragraphs = [f"Siti Rahma mengatakan perahu itu milik warga. {between}", '"Kami perbaiki pagarnya minggu ini," ujarnya.']

    assert [quote.speaker for quote in quotes_in(paragraphs)] == ["Siti Rahma"]


def test_a_promise_is_a_report_of_speech() -> None:
    paragraphs = [
        "Siti Rahma mengatakan perahu itu tua.",
        'Bupati Budi Hadi berjanji menutup pelabuhan. "Besok pagi kami mulai dari sini," ucapnya.',
    ]

    assert [quote.speaker for quote in quotes_in(paragraphs)] == ["Budi Hadi"]


@pytest.mark.parametrize(
    "role",
    [
        "Plt. Kepala Dinas Kesehatan",
        "Pj. Gubernur",
        "Kepala Dinas Jalan dan Air (DJA)",
        "Direktur Jenderal Pajak (Dirjen Pajak) Kementerian Keuangan,",
        "Plt Bupati Tambak Lor,",
        "Menteri Tenaga Kerja",
        "juru bicara Gedung Putih",
    ],
)
def test_a_role_with_abbreviations_and_places_is_no_part_of_the_name(role: str) -> None:
    assert [quote.speaker for quote in quotes_in([f'"Kami sudah menyiapkan anggaran itu," kata {role} Siti Rahma, Senin.'])] == [
        "Siti Rahma"
    ]


@pytest.mark.parametrize("verb", ["usul", "harap", "sentil"])
def test_a_stem_that_says_how_something_was_said_is_a_verb_of_saying(verb: str) -> None:
    assert [quote.speaker for quote in quotes_in([f'"Kami sudah menyiapkan anggaran itu," {verb} Siti Rahma.'])] == ["Siti Rahma"]
