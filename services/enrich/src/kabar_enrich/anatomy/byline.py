"""Bylines: who wrote and who edited an article, by the role that stands before the name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from kabar_enrich.anatomy import moments
from kabar_enrich.anatomy.outlet_names import DOMAIN, is_agency, is_outlet
from kabar_enrich.anatomy.paragraphs import is_prose

Role = Literal["author", "editor"]

# Words of a role that open a byline by themselves, with or without a colon.
_AUTHOR: Final = (
    r"penulis|reporter|oleh|laporan|pewarta|wartawan|jurnalis|kontributor|koresponden|ditulis oleh|dilaporkan oleh|"
    r"by|written by|reported by|reporting by|writing by|words by|text by|story by|author|authors|"
    r"von|text von|por|texto de|escrito por|par|propos recueillis par|rédigé par|door|tekst door|av|text av|tekst av|af|tekst af|"
    r"yazan|muhabir|автор|автори|авторы|tác giả|penulis berita|wartawati"
)
_EDITOR: Final = (
    r"editor|redaktur|penyunting|disunting oleh|diedit oleh|edited by|editing by|redigiert von|bearbeitet von|"
    r"editado por|édité par|onder redactie van|редактор"
)
# Words that are a role only where a colon follows: alone they are words of prose or parts of names.
_AUTHOR_LABEL: Final = (
    r"rep|teks|text|texto|texte|testo|tekst|teksti|autor|autorin|autoren|autora|autores|auteur|auteurs|autore|autori|autorka|di|a cura di|"
    r"redactor|redactora|skribent|journalist|toimittaja|haber|yazar|opracował|opracowała|zpracoval|текст|журналист|بقلم|كتب|كتبت|"
    r"लेखक|ผู้เขียน|phóng viên|作者|记者|記者|文|撰文|글|기자"
)
_EDITOR_LABEL: Final = (
    r"red|redaksi|redaktion|redakteur|redakteurin|redacteur|eindredactie|redaktör|redaktør|redaktor|toimitus|edición|edição|edizione|"
    r"editör|redakce|редактура|تحرير|المحرر|编辑|編輯|责编|責編|責任編輯|责任编辑|編集|편집|biên tập"
)
_ROLE: Final = rf"(?:(?P<author>{_AUTHOR})|(?P<editor>{_EDITOR}))"
_LABELLED: Final = re.compile(
    rf"(?<![\w-])(?:(?P<author>{_AUTHOR}|{_AUTHOR_LABEL})|(?P<editor>{_EDITOR}|{_EDITOR_LABEL}))(?:/\w+)?\s*[:：]\s*",  # noqa: RUF001
    re.IGNORECASE,
)
_STARTS: Final = frozenset(word[:2] for words in (_AUTHOR, _EDITOR, _AUTHOR_LABEL, _EDITOR_LABEL) for word in words.split("|"))
"""How the words of a role begin. Nearly every line is told by this to be no byline."""
_OPENING: Final = re.compile(rf"(?:{_ROLE})(?:\s*[:：]\s*|\s+|$)", re.IGNORECASE)  # noqa: RUF001  # a full-width colon
_SHORT_WORD: Final = frozenset({"von", "por", "par", "door", "av", "af"})
"""Openings that are names and titles as well: two words of name must follow."""
_REPORTER_OF: Final = re.compile(r"^(?:wartawan|reporter|kontributor|jurnalis|koresponden)\s+[\w .]{2,40},\s*", re.IGNORECASE)
_BETWEEN_NAMES: Final = re.compile(r"\s*(?:[,;/&|、]|\b(?:dan|and|und|et|y|och|og|en)\b)\s*", re.IGNORECASE)
_NOT_A_NAME: Final = re.compile(r"\d{2}|https?:|[@©?!{}<>]|\.$")
_PARTICLES_WORDS: Final = """
    al bin binti da dari de del della den der di dos du el ibn la le ten van von
