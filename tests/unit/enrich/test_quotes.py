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
    assert [quote.speaker for quote in quotes_in(paragraph)] == [speaker]


def test_a_term_in_quotation_marks_is_no_speech() -> None:
    assert list(quotes_in('Program "Desa Terang Mandiri" dimulai.')) == []


def test_the_marks_and_the_comma_are_no_part_of_the_speech() -> None:
    assert list(quotes_in(f'"{SPEECH}," kata Siti.')) == [Quote(text=SPEECH, speaker="Siti")]
