import pytest
from kabar_enrich.anatomy.article_head import is_section_of, is_stamp, is_stamp_of_time, names_in_head


@pytest.mark.parametrize(
    ("line", "stamp", "of_time"),
    [
        ("Jumat, 15 November 2024 09:15 WIB", True, True),
        ("Issued on: 11/10/2025 - 19:45", True, True),
        ("Published Nov 15, 2024", True, True),
        ("15 November 2024", True, False),
        ("The ferry ran again on 15 November 2024.", False, False),
        ("Harga beras naik", False, False),
    ],
)
def test_a_stamp_is_told_and_whether_it_can_head_a_part_of_a_chronicle(line: str, *, stamp: bool, of_time: bool) -> None:
    assert (is_stamp(line), is_stamp_of_time(line)) == (stamp, of_time)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["Budi Hadi - pesisirNews", "Kamis, 16 Apr 2025 13:20 WIB"], ("Budi Hadi",)),
        (["Published Mar 27, 2025, 09:00 PM", "Lim Shu Mei"], ("Lim Shu Mei",)),
        (["Lim Shu Mei", "A line", "Another line", "27 March 2025"], ()),
        (["27 March 2025", "Pasar Malam"], ()),
        (["27 March 2025", "SHARE THIS PAGE"], ()),
    ],
)
def test_the_author_in_the_head_is_the_name_before_the_outlet_or_next_to_the_date(lines: list[str], names: tuple[str, ...]) -> None:
    assert names_in_head(lines, elsewhere={"pesisirnews", "pasar malam"}) == names


@pytest.mark.parametrize(
    ("label", "url", "expected"),
    [
        ("Jawa Timur", "https://pesisir.example/jawa-timur/d-12/kapal", True),
        ("Wetter", "https://pesisir.example/wetter/kapal", True),
        ("Sport", "https://pesisir.example/news/sport-hall-opens", False),
        ("Kapal", "https://pesisir.example/daerah/kapal", False),
        ("Sport", None, False),
    ],
)
def test_a_label_above_the_title_is_the_section_when_the_address_names_it(label: str, url: str | None, *, expected: bool) -> None:
    assert is_section_of(label, url) is expected
