import pytest
from kabar_enrich.anatomy.byline import Byline, byline_in, is_name, role_alone_in


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Penulis: Andi Wijaya", Byline(("Andi Wijaya",))),
        ("Oleh Andi Wijaya", Byline(("Andi Wijaya",))),
        ("Editor: timharian", Byline((), ("timharian",))),
        ("Penulis: Andi Wijaya, Editor: Siti Rahma", Byline(("Andi Wijaya",), ("Siti Rahma",))),
        ("Reporter: Andi Wijaya dan Budi Santoso", Byline(("Andi Wijaya", "Budi Santoso"))),
        ("Laporan Wartawan Harian Pesisir, Andi Wijaya", Byline(("Andi Wijaya",))),
        ("By JANE DOE and Ludwig van der Berg", Byline(("JANE DOE", "Ludwig van der Berg"))),
        ("By Jane Doe | Edited by Max Roe", Byline(("Jane Doe",), ("Max Roe",))),
    ],
)
def test_names_are_read_by_role(line: str, byline: Byline) -> None:
    assert byline_in(line) == byline


@pytest.mark.parametrize(
    "line",
    [
        "By then it was late and nobody had called.",
        "Oleh karena itu, rapat ditunda sampai besok.",
        "Editor in chief of the paper resigned",
        "Laporan keuangan menunjukkan kerugian.",
        "Oleh Fitri, uang itu dikirim ke rekening lain.",
        "Penulis",
        "Bylaws: changed",
    ],
)
def test_a_sentence_is_no_byline(line: str) -> None:
    assert byline_in(line) is None


def test_a_role_alone_waits_for_the_name_on_the_next_line() -> None:
    assert (role_alone_in("Penulis"), role_alone_in("Editor:"), role_alone_in("Penulis buku")) == ("author", "editor", None)


@pytest.mark.parametrize(
    ("text", "expected"), [("Joko bin Ali", True), ("a lower case start", False), ("Read all about it here now today", False)]
)
def test_a_name_is_told_by_its_looks(text: str, *, expected: bool) -> None:
    assert is_name(text) is expected
