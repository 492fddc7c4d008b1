"""Promotion and chrome: lines that a site puts between and around the paragraphs of an article.

Each list is a list of openings, since these lines are built from a fixed phrase and a variable rest. A paragraph that
is longer than `LINE_CHARACTERS` is never one: nobody writes a teaser of that length, but prose may open the same way.
"""

import re
from typing import Final

LINE_CHARACTERS: Final = 300

_PROMOTIONS: Final = re.compile(
    r"[\[(►▶→•*\s-]*(?:"
    r"baca (?:juga|selengkapnya|berita|artikel|lainnya)|baca\s*:|simak (?:juga|video|berita|artikel|breaking)|"
    r"lihat (?:juga|video|selengkapnya)|tonton (?:juga|video)|saksikan (?:juga|video|live)|gambas\s*:|"
    r"klik (?:di ?sini|link|tautan|selengkapnya)|dapatkan (?:berita|update|informasi|info)|ikuti (?:kami|saluran|berita|"
    r"channel|google news|update)|"
    r"gabung (?:di|dengan|ke|bersama)|unduh aplikasi|download aplikasi|cek berita|update berita|akses berita|"
    r"artikel ini (?:telah |sudah )?(?:tayang|terbit|dimuat)|berita ini (?:telah |sudah )?(?:tayang|terbit|dimuat)|"
    r"scroll to continue|gulir untuk|lanjutkan membaca|halaman (?:selanjutnya|berikutnya|sebelumnya)|pilihan (?:editor|redaksi)|"
    r"read (?:more|also|next|full|our|the full)\b|also read|see also|see more|related(?:\s*:|\s+(?:stor|article|read|news|"
    r"topic|coverage|video))|"
    r"more (?:on this (?:story|topic)|like this)|you (?:may|might) also like|sign up (?:for|to|here|now)\b|"
    r"subscribe (?:to|now|here|for)\b|follow (?:us|our)\b|click here|download (?:our|the) app|"
    r"watch\s*:|watch (?:live|now|more|the video)|listen\s*:|join our (?:newsletter|channel|whatsapp|telegram|community)|"
    r"get (?:our|the latest (?:news|stories|updates|headlines)|the day's)|recommended (?:for you|stor|read)|don'?t miss|"
    r"story continues below|article continues|continue reading|skip (?:to|past)|this article (?:first|originally) appeared|"
    r"lesen sie auch|mehr zum thema|lire aussi|à lire aussi|lee también|leer más|leia (?:também|mais)|leggi anche|"
    r"lees ook|läs också|les også|læs også|"
    r"lue myös|czytaj także|čtěte také|xem thêm|читайте также"
    r")",
    re.IGNORECASE,
)
_WHOLE_LINES: Final = re.compile(
    r"(?:advertisement|advertising|iklan|sponsored(?: content)?|promoted|ads?|anzeige|publicité|publicidad|"
    r"share(?: this)?|bagikan|share on .{3,20}|"
    r"copy link|salin (?:link|tautan)|tautan (?:disalin|telah disalin)|aa|a a|text sizes?|ukuran (?:huruf|teks)|small|"
    r"medium|large|larger|kecil|sedang|besar|"
    r"print|cetak|save|simpan|facebook|twitter|x|whatsapp|telegram|line|email|linkedin|instagram|youtube|tiktok|menu|home|"
    r"beranda|search|cari|login|masuk|"
    r"sign in|log in|register|daftar|komentar|comments?|\d+ (?:komentar|comments?)|notifikasi|epaper|e-paper|indeks|index|"
    r"terpopuler|terkini|loading\.*|"
    r"close|tutup|next|previous|prev|lainnya|more|selengkapnya|follow|ikuti|google news|add as preferred source.{0,30}|"
    r"listen|dengarkan|play|pause)",
    re.IGNORECASE,
)
_ENDS: Final = re.compile(
    r"(?:berita|artikel|topik|konten) (?:populer|terpopuler|terkini|terbaru|terkait|lainnya|pilihan|"
    r"rekomendasi)\b.{0,20}$|terpopuler$|terkini$|rekomendasi untuk|"
    r"dapatkan berita pilihan|(?:most|top) (?:read|popular|viewed|stories)\b.{0,20}$|related (?:articles|stories|news|"
    r"topics|coverage)\s*:?$|"
    r"more (?:from|stories|news|in)\b.{0,40}$|you (?:may|might) also like|recommended (?:for you|stories|reading)|"
    r"trending (?:now|topics|news)\b|latest (?:news|stories)$|"
    r"(?:tulis|kirim|beri|leave a|post a|write a) (?:komentar|comment)|komentar$|comments?$|tags?\s*:|tag terkait|"
    r"copyright\b|©|hak cipta|all rights reserved|"
    r"tentang kami$|about us$|kebijakan privasi|privacy policy|terms of (?:use|service)|pedoman media siber|kontak kami$|contact us$",
    re.IGNORECASE,
)
_PROMISES_A_TITLE: Final = re.compile(
    r"(?:.{0,25}\b(?:juga|also|auch|aussi|anche|ook|selengkapnya|more|next|terkait|related|watch|video|baca)\b.{0,10}|.{0,40}:)$",
    re.IGNORECASE,
)
_COLLAPSED: Final = re.compile(r"^\W+|\W+$")


def is_promotion(paragraph: str) -> bool:
    """Whether `paragraph` sends the reader somewhere else («Baca juga: …», «Read more») or is a label of the page's chrome."""
    if len(paragraph) > LINE_CHARACTERS:
        return False
    return _PROMOTIONS.match(paragraph) is not None or is_chrome(paragraph)


def is_chrome(line: str) -> bool:
    """Whether `line` is nothing but a button or a label of a page («AA», «Text Sizes», «Share»)."""
    return len(line) <= LINE_CHARACTERS and _WHOLE_LINES.fullmatch(_COLLAPSED.sub("", line)) is not None


def ends_article(line: str) -> bool:
    """Whether `line` opens what a page prints below an article («Berita Populer», «Related stories», «© 2025»)."""
    return len(line) <= LINE_CHARACTERS and _ENDS.match(line) is not None


def promises_a_title(line: str) -> bool:
    """Whether a promotion ends where the title of another article follows on the next line («Baca juga:»)."""
    return len(line) <= LINE_CHARACTERS and _PROMISES_A_TITLE.fullmatch(line) is not None
