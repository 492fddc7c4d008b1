import pytest
from kabar_contracts.enriched import Caption
from kabar_enrich.anatomy import promotion
from kabar_enrich.anatomy.caption import caption_of, caption_with_credit, credit_alone_in
from kabar_enrich.anatomy.heading import looks_like_heading
from kabar_enrich.anatomy.paragraphs import is_prose, paragraphs_of
from kabar_enrich.anatomy.storable import storable


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One.\n\nTwo.", ["One.", "Two."]),
        ("One.\nTwo.", ["One.", "Two."]),
        ("One.\r\n \r\nTwo  words.", ["One.", "Two words."]),
        ("", []),
        (
            "This line was wrapped at a column by a mail program that\nsent it, and so was this one, and it goes on until\nit ends.",
            ["This line was wrapped at a column by a mail program that sent it, and so was this one, and it goes on until it ends."],
        ),
    ],
)
def test_paragraphs_are_told_from_line_ends(text: str, paragraphs: list[str]) -> None:
    assert paragraphs_of(text) == paragraphs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kepala desa mengatakan bahwa jembatan itu sudah tua.", True),
        ("Most Read Stories From Our Award Winning Team.", False),
        ("Nasional", False),
        ("村民表示这座桥已经很旧了，需要尽快修理，否则会有危险。", True),  # noqa: RUF001  # Chinese marks
    ],
)
def test_prose_is_told_from_labels(text: str, *, expected: bool) -> None:
    assert is_prose(text) is expected


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Perahu di dermaga. (Foto: Budi/Harian)", Caption(text="Perahu di dermaga.", credit="Budi/Harian")),
        ("A boat at the pier. Photo: Jane Doe", Caption(text="A boat at the pier.", credit="Jane Doe")),
        ("A boat at the pier. PG PHOTO: JANE DOE", Caption(text="A boat at the pier.", credit="JANE DOE")),
        ("A boat at the pier. — Picture by Jane Doe", Caption(text="A boat at the pier.", credit="Jane Doe")),
        (
            "A boat at the pier, June 3, 2025. REUTERS/Jane Doe",
            Caption(text="A boat at the pier, June 3, 2025.", credit="REUTERS/Jane Doe"),
        ),
        ("A boat at the pier. (AP Photo/Jane Doe)", Caption(text="A boat at the pier.", credit="AP Photo/Jane Doe")),
        ("Perahu di dermaga. (ANTARA FOTO/Budi Hadi)", Caption(text="Perahu di dermaga.", credit="ANTARA FOTO/Budi Hadi")),
        ("Perahu di dermaga. (Pesisir9.com/Budi Hadi)", Caption(text="Perahu di dermaga.", credit="Pesisir9.com/Budi Hadi")),
        ("A boat at the pier. Jane Doe via Getty Images", Caption(text="A boat at the pier.", credit="Jane Doe via Getty Images")),
        ("They sold the picture by the harbour.", None),
        ("The council decided on the tender and/or the lease.", None),
        ("Perahu di dermaga (dok. Humas)", Caption(text="Perahu di dermaga", credit="dok. Humas")),
        ("Officials declined to comment on Friday. (Reuters)", None),
        ("The law (in force since May) was changed.", None),
        ("Upah minimum diumumkan bulan depan (UMK/UMP)", None),
        ('"Jembatan itu segera dibuka," kata Siti. (Lembaga Kelautan/Pusat)', None),
        ('"Jembatan itu segera dibuka," kata Siti, Senin (20/10/2025).', None),
    ],
)
def test_a_caption_is_told_by_its_credit(text: str, caption: Caption | None) -> None:
    assert caption_with_credit(text) == caption


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("Foto: Budi Hadi", "Budi Hadi"),
        ("REUTERS/Jane Doe", "REUTERS/Jane Doe"),
        ("Image source, Getty Images", "Getty Images"),
        ("Image caption, A boat at the pier", None),
        ("A boat at the pier", None),
    ],
)
def test_a_credit_can_stand_alone(text: str, credit: str | None) -> None:
    assert credit_alone_in(text) == credit


def test_what_is_said_to_listeners_before_a_caption_is_no_part_of_it() -> None:
    assert caption_of("Image caption, A boat at the pier") == Caption(text="A boat at the pier")


