import codecs

import pytest
from kabar_enrich.decoding import decode_page

TEXT = "<p>Café à Genève, déjà vu: «été» … naïve façade</p>"


@pytest.mark.parametrize(
    ("page", "content_type"),
    [
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=iso-8859-1"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), None),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "text/html; charset=utf-8"),
        (TEXT.encode(), "text/html; charset=iso-8859-1"),
        (TEXT.encode("cp1252"), "text/html; charset=windows-1252"),
        (TEXT.encode("cp1252"), "text/html; charset=utf-8"),
        (TEXT.encode("cp1252"), "text/html; charset=no-such-charset"),
    ],
)
def test_the_bytes_are_believed_before_the_header(page: bytes, content_type: str | None) -> None:
    assert decode_page(page, content_type=content_type) == TEXT


def test_meta_charset_is_believed_before_the_header() -> None:
    page = "<meta charset='windows-1251'><p>Новости региона</p>"

    assert decode_page(page.encode("cp1251"), content_type="text/html; charset=iso-8859-1") == page


def test_latin_1_means_windows_1252_as_on_the_web() -> None:
    page = "<meta charset=latin1><p>“quoted” text</p>"

    assert decode_page(page.encode("cp1252"), content_type=None) == page


def test_bytes_that_no_encoding_explains_lose_nothing_else() -> None:
    page = "<p>Selamat pagi, tetangga. Café</p>".encode() * 20 + b"\xff" + b"<p>akhir</p>"

    text = decode_page(page, content_type="text/html; charset=utf-8")

    assert text.startswith("<p>Selamat pagi")
    assert text.endswith("<p>akhir</p>")


def test_an_empty_page_is_empty() -> None:
    assert decode_page(b"", content_type=None) == ""
