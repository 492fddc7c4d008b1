"""Captions: the text under a picture and who made the picture."""

import re
from collections.abc import Iterator
from typing import Final

from kabar_contracts.enriched import Caption

from kabar_enrich.anatomy.byline import byline_in

_PHOTO: Final = (
    r"foto|photo|photograph|picture|image|gambar|ilustrasi|illustration|dok|dokumentasi|istimewa|ist|courtesy|handout|"
    r"tangkapan layar|screenshot|getty|shutterstock|unsplash|pixabay|freepik|i?stockphoto|istock|alamy|instagram|pool"
)
_AGENCY: Final = r"afp|ap|reuters|antara|epa|xinhua|anadolu|bloomberg|dpa|bernama"
_LABEL: Final = (
    r"foto|photo|photograph|picture|image|gambar|bild|imagen|immagine|imagem|zdj\u0119cie|foto(?:grafi)?e|kredit|credit|"
    r"sumber foto|sumber gambar|cr\u00e9dit photo|cr\u00e9dits?"
)
_BY: Final = r"oleh|by|courtesy(?: of)?|von|par|por|di|door|av|af"
_IN_PARENTHESES: Final = re.compile(r"[(\[](?P<credit>[^()\[\]]{2,90})[)\]]\s*\.?$")
# A site's initials may stand before the label («ST PHOTO: …»).
_AFTER_A_WORD: Final = re.compile(
    rf"(?:^|(?<=[\s.|]))\(?(?:(?-i:[A-Z]{{2,6}})\s)?(?:{_LABEL})s?(?:\s+(?:{_BY}))?\s*[:/]\s*(?P<credit>[^\n:]{{2,90}}?)\)?\.?$",
    re.IGNORECASE,
)
_BY_SOMEBODY: Final = re.compile(
    rf"(?:^|(?<=[.!?|])|(?<=\s[–—-])|(?<=^[–—-]))\s*(?:{_LABEL})s?\s+(?:{_BY})\s+(?P<credit>(?-i:[A-Z])[^\n:.]{{2,60}})\.?$",  # noqa: RUF001  # dashes before a credit
    re.IGNORECASE,
)
# «REUTERS/Jane Doe» after the last sentence: an agency or capitals, then a name.
_SLASHED_AT_END: Final = re.compile(
    rf"(?:^|(?<=[.!?\"”)]\s))"
    rf"(?P<credit>(?:(?i:{_AGENCY})|[A-Z][A-Z.&-]{{2,}}|(?:AP|EPA) Photo)(?:\s[A-Z]+){{0,2}}\s?/\s?[^\W\d_][^\n.:]{{1,60}})$"
)
_LIBRARY_AT_END: Final = re.compile(
    r"(?:^|(?<=[.!?\"”)]\s))(?P<credit>(?:[A-Z][\w.'-]+\s){0,3}(?:via\s)?(?:Getty Images|Shutterstock|iStock(?:photo)?|Alamy|Unsplash)"
    r"(?:\s?/\s?[^\W\d_][^\n.:]{1,50})?)$"
)
# «ANTARA/Budi», «Pesisir.com/Budi», but neither a date nor two abbreviations («UMK/UMP»).
_SLASHED: Final = rf"\b(?:{_AGENCY})/\s?\w|\b[\w-]+\.(?:com|id|co|net|org)/\s?\w|[^\W\d_]{{4,}}/\s?[^\W\d_]{{4,}}"
_PHOTO_CREDIT: Final = re.compile(rf"\b(?:{_PHOTO})\b|{_SLASHED}", re.IGNORECASE)
_ANY_CREDIT: Final = re.compile(rf"\b(?:{_PHOTO}|{_AGENCY})\b|{_SLASHED}", re.IGNORECASE)
_CREDIT_LABEL: Final = re.compile(
    r"^(?:foto|photo|photograph|image|gambar|kredit|credit)s?(?:\s+(?:oleh|by))?\s*[:./]\s*|^dok\w*\s*[:/]\s*", re.IGNORECASE
)
_SPOKEN_LABEL: Final = re.compile(r"^(?:image|photo|picture|media) (?:source|caption|credit|copyright),\s*", re.IGNORECASE)
"""What sites write for those who listen to a page."""