def test_an_agency_is_the_credit_where_the_paragraph_is_known_to_be_a_caption() -> None:
    assert caption_of("A boat at the pier. (Reuters)") == Caption(text="A boat at the pier.", credit="Reuters")


@pytest.mark.parametrize(
    "line",
    [
        "Baca juga: Harga Beras Turun",
        "SCROLL TO CONTINUE WITH CONTENT",
        "Simak Video 'Perahu'",
        "Read more: Ferry saved",
        "[Gambas:Video 20detik]",
        "ADVERTISEMENT",
        "AA",
        "SCROLL TO RESUME CONTENT",
        "* Follow Official WhatsApp Channel Harian untuk berita terbaru",
        "'Simak juga video: Perahu Nelayan'",
        "Saksikan LiveHarianpagi:",
        "Lesen Sie auch: Die Brücke bleibt",
        "Lire aussi : Le pont reste ouvert",
        "Leia também: A ponte fica aberta",
        "Lees ook: De brug blijft open",
        "Läs mer: Bron förblir öppen",
        "Czytaj też: Most pozostaje otwarty",
        "Xem thêm: Cây cầu vẫn mở",
        "อ่านเพิ่มเติม: สะพานยังเปิดอยู่",
        "Читайте также: Мост остаётся открытым",
        "اقرأ أيضا: الجسر مفتوح",
        "यह भी पढ़ें: पुल खुला रहेगा",
        "関連記事：橋は開いたまま",  # noqa: RUF001  # a full-width colon
        "관련기사 다리는 열려 있다",
        "延伸阅读：桥梁仍然开放",  # noqa: RUF001  # a full-width colon
        "Watch: How the bridge was built",
    ],
)
def test_promotion_and_chrome_are_known(line: str) -> None:
    assert promotion.is_promotion(line)


@pytest.mark.parametrize(
    "line",
    [
        "Simak penjelasan bupati berikut ini.",
        "Read by millions, the paper closed on Friday.",
        "Dapatkan haknya, para nelayan menunggu bertahun-tahun.",
        "More from the report is expected on Monday.",
        "Read more slowly and you remember more, she said.",
        "Video: what the camera saw that night is now evidence in court.",
        "Mehrere Menschen wurden verletzt.",
    ],
)
def test_prose_that_opens_like_promotion_stays(line: str) -> None:
    assert not promotion.is_promotion(line)


@pytest.mark.parametrize(
    ("paragraph", "cleaned"),
    [
        ("Air naik. SCROLL TO CONTINUE WITH CONTENT Warga mengungsi.", "Air naik. Warga mengungsi."),
        ("Air naik. [Gambas:Video Harian] Warga mengungsi.", "Air naik. Warga mengungsi."),
        ("The water rose. (Read also: Ferry saved) People left.", "The water rose. People left."),
        (
            "Warga mengungsi ke balai desa sejak malam hari tadi. Baca juga: Harga Beras Turun",
            "Warga mengungsi ke balai desa sejak malam hari tadi.",
        ),
        ("The [second] bridge will continue to carry trams.", "The [second] bridge will continue to carry trams."),
        (
            '"Baca juga buku ini sampai selesai, jangan hanya judulnya," kata Siti.',
            '"Baca juga buku ini sampai selesai, jangan hanya judulnya," kata Siti.',
        ),
    ],
)
def test_chrome_inside_a_paragraph_is_cut_out(paragraph: str, cleaned: str) -> None:
    assert promotion.without_inner_chrome(paragraph) == cleaned


@pytest.mark.parametrize(
    ("line", "expected"),
    [("Berita Populer", True), ("Most read", True), ("© 2025 Harian", True), ("Berita itu tersebar cepat di desa.", False)],
)
def test_what_stands_below_an_article_ends_it(line: str, *, expected: bool) -> None:
    assert promotion.ends_article(line) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Dana dari iuran", True),
        ("Who pays?", True),
        ("Sebuah kalimat.", False),
        ("lower case", False),
        ('"Segera dibuka," ujarnya', False),
    ],
)
def test_a_heading_is_told_by_its_looks(line: str, *, expected: bool) -> None:
    assert looks_like_heading(line) is expected


def test_storable_text_keeps_its_length() -> None:
    assert storable("a\x00b\ud800c\x01") == "a\ufffdb\ufffdc\x01"
