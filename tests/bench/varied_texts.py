"""Texts of which no two are alike, shaped like articles: a dateline, quotes, and at times a note on the use of AI."""

import random
from itertools import accumulate
from typing import Final

from articles import raw_article, raw_fields
from kabar_contracts.raw import ContentForm

LANGUAGES: Final = ("id", "en", None)
"""What producers say. Made-up words read as no language, but one article in thousands: without these a reader would load
what it knows of Indonesian, two megabytes, at some time after the warm-up."""
_PLACES: Final = ("JAKARTA", "Surabaya", "MAKASSAR", "Denpasar", "LONDON", "Bandung")
_NOTES: Final = (
    "Artikel ini dibuat dengan bantuan kecerdasan buatan dan disunting oleh redaksi.",
    "This article was translated with the help of AI and checked by an editor.",
    "Redaksi tidak menggunakan kecerdasan buatan untuk menulis artikel ini.",
    "Foto: Antara",
)
_SYLLABLES: Final = ("ka", "bar", "pe", "la", "bu", "han", "ko", "ta", "mu", "sim", "ra", "wat", "di", "nas", "ter", "lin", "gu", "ner")

_CHANCE: Final = random.Random(1)  # noqa: S311  # the same words in every run
_VOCABULARY: Final = tuple("".join(_CHANCE.choices(_SYLLABLES, k=_CHANCE.randint(2, 4))) for _ in range(5_000))
_CUMULATED: Final = tuple(accumulate(1 / rank for rank in range(1, len(_VOCABULARY) + 1)))
"""Zipf's law: the word of rank n is n times as rare as the first."""


def article_entry(number: int, *, chance: random.Random) -> dict[bytes, bytes]:
    """A raw entry of 2 to 6 KB: a body or a page, in words that no other article has."""
    texts = paragraphs(chance)
    title = words(chance, 7).capitalize()
    language = LANGUAGES[number // 3 % len(LANGUAGES)]
    if number % 3:
        return raw_fields(raw_article(number, title=title, body="\n\n".join(texts), language=language))
    marked_up = "".join(f"<p>{paragraph}</p>" for paragraph in texts)
    head = f"<head><title>{title}</title><meta name=author content='{words(chance, 2).title()}'></head>"
    html = f"<html lang=id>{head}<body><nav><a href=/>Beranda</a></nav><article><h1>{title}</h1>{marked_up}</article></body></html>"
    return raw_fields(raw_article(number, title=title, body=None, html=html, content_form=ContentForm.HTML, language=language))


def paragraphs(chance: random.Random) -> list[str]:
    """Six to eleven paragraphs, 2 to 5 KB."""
    texts = [_paragraph(chance) for _ in range(chance.randint(5, 10))]
    texts[0] = f"{chance.choice(_PLACES)} - {texts[0]}"
    return [*texts, chance.choice(_NOTES)]


def words(chance: random.Random, count: int) -> str:
    """So many words, some often and most seldom, as in a language."""
    return " ".join(chance.choices(_VOCABULARY, cum_weights=_CUMULATED, k=count))


def _paragraph(chance: random.Random) -> str:
    name = words(chance, 2).title()
    return f"{words(chance, 25).capitalize()}. “{words(chance, 12).capitalize()},” kata {name}. {words(chance, 20).capitalize()}."