"""
_PARTICLES: Final = frozenset(_PARTICLES_WORDS.split())
_LETTER_DOT: Final = re.compile(r"\b[A-Z]\.$")
_CLAUSES: Final = re.compile(rf"\s*[|•·;]\s*|\s*[./,]\s*(?=(?:{_AUTHOR}|{_EDITOR})\s)", re.IGNORECASE)
_CREDIT_ENDS: Final = re.compile(r"\s*(?:\s[-–—]\s|\().*$")  # noqa: RUF001  # dashes that sites put between name and date
_AFTER_NAME: Final = re.compile(
    r"\s+(?:(?:in|at|for|of|from|with|di|untuk)\s+(?:the\s+)?[^\W\d_].*|(?:published|updated|posted|diterbitkan|diperbarui|tayang)\b.*)$",
    re.IGNORECASE,
)
_JOB: Final = re.compile(
    r"\b(?:correspondent|reporter|editor|writer|journalist|columnist|analyst|bureau|staff|contributor|koresponden|jurnalis|wartawan|"
    r"kontributor|redakteur|korrespondent|journaliste|periodista|jornalista|giornalista|verslaggever|news|desk)\b",
    re.IGNORECASE,
)
_JOB_ALONE: Final = re.compile(
    r"(?:[^\W\d_][\w'-]*\s){0,4}(?:correspondent|reporter|editor|writer|journalist|columnist|analyst|contributor|koresponden|jurnalis|wartawan|"
    r"kontributor|redakteur(?:in)?|korrespondent(?:in)?|journaliste|periodista|jornalista|giornalista|verslaggever)",
    re.IGNORECASE,
)
_HELP: Final = re.compile(
    r"\(?(?:additional|with|further)\s(?:reporting|writing|research|files)\s(?:by|from)\s|"
    r".{3,160}\b(?:contributed\s(?:to\sthis|reporting|research|additional)|(?:turut\s|ikut\s)?berkontribusi\s(?:pada|dalam|untuk))\b.{0,80}$|"
    r"(?-i:[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){1,3}(?:,?\sand\s[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){1,3})?)\s(?:reported|reports|melaporkan)\s"  # noqa: RUF001
    r"(?:from|dari)\s(?-i:[A-Z])[^.]{2,60}\.?$",
    re.IGNORECASE,
)
_HELP_HINTS: Final = ("contribut", "berkontribusi", "research ", "reporting ", "writing ", "files ", "reported ", "reports ", "melaporkan ")
_INITIALS: Final = re.compile(
    r"[(\[/](?!(?:and/or|dan/atau|he/she|his/her)\b)(?:[a-z]{2,5}(?:\s?[/,-]\s?[a-z]{2,5}){0,3}|[A-Z]{2,4}(?:/[A-Z]{2,4}){1,3}|\*{1,3})[)\]/]\.?"
)
_REPORTER_BEHIND: Final = re.compile(r"(?P<name>[가-힣]{2,4})\s?(?:선임)?기자(?:\s|=|$)")
_DESK: Final = re.compile(
    r"(?:[\w.-]+[ -])?(?:redaktion|redaksi|redacción|redação|redazione|la rédaction|newsroom|redactie|redakcja|redakce)(?:\s[\w.-]+)?",
    re.IGNORECASE,
)
_WEEKDAYS_WORDS: Final = """
    monday tuesday wednesday thursday friday saturday sunday senin selasa rabu kamis jumat sabtu minggu now then
