import pytest
from kabar_enrich.anatomy.byline import (
    Byline,
    bare_name_in,
    byline_in,
    is_initials,
    is_job,
    is_name,
    name_before_outlet,
    names_in_list,
    role_alone_in,
    signature_in,
)


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
        ("Rep: Laila Rahma/ Red: Imam Hadi", Byline(("Laila Rahma",), ("Imam Hadi",))),
        ("Pewarta: Andi Wijaya\nEditor: Siti Rahma\nHak cipta 2025", Byline(("Andi Wijaya",), ("Siti Rahma",))),
        ("Reporting by Jane Doe and Max Roe; Editing by Ann Hill", Byline(("Jane Doe", "Max Roe"), ("Ann Hill",))),
        ("(Reporting by Jane Doe in Port Hall; editing by Ann Hill)", Byline(("Jane Doe",), ("Ann Hill",))),
        ("Reporting by Jane Doe. Editing by Ann Hill.", Byline(("Jane Doe",), ("Ann Hill",))),
        ("By Jane Doe, political correspondent", Byline(("Jane Doe",))),
        ("By Jane Doe, BBC News, 12 March 2025", Byline(("Jane Doe",))),
        ("By Jane Doe for The Harbour Gazette", Byline(("Jane Doe",))),
        ("Von Jana Berg und Max Roth", Byline(("Jana Berg", "Max Roth"))),
        ("Por Juana Díaz y Mario Ruiz", Byline(("Juana Díaz", "Mario Ruiz"))),
        ("Par Jeanne Petit et Marc Roux", Byline(("Jeanne Petit", "Marc Roux"))),
        ("Door Jan de Boer", Byline(("Jan de Boer",))),
        ("Av Kari Nordmann", Byline(("Kari Nordmann",))),
        ("Di: Maria Rossi", Byline(("Maria Rossi",))),
        ("Yazan: Ayşe Demir", Byline(("Ayşe Demir",))),
        ("Текст: Анна Белова, редактор: Иван Громов", Byline(("Анна Белова",), ("Иван Громов",))),
        ("记者：王小明 编辑：李华", Byline(("王小明",), ("李华",))),  # noqa: RUF001  # full-width colons
        ("홍길동 기자", Byline(("홍길동",))),
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
        "By Friday.",
        "Red: the colour of the year",
        "Von Trapp",
        "Di Balik Layar",
        "Text messages were sent to all residents",
        "By Jane Doe\nThe old ferry will run again from the spring, the harbour office said on Monday.",
    ],
)
def test_a_sentence_is_no_byline(line: str) -> None:
    assert byline_in(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "Additional reporting by Jane Doe",
        "Gazette writer Jane Doe in Port Hall contributed to this report.",
        "Jane Doe reported from Port Hall, Ohio.",
        "Andi Wijaya turut berkontribusi dalam laporan ini.",
    ],
)
def test_who_helped_is_no_author_and_no_text(line: str) -> None:
    assert byline_in(line) == Byline()


@pytest.mark.parametrize(
    ("line", "expected"), [("(rln/ska)", True), ("(DJA/RS)", True), ("[gg]", True), ("(and/or)", False), ("(AS)", False)]
)
def test_initials_in_brackets_are_told(line: str, *, expected: bool) -> None:
    assert is_initials(line) is expected


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Fajar Hadi - pesisirNews", "Fajar Hadi"),
        ("Fajar Hadi, CNN Indonesia", "Fajar Hadi"),
        ("Fajar Hadi - Pasar Baru", None),
        ("Harga Beras - pesisir.com naik", None),
    ],
)
def test_a_name_before_the_name_of_the_outlet_is_the_author(line: str, name: str | None) -> None:
    assert name_before_outlet(line, known={"pesisirnews"}) == name


@pytest.mark.parametrize(
    ("line", "name"),
    [("Lim Shu Mei", "Lim Shu Mei"), ("SHARE THIS", None), ("Sport", None), ("CNN Indonesia", None), ("Jane Doe, 42", None)],
)
def test_a_name_can_stand_alone(line: str, name: str | None) -> None:
    assert bare_name_in(line) == name


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Jane Doe, political correspondent", ("Jane Doe",)),
        ("Budi Hadi - Harian Pesisir", ("Budi Hadi",)),
        ("Jane Doe and Max Roe", ("Jane Doe", "Max Roe")),
        ("CNN Indonesia", ()),
        ("About the author", ()),
    ],
)
def test_a_line_that_is_known_to_name_the_authors_gives_the_names_alone(line: str, names: tuple[str, ...]) -> None:
    assert names_in_list(line) == names


@pytest.mark.parametrize(
    ("line", "name"), [("Lê Phương", "Lê Phương"), ("Tim Redaksi", "Tim Redaksi"), ("AB-Redaktion", "AB-Redaktion"), ("Selesai", None)]
)
def test_a_text_is_signed_by_a_name_or_a_desk(line: str, name: str | None) -> None:
    assert signature_in(line) == name


@pytest.mark.parametrize(
    ("text", "expected"), [("Senior Reporter", True), ("Koresponden", True), ("Jane Reporter Doe", False), ("Jane Doe", False)]
)
def test_a_job_is_no_name(text: str, *, expected: bool) -> None:
    assert is_job(text) is expected


def test_a_role_alone_waits_for_the_name_on_the_next_line() -> None:
    assert (role_alone_in("Penulis"), role_alone_in("Editor:"), role_alone_in("Penulis buku")) == ("author", "editor", None)


@pytest.mark.parametrize(
    ("text", "expected"), [("Joko bin Ali", True), ("a lower case start", False), ("Read all about it here now today", False)]
)
def test_a_name_is_told_by_its_looks(text: str, *, expected: bool) -> None:
    assert is_name(text) is expected
