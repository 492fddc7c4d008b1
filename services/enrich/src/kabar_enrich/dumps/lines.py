"""The lines of a page dump, and what each looks like."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from kabar_enrich.anatomy import byline, moments, promotion
from kabar_enrich.anatomy.article_head import STAMP_WORDS, is_stamp_of_time
from kabar_enrich.anatomy.heading import looks_like_heading
from kabar_enrich.anatomy.mail import without_mail_marks
from kabar_enrich.anatomy.paragraphs import ends_sentence, is_prose, paragraphs_of
from kabar_enrich.anatomy.sentences import sentences_of
from kabar_enrich.anatomy.storable import without_controls
from kabar_enrich.dumps.boilerplate import speaks_of_the_site


class LineKind(Enum):
    """What a line of a dump looks like."""

    PROSE = "prose"
    SENTENCE = "sentence"
    BULLET = "bullet"
    HEADING = "heading"
    PROMOTION = "promotion"
    BYLINE = "byline"
    COMMENTS = "comments"
    END = "end"
    BOILERPLATE = "boilerplate"
    CHROME = "chrome"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a dump."""

    text: str
    kind: LineKind


TEXT: Final = frozenset({LineKind.PROSE, LineKind.SENTENCE, LineKind.BULLET})

_BULLET: Final = re.compile(r"(?:[-•*‣▪◦–]|\d{1,2}[.)])\s+\S")  # noqa: RUF001  # an en dash is a bullet too
_COMMENTS: Final = re.compile(
    r"(?:\d+\s+)?(?:comments?|komentar|kommentare?|leserkommentare|commentaires?|comentarios?|comentários|commenti|reacties|kommentarer|"
    r"комментарии|коментарі|yorumlar|評論|评论|コメント|댓글)(?:\s*[:(]?\s*\d*\s*\)?)?",
    re.IGNORECASE,
)
_TIME_OF_DAY: Final = re.compile(r"\d{1,2}[:.]\d{2}")

REPEATED: Final = 3
REPEATED_LONGEST: Final = 60
ONE_LINE: Final = 2_000
"""Characters: a dump with a line of that length has lost its line ends."""
ONE_LINE_SENTENCES: Final = 8


def lines_of(text: str) -> list[Line]:
    """The lines of a dump in order, each of a kind. A long line that stands there again is left out."""
    texts = [line for paragraph in paragraphs_of(without_mail_marks(without_controls(text))) for line in _unglued(paragraph)]
    counts = Counter(texts)
    kinds = {line: _kind_of(line) for line in counts}
    seen: set[str] = set()
    lines: list[Line] = []
    for line in texts:
        if len(line) > REPEATED_LONGEST and line in seen:
            continue
        seen.add(line)
        kind = kinds[line]
        is_label = kind in (LineKind.HEADING, LineKind.CHROME) and len(line) <= REPEATED_LONGEST
        lines.append(Line(line, LineKind.REPEATED if is_label and counts[line] >= REPEATED else kind))
    return _without_site_text(lines)


def _unglued(paragraph: str) -> Sequence[str]:
    """The sentences of a paragraph that is a whole page; else the paragraph."""
    if len(paragraph) < ONE_LINE:
        return (paragraph,)
    sentences = sentences_of(paragraph)
    return sentences if len(sentences) >= ONE_LINE_SENTENCES else (paragraph,)


def _kind_of(text: str) -> LineKind:
    return next((kind for kind, is_kind in _TESTS if is_kind(text)), LineKind.CHROME)


def _is_short_sentence(text: str) -> bool:
    """Whether it is one or two short sentences. A short question that stands alone is a heading more often."""
    is_question = text.endswith("?") and looks_like_heading(text)
    return ends_sentence(text) and len(text.split()) > 1 and not text.endswith(":") and not is_question


def _is_stamp(text: str) -> bool:
    """Whether it is the head of a comment or another stamp: a day, a time of day and few words."""
    return len(text.split()) <= STAMP_WORDS and _TIME_OF_DAY.search(text) is not None and moments.names_a_day(text)


_TESTS: Final[tuple[tuple[LineKind, Callable[[str], object]], ...]] = (
    (LineKind.COMMENTS, _COMMENTS.fullmatch),
    (LineKind.END, promotion.ends_article),
    (LineKind.CHROME, promotion.is_chrome),
    (LineKind.PROMOTION, promotion.opens_promotion),
    (LineKind.BYLINE, byline.byline_in),
    (LineKind.CHROME, is_stamp_of_time),
    (LineKind.CHROME, _is_stamp),
    (LineKind.PROSE, is_prose),
    (LineKind.BULLET, _BULLET.match),
    (LineKind.SENTENCE, _is_short_sentence),
    (LineKind.HEADING, looks_like_heading),
)
"""The first test that holds says what a line is."""


def _without_site_text(lines: Sequence[Line]) -> list[Line]:
    """`lines`, where running text in which the site speaks of itself is boilerplate."""
    found: list[Line] = []
    for index, line in enumerate(lines):
        if line.kind in (LineKind.PROSE, LineKind.SENTENCE):
            around = [lines[at].kind for at in (index - 1, index + 1) if 0 <= at < len(lines)]
            within = len(around) > 1 and all(kind is LineKind.PROSE for kind in around)
            if speaks_of_the_site(line.text, within_text=within):
                found.append(Line(line.text, LineKind.BOILERPLATE))
                continue
        found.append(line)
    return found