"""
_WEEKDAYS: Final = frozenset(_WEEKDAYS_WORDS.split())

NAME_CHARACTERS: Final = 60
NAME_WORDS: Final = 6
LINE_CHARACTERS: Final = 240
BARE_WORDS: Final = range(2, 5)
"""Words of a name that stands alone."""


@dataclass(frozen=True, slots=True)
class Byline:
    """The names that one line gives for each role."""

    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()

    def with_names_of(self, other: "Byline") -> "Byline":
        """The names of both, each once."""
        return Byline(merged(self.authors, other.authors), merged(self.editors, other.editors))


def byline_in(text: str) -> Byline | None:
    """The names in `text` when it is a byline, else None. One without names tells who helped («Additional reporting by …»).

    With a colon after the role any short name counts («Editor: timtribun»), several roles may share the line; without
    one, what follows must look like names («By JANE DOE», but not «By then it was late»). Lines parted by a line break
    are one byline when the first is one and none of them is running text.
    """
    return _byline_in(text) if len(text) <= LINE_CHARACTERS else None


@lru_cache(maxsize=256)
def _byline_in(text: str) -> Byline | None:
    """The last ones are remembered: who looks for names and who tells text from names ask of the same lines."""
    first, *others = text.split("\n")
    found = _byline_in_line(first)
    if found is None or any(map(is_prose, others)):
        return None
    for other in filter(None, map(_byline_in_line, others)):
        found = found.with_names_of(other)
    return found


def _byline_in_line(line: str) -> Byline | None:
    if any(hint in line for hint in _HELP_HINTS) and _HELP.match(line) is not None:
        return Byline()
    if (korean := _REPORTER_BEHIND.match(line)) is not None:
        return Byline(authors=(korean["name"],))
    if line.startswith("(") and line.rstrip(".").endswith(")"):
        line = line.rstrip(".")[1:-1]
    start = line[:2].casefold()
    if (start not in _STARTS and start[:1] not in _STARTS) or (_OPENING.match(line) is None and _LABELLED.match(line) is None):
        return None
    first, *others = _CLAUSES.split(line)
    found = _one_byline_in(first)
    if found is None:
        return None
    for other in filter(None, map(_one_byline_in, others)):
        found = found.with_names_of(other)
    return found


def _one_byline_in(line: str) -> Byline | None:
    if _LABELLED.match(line) is None:
        return _without_colon(line)
    marks = list(_LABELLED.finditer(line))
    found = Byline()
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = len(line) if following is None else following.start()
        names = _labelled_names(mark, line[mark.end() : end])
        if names:
            found = _with(found, _role_of(mark), names)
    return found if found.authors or found.editors else None


def _without_colon(line: str) -> Byline | None:
    opening = _OPENING.match(line)
    if opening is None:
        return None
    names = _free_names(line[opening.end() :])
    if names is None or (opening[0].strip().casefold() in _SHORT_WORD and any(len(name.split()) == 1 for name in names)):
        return None
    return _with(Byline(), _role_of(opening), names)


def role_alone_in(line: str) -> Role | None:
    """The role when `line` is nothing but a role («Penulis», «Editor:»): the name stands on the next line."""
    if len(line) > NAME_CHARACTERS:
        return None
    match = _OPENING.match(line)
    return _role_of(match) if match is not None and match.end() == len(line) else None


def is_initials(line: str) -> bool:
    """Whether `line` is nothing but the initials of who wrote and edited («(abc/def)»)."""
    return _INITIALS.fullmatch(line) is not None


def name_before_outlet(line: str, *, known: Iterable[str] = ()) -> str | None:
    """The name in «Name - Outlet» or «Name, Outlet», where the outlet is one of `known` or is told by its looks; else None."""
    for mark in (" - ", " – ", " — ", " | ", ", "):  # noqa: RUF001  # dashes between name and outlet
        name, found, outlet = line.partition(mark)
        if found and bare_name_in(name) is not None and (is_agency(outlet) or DOMAIN.fullmatch(outlet) or outlet.casefold() in known):
            return name.strip()
    return None


def bare_name_in(line: str) -> str | None:
    """The name when `line` is nothing but one: two to four words, not all in capitals, and no outlet."""
    name = line.strip()
    if len(name.split()) not in BARE_WORDS or name.isupper() or not is_name(name) or is_outlet(name):
        return None
    return name


def names_in_list(line: str) -> tuple[str, ...]:
    """The names in a line that is known to name the authors («Jane Doe, political correspondent», «Budi Hadi - Harian Pesisir»)."""
    return tuple(name for name in _free_names(line) or () if not is_outlet(name))


def signature_in(line: str) -> str | None:
    """The name when `line`, the last of a text, is nothing but one, or the desk that wrote it («Tim Redaksi»)."""
    return bare_name_in(line) or (line.strip() if is_desk(line) else None)


def is_desk(line: str) -> bool:
    """Whether `line` is nothing but the name of an editorial desk («Tim Redaksi», «AB-Redaktion»)."""
    return _DESK.fullmatch(line.strip()) is not None


def is_job(text: str) -> bool:
    """Whether `text` says what somebody works as («Senior Reporter», «political correspondent»)."""
    return _JOB_ALONE.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether `text` can be a person's name by its looks alone: few words, each with a capital, no digits."""
    words = text.split()
    if not 0 < len(words) <= NAME_WORDS or len(text) > NAME_CHARACTERS or _looks_like_text(text):
        return False
    return words[0].lower() not in _PARTICLES and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)


def _looks_like_text(text: str) -> bool:
    return _NOT_A_NAME.search(text) is not None and _LETTER_DOT.search(text) is None


def _labelled_names(mark: re.Match[str], text: str) -> tuple[str, ...]:
    """The parts of a list that are short enough for names, whatever their looks; after a doubtful label only those that look like names."""
    names = tuple(
        name for name in _parts(text) if len(name) <= NAME_CHARACTERS and len(name.split()) <= NAME_WORDS and not _looks_like_text(name)
    )
    is_plain = _OPENING.match(mark[0]) is not None
    return names if is_plain else tuple(name for name in names if is_name(name) or not name.isascii())


def _free_names(text: str) -> tuple[str, ...] | None:
    """The names in a list in which everything else is a place, an outlet, a job or a date. None when it is no such list."""
    names: list[str] = []
    for part in _parts(text):
        name = part if is_name(part) else _AFTER_NAME.sub("", part)
        if is_name(name) and name.casefold() not in _WEEKDAYS and not (names and (is_outlet(name) or _JOB.search(name))):
            names.append(name)
        elif not names or not (_JOB.search(part) or is_outlet(part) or _is_date(part)):
            return None
    return tuple(names) or None


def _is_date(text: str) -> bool:
    span = moments.span_of_date(text)
    return span is not None and len(text.split()) <= NAME_WORDS


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
