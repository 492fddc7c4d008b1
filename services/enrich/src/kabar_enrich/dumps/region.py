"""Where the article stands in a page dump: the slice of its lines with the greatest sum of weights."""

from collections.abc import Sequence
from typing import Final

from kabar_enrich.dumps.lines import TEXT, Line, LineKind

WEIGHTS: Final = {
    LineKind.SENTENCE: 4,
    LineKind.BULLET: 0,
    LineKind.HEADING: -6,
    LineKind.PROMOTION: -2,
    LineKind.BYLINE: -6,
    LineKind.CHROME: -8,
    LineKind.REPEATED: -1,
    LineKind.BOILERPLATE: -20,
    LineKind.COMMENTS: -40,
    LineKind.END: -100,
}
"""What a line adds that is no prose. A list of other articles may stand within an article: its head costs what a few paragraphs bring."""
_BETWEEN_PARAGRAPHS: Final = frozenset({LineKind.REPEATED, LineKind.PROMOTION})
PROSE_WEIGHT_CAP: Final = 60
APART: Final = 0.5
"""What a paragraph counts that has no text right above or below it, as teasers have."""
BELOW_COMMENTS: Final = 0.1
"""What a paragraph counts below the head of the comments."""
WORDS_ABOVE_COMMENTS: Final = 40
"""So much prose right above it tells the head of the comments from a button of that name at the top."""
NEAR: Final = 12
"""Lines."""


def region_of(lines: Sequence[Line]) -> tuple[int, int]:
    """The slice of `lines` with the greatest sum of weights, cut back to the text at its ends; empty without prose."""
    best = total = 0.0
    start = 0
    found = (0, 0)
    for index, weight in enumerate(_weights(lines)):
        if total <= 0:
            total, start = 0, index
        total += weight
        if total > best:
            best, found = total, (start, index + 1)
    first, last = found
    while first < last and lines[first].kind is not LineKind.PROSE:
        first += 1
    while last > first and lines[last - 1].kind not in TEXT:
        last -= 1
    return first, last


def _weights(lines: Sequence[Line]) -> list[float]:
    weights: list[float] = []
    share = 1.0
    for index, line in enumerate(lines):
        if line.kind is LineKind.COMMENTS and sum(_words(above) for above in lines[max(index - NEAR, 0) : index]) >= WORDS_ABOVE_COMMENTS:
            share = BELOW_COMMENTS
        if line.kind is not LineKind.PROSE:
            weights.append(WEIGHTS[line.kind])
            continue
        weight = min(_words(line), PROSE_WEIGHT_CAP) * share
        weights.append(weight * APART if _is_apart(lines, index) else weight)
    return weights


def _words(line: Line) -> int:
    """How many words a line has that is prose; in scripts without spaces by its length."""
    return max(len(line.text.split()), len(line.text) // 8) if line.kind is LineKind.PROSE else 0


def _is_apart(lines: Sequence[Line], index: int) -> bool:
    return not any(_next_kind(lines, index, step=step) in TEXT for step in (-1, 1))


def _next_kind(lines: Sequence[Line], index: int, *, step: int) -> LineKind | None:
    """The kind of the next line up or down that is neither a label which the page repeats nor a promotion."""
    at = index + step
    while 0 <= at < len(lines) and lines[at].kind in _BETWEEN_PARAGRAPHS:
        at += step
    return lines[at].kind if 0 <= at < len(lines) else None
