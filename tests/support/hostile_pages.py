"""Pages and texts made to hurt whoever reads them, each of any size: a piece again and again, between a beginning and an end."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from kabar_contracts.raw import ContentForm

NUMBER: Final = b"{}"
"""In a piece: counted up with each repetition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One kind of hostile content."""

    piece: str | bytes
    before: str | bytes = "<html><head><title>Judul</title></head><body>"
    after: str | bytes = ""
    form: ContentForm = ContentForm.PAGE

    def make(self, size: int) -> bytes:
        """Content of this kind, `size` bytes at most."""
        before, piece, after = (_bytes(part) for part in (self.before, self.piece, self.after))
        room = size - len(before) - len(after)
        if NUMBER in piece:
            return before + b"".join(_numbered(piece, room)) + after
        return before + piece * (room // len(piece)) + after


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _numbered(piece: bytes, room: int) -> Iterator[bytes]:
    for number in count():
        one = piece.replace(NUMBER, str(number).encode())
        room -= len(one)
        if room < 0:
            return
        yield one


def _body(piece: str) -> Hostile:
    return Hostile(piece=piece)


def _paragraph(piece: str) -> Hostile:
    return Hostile(piece=piece, before="<p>")


def _coded(piece: bytes, *, before: bytes = b"<p>") -> Hostile:
    return Hostile(piece=piece, before=before)


def _head(before: str, piece: str, after: str = "") -> Hostile:
    return Hostile(piece=piece, before=f"<html><head>{before}", after=f"{after}</head><body><p>teks")


def _json_ld(before: str, piece: str, after: str = "") -> Hostile:
    return _head(f'<script type="application/ld+json">{before}', piece, f"{after}</script>")


def _text(piece: str) -> Hostile:
    return Hostile(piece=piece, before="", form=ContentForm.ARTICLE)


PAGES: Final[dict[str, Hostile]] = {
    # nesting
    "nested elements": _body("<div>x"),
    "nested formatting elements": _body("<b><i>"),
    "formatting elements closed in the wrong order": _body("<b><i>x</b></i>"),
    "links within links": _body("<a href=x>teks "),
    "lists within lists": _body("<ul><li>butir"),
    "tables within tables": _body("<table><tr><td>sel"),
    "tables in a row": _body("<table><tr><td>sel</td></tr></table>"),
    "text misplaced in tables": _body("<table>teks<b>"),
    "quotations within quotations": _body("<blockquote><q>“kata «dia "),
    "figures within figures": _body("<figure><figcaption>Foto: Antara"),
    "forms and selects": _body("<form><select><option>pilih<textarea>x</textarea>"),
    "foreign elements": _body("<svg><math><mi><foreignObject><p>x"),
    "templates within templates": _body("<template><p>x"),
    # attributes
    "very many attributes": Hostile(piece="a{}=1 ", before="<p ", after=">teks"),
    "very many attributes with a bracket in each": Hostile(piece='a{}=">" ', before="<p ", after=">teks"),
    "a very long attribute": Hostile(piece="article ", before='<p class="', after='">teks'),
    "a class for each paragraph": _body('<p class="c{} d{} e{}">teks</p>'),
    "style on every element": _body("<p style='display : ' hidden id=a class='comment related nav'>teks</p>"),
    "an attribute without an end": Hostile(piece="x y ", before='<p class="'),
    "equals signs alone": Hostile(piece="=", before="<p "),
    "quotation marks alone": Hostile(piece="\"'", before="<p a="),
    # what is not text
    "a comment without an end": Hostile(piece="x -- ", before="<!--"),
    "openings of comments": _body("<!--"),
    "short comments": _body("<!---->x"),
    "a script without an end": Hostile(piece="if (a<b) {", before="<script>"),
    "scripts and styles": _body("<script>x</script><style>y</style>"),
    "scripts that escape into scripts": _body("<script><!--<script>"),
    "CDATA": _body("<![CDATA[ <p>x ]]>"),
    "processing instructions": _body("<?xml version=1?><!DOCTYPE x>"),
    "openings of tags": _body("<"),
    "closing tags alone": _body("</div></p></b>"),
    "tags that do not end": _body("<p <a <b "),
    "entities": _paragraph("&amp;&lt;&notin;&#x41;&CounterClockwiseContourIntegral;"),
    "entities that are none": _paragraph("&notanentity;&#99999999;&#xD800;&"),
    "ampersands alone": _paragraph("&"),
    # bytes and characters
    "nothing but null bytes": _coded(b"\x00", before=b""),
    "null bytes in words": _coded(b"\x00teks"),
    "every byte there is": _coded(bytes(range(256)).replace(NUMBER, b"")),
    "bytes that are no UTF-8": _coded(b"\xff\xfe\xc3\x28kata ", before=b"<meta charset=utf-8><p>"),
    "UTF-7": _coded(b"+ADw-script+AD4-kata ", before=b"<meta charset=utf-7><p>"),
    "UTF-16 with a mark": _coded("kata kata. ".encode("utf-16-le"), before="<p>".encode("utf-16")),
    "UTF-16 without a mark": _coded("kata kata. ".encode("utf-16-le"), before="<p>".encode("utf-16-le")),
    "UTF-32 with a mark": _coded("kata kata. ".encode("utf-32-le"), before="<p>".encode("utf-32")),
    "a charset that is not its own": _coded("naïveté kélé ".encode("latin-1"), before=b"<meta charset=shift_jis><p>"),
    "a charset that is none": _coded(b"a3RhIGthdGE= \xe9", before=b"<meta charset=base64><p>"),
    "surrogates in UTF-8": _coded(b"\xed\xa0\x80\xed\xb0\x80 kata "),
    "marks of byte order": _coded(b"\xef\xbb\xbf", before=b""),
    "characters of no width": _paragraph("k\u200ba\u200ct\u200da\ufeff"),
    "directions of writing": _paragraph("\u202ekata\u2066\u2067\u2069 "),
    "accents upon accents": _paragraph("a" + "\u0301" * 100),
    "signs beyond the first plane": _paragraph("\U0001f600\U000e0041\U0001f1ee"),
    "hidden characters of a manifest": _paragraph("\ufeff\ufe01\U000e0101C2PATXT\x00"),
    # long texts
    "one line": _paragraph("kata kata kata. "),
    "one word": _paragraph("a"),
    "Chinese without an end": _paragraph("新闻报道记者"),
    "Thai without an end": _paragraph("ข่าวประเทศไทย"),
    "speech in Japanese": _paragraph("「そうだ」と語った"),
    "spaces alone": _paragraph(" \t\n\u00a0\u3000"),
    "line breaks": _body("x<br><br>"),
    "a preformatted text of lines": Hostile(piece="baris\n", before="<pre>"),
    "short paragraphs": _body("<p>Kata dan kata lagi di sini."),
    "paragraphs of prose": _body("<p>Wali kota meresmikan jembatan baru itu pada Senin pagi, kata juru bicaranya.</p>"),
    "teasers": _body("<p>Baca juga: <a href=/x>Jembatan baru diresmikan wali kota pada Senin</a></p>"),
    "headings": _body("<h1>Judul</h1><h2>Bab</h2>"),
    "hidden paragraphs": _body("<div hidden><p>Kata yang tidak dilihat siapa pun, dan masih banyak lagi.</p></div>"),
    # bait for patterns
    "bait for bylines": _paragraph("Oleh By Reporter: Penulis Aaaa Bbbb, Cccc & Dddd dan "),
    "bait for bylines, in paragraphs": _body("<p>Oleh: Aaa Bbb, Ccc Ddd, Eee Fff dan Ggg / Hhh (aaa/bbb"),
    "bait for dates": _body("<p>Senin, 31 (31/31/2031 31 Februari 31.31.31 31:31 pukul "),
    "bait for dates in one paragraph": _paragraph("1 2 3 Jan 4 5/6/7 8:9 10-11-12T13:14 "),
    "bait for datelines": _paragraph("JAKARTA, KOMPAS.com, Senin (1/2), "),
    "digits": _paragraph("1"),
    "bait for quotations": _paragraph('"kata dia, “ujar «he said „sagte '),
    "bait for quotations, openings": _paragraph("“Aaa bbb ccc ddd, "),
    "bait for speakers": _paragraph("“Aaa bbb ccc ddd,” kata Aaa Bbb Ccc Ddd Eee "),
    "bait for speakers, capitals": Hostile(piece="Aaa Bbb ", before="<p>“Aaa bbb ccc ddd,” kata "),
    "bait for promotions": _body("<p>Baca juga Baca Juga: Simak selengkapnya Read more Lihat juga"),
    "bait for promotions in one paragraph": _paragraph("[Gambas:Video Baca juga: SCROLL TO CONTINUE ADVERTISEMENT "),
    "bait for notes": _body("<p>Catatan redaksi: Koreksi: Correction (An earlier version of"),
    "bait for sentences": _paragraph("Dr. A.B. Prof. Ir. No. 1. e.g. "),
    "bait for sentences, stops": _paragraph("."),
    "bait for captions": _body("<figure><figcaption>(Foto: Antara/Foto: (ANTARA FOTO/ (Photo by</figcaption></figure>"),
    "bait for disclosures": _paragraph("This article was AI AI-generated with the help of artificial, "),
    "bait for disclosures, in lines": _body("<p>Artikel ini AI dibuat dengan kecerdasan. "),
    "bait for addresses": _paragraph("a@a.a@a.http://www.a@"),
    "bait for hints": _body("<p class='articlearticle-article__story-post-entry-display:display :'>x"),
    # what the head says
    "meta tags": _head("", "<meta name=author content='Nama {}'>"),
    "times": _body("<time datetime=2026-01-0{}>x</time>"),
    "a long title": _head("<title>", "judul | situs - ", "</title>"),
    "a long title in a meta tag": _head("<meta property=og:title content='", "judul | situs - ", "'>"),
    "a long author": _head("<meta name=author content='", "Aaa Bbb, dan ", "'>"),
    "long keywords": _head("<meta name=keywords content='", "kata, ", "'>"),
    "a long date": _head("<meta property=article:published_time content='", "2026-01-01T", "'>"),
    "a long canonical address": _head("<link rel=canonical href='https://a.example/", "%41/../", "'>"),
    "deep JSON-LD": _json_ld("", '{"@type":"NewsArticle","author":'),
    "deep JSON-LD of lists": _json_ld("", "["),
    "JSON-LD of many articles": _json_ld("[", '{"@type":"NewsArticle","headline":"Judul {}","author":{"name":"Nama {}"}},', "0]"),
    "JSON-LD with one long text": _json_ld('{"@type":"NewsArticle","articleBody":"', "kata ", '"}'),
    "JSON-LD with a long number": _json_ld('{"@type":"NewsArticle","wordCount":', "9", "}"),
    "JSON-LD in circles": _json_ld(
        '{"@type":"NewsArticle","@id":"#0","author":[', '{"@id":"#{}","author":{"@id":"#0"}},', '{"@id":"#0"}]}'
    ),
    "scripts of JSON-LD": _body('<script type="application/ld+json">{"@type":"NewsArticle","author":"x"}</script>'),
}
"""Name -> a page of that kind."""

TEXTS: Final[dict[str, Hostile]] = {
    "short lines": _text("Beranda\n"),
    "lines of prose": _text("Wali kota meresmikan jembatan baru itu pada Senin pagi, kata juru bicaranya.\n"),
    "empty lines": _text("\n"),
    "sentences in one line": _text("kata kata, kata. "),
    "one word": _text("a"),
    "carriage returns": _text("kata\r\n\r"),
    "quoted mail": _text("> > > kata\n-- \n"),
    "promotions": _text("Baca juga: Jembatan baru\nSCROLL TO CONTINUE WITH CONTENT\n"),
    "dates": _text("Senin, 31 Jan 2026 10:31 WIB\n"),
    "bylines": _text("Oleh: Aaa Bbb\nEditor: Ccc Ddd\n"),
    "captions": _text("(Foto: Antara/Aaa Bbb)\n"),
    "disclosures": _text("Artikel ini dibuat dengan bantuan AI dan disunting oleh redaksi.\n"),
    "separators": _text("a | b | c - d • e › f\n"),  # noqa: RUF001  # as they stand in menus
    "Chinese": _text("新闻报道记者。\n"),
    "marks": _text("“”«»\"'"),
}
"""Name -> a text of that kind, to be sent both as the body of an article and as a dump of a page."""