_HINT: Final = re.compile(r"[)\]/:]")
_LIBRARIES: Final = ("Getty", "Shutterstock", "iStock", "Alamy", "Unsplash")
_BY_WORD: Final = re.compile(rf"\b(?:{_BY})\s", re.IGNORECASE)
"""Without one of these three at the end of a paragraph there is no credit."""
_BY_WORDS: Final = tuple(f"{re.sub(r'[(].*', '', word)} " for word in _BY.split("|"))
_SPEECH: Final = ('"', "\u201c", "\u201e", "\u00ab")
_DASHES: Final = " |–—-("  # noqa: RUF001  # dashes between text and credit

CAPTION_CHARACTERS: Final = 600
CREDIT_CHARACTERS: Final = 130
ENDING_CHARACTERS: Final = 200
"""What is looked at of a paragraph that may end with a credit: more than any label and name need."""


def caption_with_credit(paragraph: str) -> Caption | None:
    """The caption when `paragraph` ends with the credit of a picture, wherever it stands; else None.

    An agency alone («… (Reuters)») is no such credit: it also closes articles.
    """
    return _read(paragraph, credit=_PHOTO_CREDIT)


def caption_of(paragraph: str) -> Caption:
    """The caption in a paragraph that is known to be one, with its credit if it gives any."""
    text = _SPOKEN_LABEL.sub("", paragraph)
    return _read(text, credit=_ANY_CREDIT) or Caption(text=text)


def credit_alone_in(text: str) -> str | None:
    """The credit when a text beside a picture is nothing but one («Foto: Budi», «REUTERS/Jane Doe», «Image source, …»)."""
    bare = _SPOKEN_LABEL.sub("", text)
    if bare != text and not text.casefold().split(",")[0].endswith("caption"):
        return bare.strip() or None
    for form in _possible_forms(text):
        match = form.search(text)
        if match is not None and not text[: match.start()].strip(_DASHES):
            return match["credit"].strip()
    return None


def _possible_forms(ending: str) -> Iterator[re.Pattern[str]]:
    """The forms of a credit that a text may end with: those of which the sign or the word that they need is there."""
    if "/" in ending or ":" in ending:
        yield _AFTER_A_WORD
    if _names_somebody(ending):
        yield _BY_SOMEBODY
    if "/" in ending:
        yield _SLASHED_AT_END
    if _names_a_library(ending):
        yield _LIBRARY_AT_END


def _names_a_library(text: str) -> bool:
    return any(library in text for library in _LIBRARIES)


def _names_somebody(text: str) -> bool:
    # To look for a word anywhere is so much faster than to look for it at the edges of words that it is done first.
    folded = " ".join(text.casefold().split())
    return any(word in folded for word in _BY_WORDS) and _BY_WORD.search(text) is not None


def _read(paragraph: str, *, credit: re.Pattern[str]) -> Caption | None:
    if len(paragraph) > CAPTION_CHARACTERS or paragraph.startswith(_SPEECH) or not _may_end_with_credit(paragraph[-CREDIT_CHARACTERS:]):
        return None
    ending = max(0, len(paragraph) - ENDING_CHARACTERS)
    match = _IN_PARENTHESES.search(paragraph, ending)
    if match is not None and byline_in(match["credit"]) is not None:
        return None
    if match is not None and credit.search(match["credit"]) and match.start() > 0:
        return Caption(text=paragraph[: match.start()].strip(), credit=_CREDIT_LABEL.sub("", match["credit"].strip()))
    for form in _possible_forms(paragraph[ending:]):
        match = form.search(paragraph, ending)
        if match is not None and match.start() > 0:
            text = paragraph[: match.start()].strip(_DASHES)
            return Caption(text=text, credit=match["credit"].strip()) if text else None
    return None


def _may_end_with_credit(ending: str) -> bool:
    return _HINT.search(ending) is not None or _names_a_library(ending) or _names_somebody(ending)
