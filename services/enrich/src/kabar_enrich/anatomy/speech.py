"""What stands between quotation marks, of whatever kind, in the paragraphs of an article."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MARKS: Final = '"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f\u2018\u2019'
# What may stand before a mark is looked at behind it: a text is then searched for the signs alone, which is several times as fast.
_ANY_MARK: Final = re.compile(f"[{MARKS}](?:(?<![\u2018\u2019])|(?<=\u2018)(?<![^\\s(\u2014\u2013].)|(?<=[,.!?\u2026]\u2019)(?!\\w))")
_CLOSED_BY: Final = {
    '"': '"\u201d',
    "\u201c": '\u201d"',
    "\u201d": "\u201d",
    "\u201e": '\u201c\u201d"',
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\u2018": "\u2019",
}
_ALWAYS_OPEN: Final = "\u201c\u201e\u00ab\u300c\u300e\u2018"
_BEFORE_OPENING: Final = " \t\n\u00a0([-\u2013\u2014/:,"

SPEECH_CHARACTERS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Speech:
    """A quotation: its text without marks, where it stands with its marks, and whether the next paragraph goes on with it."""

    paragraph: int
    start: int
    end: int
    text: str
    goes_on: bool = False


def speech_in(paragraphs: Sequence[str]) -> list[Speech]:  # noqa: C901  # one walk over the marks, with what is open carried along
    """All quotations in order.

    One that is not closed is believed where the paragraph opens with it and the next one opens with a mark again, as
    speech of several paragraphs is printed, and where the next paragraph closes it.
    """
    found: list[Speech] = []
    carried = ""
    for index, text in enumerate(paragraphs):
        opened, mark = (0, '"') if carried else (-1, "")
        for match in _ANY_MARK.finditer(text):
            at, sign = match.start(), match[0]
            if opened < 0:
                if _opens(text, at, sign):
                    opened, mark = at, sign
            elif sign in _CLOSED_BY[mark]:
                if sign == '"' and not carried and _looks_like_opening(text, at):
                    opened = at
                    continue
                inner = text[opened + (not carried) : at]
                if len(inner) <= SPEECH_CHARACTERS:
                    found.append(Speech(index, opened, at + 1, f"{carried}{inner}".strip()))
                opened, mark, carried = -1, "", ""
        carried = ""
        if opened < 0 or index + 1 >= len(paragraphs):
            continue
        rest, following = text[opened + 1 :], paragraphs[index + 1]
        if len(rest) > SPEECH_CHARACTERS:
            continue
        if opened == 0 and following[:1] == mark:
            found.append(Speech(index, opened, len(text), rest.strip(), goes_on=True))
        elif _is_closed_in(following, mark):
            carried = f"{rest.strip()} "
    return found


def _opens(text: str, at: int, sign: str) -> bool:
    if sign in _ALWAYS_OPEN:
        return True
    if sign in "\u300d\u300f\u2019":
        return False
    return _looks_like_opening(text, at) or (sign == '"' and text[at - 1 : at].isalpha() and text[at + 1 : at + 2].isupper())


def _looks_like_opening(text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    return (not before or before in _BEFORE_OPENING) and bool(after) and not after.isspace()


def _is_closed_in(text: str, mark: str) -> bool:
    first = _ANY_MARK.search(text)
    if first is None or first[0] not in _CLOSED_BY[mark]:
        return False
    return not _looks_like_opening(text, first.start()) or mark != '"'
