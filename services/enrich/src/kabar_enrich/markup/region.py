"""The part of a page that holds the article.

Paragraphs score by their characters without those in links and credit the containers around them, the nearer the
more; the container with the most credit is the region. Coverage says how much of the page's running text lies in it:
when that is little, or the text is short, the answer is not sure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kabar_enrich.markup.page import Page
from kabar_enrich.markup.walk import Container, Segment

PARAGRAPH_TAGS: Final = frozenset({"p", "blockquote", "pre"})
OTHER_TEXT_TAGS: Final = frozenset({"div", "section", "article", "td", "main", "body", "center", "dd"})

DECAY: Final = 0.75
"""What each step outwards keeps of a paragraph's score."""
CHROME_SHARE: Final = 0.15
HIDDEN_SHARE: Final = 0.5
BODY_BONUS: Final = 1.25
CONFIRMED_BONUS: Final = 2.0
SHORTEST_PARAGRAPH: Final = 30
SHORTEST_BARE_TEXT: Final = 80
"""Text that stands in no paragraph element has to be this long to count as one."""
MOST_LINKED: Final = 0.5
SURE_COVERAGE: Final = 0.5
SURE_CHARACTERS: Final = 300
GROWTH: Final = 0.12
"""An outer container is taken instead when it adds more than this share of unlinked paragraphs."""


@dataclass(frozen=True, slots=True)
class Region:
    """A slice of the page's segments, `first` to before `last`."""

    first: int
    last: int
    depth: int
    coverage: float
    characters: int

    @property
    def is_sure(self) -> bool:
        """Whether there is enough text and little running text elsewhere."""
        return self.coverage >= SURE_COVERAGE and self.characters >= SURE_CHARACTERS


def best_region(page: Page, *, is_confirmed: Callable[[str], bool]) -> Region | None:
    """The region with the article, or None when no container holds a paragraph.

    `is_confirmed` says whether the page itself names a text as part of the article (JSON-LD `articleBody`).
    """
    scores = [_score(segment) for segment in page.segments]
    credit: dict[int, float] = {}
    for segment, score in zip(page.segments, scores, strict=True):
        if score <= 0:
            continue
        share = score * (CONFIRMED_BONUS if is_confirmed(segment.text) else 1.0)
        for container in segment.containers:
            credit[container] = credit.get(container, 0.0) + share
            share *= DECAY
    if not credit:
        return None
    best = max(credit, key=lambda index: credit[index] * (BODY_BONUS if page.containers[index].hints.is_body else 1.0))
    sums = _running_sums(scores)
    return _region(page.containers[_grown(page.containers, best, sums)], page.segments, scores, sums)


def _score(segment: Segment) -> float:
    length = len(segment.text)
    shortest = SHORTEST_PARAGRAPH if segment.tag in PARAGRAPH_TAGS else SHORTEST_BARE_TEXT
    if length < shortest or segment.link_characters > MOST_LINKED * length:
        return 0
    if segment.tag not in PARAGRAPH_TAGS and segment.tag not in OTHER_TEXT_TAGS:
        return 0
    own = max(0, length - 2 * segment.link_characters) * (HIDDEN_SHARE if segment.is_hidden else 1.0)
    return own * CHROME_SHARE if segment.chrome_depth >= 0 else own


def _running_sums(scores: Sequence[float]) -> list[float]:
    sums = [0.0]
    for score in scores:
        sums.append(sums[-1] + score)
    return sums


def _grown(containers: Sequence[Container], index: int, sums: Sequence[float]) -> int:
    """The container around `index` into which the article goes on, a few levels up at most; else `index`."""
    current = containers[index]
    inside = sums[current.last] - sums[current.first]
    best = index
    for outer in range(index - 1, max(-1, index - 60), -1):
        around = containers[outer]
        if around.first > current.first or around.last < current.last or around.depth >= containers[best].depth:
            continue
        if around.depth < current.depth - 3 or around.hints.is_chrome:
            break
        total = sums[around.last] - sums[around.first]
        if GROWTH * inside < total - inside < inside:
            best, inside = outer, total
    return best


def _region(container: Container, segments: Sequence[Segment], scores: Sequence[float], sums: Sequence[float]) -> Region:
    inside = sums[container.last] - sums[container.first]
    characters = sum(len(segments[index].text) for index in range(container.first, container.last) if scores[index] > 0)
    return Region(container.first, container.last, container.depth, inside / sums[-1] if sums[-1] else 0.0, characters)
