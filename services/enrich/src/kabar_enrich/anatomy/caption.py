"""Captions: the text under a picture and who made the picture."""

import re
from typing import Final

from kabar_contracts.enriched import Caption

_PHOTO: Final = (
    r"foto|photo|photograph|picture|image|gambar|ilustrasi|illustration|dok|dokumentasi|istimewa|ist|courtesy|handout|"
    r"tangkapan layar|screenshot|getty|shutterstock|unsplash|pixabay|freepik|instagram|pool"
)
_AGENCY: Final = r"afp|ap|reuters|antara|epa|xinhua|anadolu|bloomberg|dpa|bernama"
_IN_PARENTHESES: Final = re.compile(r"\s*[(\[](?P<credit>[^()\[\]]{2,90})[)\]]\s*\.?$")
_AFTER_A_WORD: Final = re.compile(
    r"(?:^|(?<=[\s.|]))\(?(?:foto|photo|photograph|picture|image|gambar|kredit|credit|sumber foto|sumber gambar)s?"
    r"(?:\s+(?:oleh|by|courtesy))?\s*[:/]\s*(?P<credit>[^\n:]{2,90}?)\)?\.?$",
    re.IGNORECASE,
)
# «ANTARA/Budi», but neither a date nor two abbreviations («UMK/UMP»).
_SLASHED: Final = rf"\b(?:{_AGENCY})/\s?\w|[^\W\d_]{{4,}}/\s?[^\W\d_]{{4,}}"
_PHOTO_CREDIT: Final = re.compile(rf"\b(?:{_PHOTO})\b|{_SLASHED}", re.IGNORECASE)
_ANY_CREDIT: Final = re.compile(rf"\b(?:{_PHOTO}|{_AGENCY})\b|{_SLASHED}", re.IGNORECASE)
_CREDIT_LABEL: Final = re.compile(
    r"^(?:foto|photo|photograph|image|gambar|kredit|credit|dok)s?(?:\s+(?:oleh|by))?\s*[:./]\s*", re.IGNORECASE
)

_SPEECH: Final = ('"', "\u201c", "\u201e", "\u00ab")

CAPTION_CHARACTERS: Final = 600


def caption_with_credit(paragraph: str) -> Caption | None:
    """The caption when `paragraph` ends with the credit of a picture, wherever it stands; else None.

    An agency alone («… (Reuters)») is no such credit: it also closes articles.
    """
    return _read(paragraph, credit=_PHOTO_CREDIT)


def caption_of(paragraph: str) -> Caption:
    """The caption in a paragraph that is known to be one, with its credit if it gives any."""
    return _read(paragraph, credit=_ANY_CREDIT) or Caption(text=paragraph)


def _read(paragraph: str, *, credit: re.Pattern[str]) -> Caption | None:
    if len(paragraph) > CAPTION_CHARACTERS or paragraph.startswith(_SPEECH):
        return None
    match = _IN_PARENTHESES.search(paragraph)
    if match is not None and credit.search(match["credit"]) and match.start() > 0:
        return Caption(text=paragraph[: match.start()].strip(), credit=_CREDIT_LABEL.sub("", match["credit"].strip()))
    match = _AFTER_A_WORD.search(paragraph)
    if match is not None and match.start() > 0:
        text = paragraph[: match.start()].strip(" |–—-(")  # noqa: RUF001  # dashes between text and credit
        return Caption(text=text, credit=match["credit"].strip()) if text else None
    return None
