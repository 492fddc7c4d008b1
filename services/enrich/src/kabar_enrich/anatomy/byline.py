"""Bylines: who wrote and who edited an article, by the role that stands before the name."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["author", "editor"]

_AUTHOR: Final = (
    r"penulis|reporter|oleh|laporan|pewarta|wartawan|jurnalis|kontributor|ditulis oleh|dilaporkan oleh|"
    r"by|written by|reported by|reporting by|words by|story by|author"
)
_EDITOR: Final = r"editor|redaktur|penyunting|disunting oleh|diedit oleh|edited by|editing by"
_ROLE: Final = rf"(?:(?P<author>{_AUTHOR})|(?P<editor>{_EDITOR}))"
_MARKED: Final = re.compile(rf"(?<![\w-])(?:{_ROLE})\s*:\s*", re.IGNORECASE)
_OPENING: Final = re.compile(rf"(?:{_ROLE})(?:\s*:\s*|\s+|$)", re.IGNORECASE)
_REPORTER_OF: Final = re.compile(r"^(?:wartawan|reporter|kontributor|jurnalis)\s+[\w .]{2,40},\s*", re.IGNORECASE)
_BETWEEN_NAMES: Final = re.compile(r"\s*(?:[,;/&|]|\bdan\b|\band\b)\s*", re.IGNORECASE)
_NOT_A_NAME: Final = re.compile(r"\d{2}|https?:|[@©?!{}<>]|\.$")
_PARTICLES_WORDS: Final = """
    al bin binti da dari de del della den der di dos du el ibn la le ten van von
"""
_PARTICLES: Final = frozenset(_PARTICLES_WORDS.split())
_LETTER_DOT: Final = re.compile(r"\b[A-Z]\.$")
_BARS: Final = re.compile(r"\s*[|•·]\s*")
_CREDIT_ENDS: Final = re.compile(r"\s*(?:\s[-–—]\s|\().*$")  # noqa: RUF001  # dashes that sites put between name and date

NAME_CHARACTERS: Final = 60
NAME_WORDS: Final = 6
LINE_CHARACTERS: Final = 240


@dataclass(frozen=True, slots=True)
class Byline:
    """The names that one line gives for each role."""

    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()


def byline_in(line: str) -> Byline | None:
    """The names in `line` when it is a byline, else None.

    With a colon after the role any short name counts («Editor: timtribun»), several roles may share the line; without
    one, what follows must look like names («By JANE DOE», but not «By then it was late»).
    """
    if len(line) > LINE_CHARACTERS:
        return None
    first, *others = _BARS.split(line)
    found = _one_byline_in(first)
    if found is None:
        return None
    for other in filter(None, map(_one_byline_in, others)):
        found = Byline(merged(found.authors, other.authors), merged(found.editors, other.editors))
    return found


def _one_byline_in(line: str) -> Byline | None:
    opening = _OPENING.match(line)
    if opening is None:
        return None
    marks = list(_MARKED.finditer(line))
    if not marks or marks[0].start() > 0:
        names = _parts(line[opening.end() :])
        if not names or not all(map(is_name, names)):
            return None
        return _with(Byline(), _role_of(opening), names)
    found = Byline()
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = len(line) if following is None else following.start()
        names = _names(line[mark.end() : end])
        if not names:
            continue
        found = _with(found, _role_of(mark), names)
    return found if found.authors or found.editors else None


def role_alone_in(line: str) -> Role | None:
    """The role when `line` is nothing but a role («Penulis», «Editor:»): the name stands on the next line."""
    if len(line) > NAME_CHARACTERS:
        return None
    match = _OPENING.match(line)
    return _role_of(match) if match is not None and match.end() == len(line) else None


def is_name(text: str) -> bool:
    """Whether `text` can be a person's name by its looks alone: few words, each with a capital, no digits."""
    words = text.split()
    if not 0 < len(words) <= NAME_WORDS or len(text) > NAME_CHARACTERS or _looks_like_text(text):
        return False
    return words[0].lower() not in _PARTICLES and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)


def _looks_like_text(text: str) -> bool:
    return _NOT_A_NAME.search(text) is not None and _LETTER_DOT.search(text) is None


def _names(text: str) -> tuple[str, ...]:
    """The parts of a list that are short enough for names, whatever their looks."""
    return tuple(
        name for name in _parts(text) if len(name) <= NAME_CHARACTERS and len(name.split()) <= NAME_WORDS and not _looks_like_text(name)
    )


def _parts(text: str) -> tuple[str, ...]:
    cleaned = _CREDIT_ENDS.sub("", _REPORTER_OF.sub("", text.strip()))
    names = (name.strip(" .-–—\u00a0") for name in _BETWEEN_NAMES.split(cleaned))  # noqa: RUF001  # dashes around names
    return tuple(filter(None, names))


def _role_of(match: re.Match[str]) -> Role:
    return "author" if match["author"] else "editor"


def _with(byline: Byline, role: Role, names: tuple[str, ...]) -> Byline:
    if role == "author":
        return Byline(merged(byline.authors, names), byline.editors)
    return Byline(byline.authors, merged(byline.editors, names))


def merged(names: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Both lists in order, each name once whatever its case."""
    known = {name.casefold(): name for name in (*more[::-1], *names[::-1])}
    ordered = dict.fromkeys(name.casefold() for name in (*names, *more))
    return tuple(known[key] for key in ordered)
