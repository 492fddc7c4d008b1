"""The part of a page that holds the article.

Paragraphs score by their characters without those in links and credit the containers around them, the nearer the
more; the container with the most credit is the region. Coverage says how much of the page's running text lies in it:
when that is little, or the text is short, the answer is not sure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from kabar_enrich.markup.page import Page
from kabar_enrich.markup.walk import Container, Segment

PARAGRAPH_TAGS: Final = frozenset({"p", "blockquote", "pre"})
OTHER_TEXT_TAGS: Final = frozenset({"div", "section", "article", "td", "main", "body", "center", "dd"})

DECAY: Final = 0.75
"""What each step outwards keeps of a paragraph's score."""
DEPTH_OF_CREDIT: Final = 6
"""How many containers around a paragraph are credited."""
CHROME_SHARE: Final = 0.15
HIDDEN_SHARE: Final = 0.5
BODY_BONUS: Final = 1.25
CONFIRMED_BONUS: Final = 2.0
SHORTEST_PARAGRAPH: Final = 30
SHORTEST_BARE_TEXT: Final = 80
"""Text that stands in no paragraph element has to be this long to count as one."""
MOST_LINKED: Final = 0.5
HOME_LEVELS: Final = 3
"""So many elements may stand between a paragraph and the container that holds the text."""
HOME_SHARE: Final = 0.35
"""What holds so much of the text near to it is where the article stands."""
SURE_COVERAGE: Final = 0.5
SURE_CHARACTERS: Final = 300
GROWTH: Final = 0.12
"""An outer container is taken instead when it adds more than this share of unlinked paragraphs."""
MOST_OF_THE_PAGE: Final = 0.5
"""What holds more than this share of a page's running text is no chrome, whatever it is called."""
MOST_IN_A_FIGURE: Final = 0.2
"""What holds more than this share is no figure either, unless its tag says so."""
NO_CHROME: Final = -1
FIGURES: Final = frozenset({"figure", "figcaption", "amp-img"})


class Places:
    """What stands where in the tree: asked of few containers, answered once for each."""

    def __init__(self, containers: Sequence[Container], prose: Sequence[float]) -> None:
        self._containers = containers
        self._prose = prose
        """Running sums of the unlinked characters of paragraphs, by segment."""
        self._chrome: dict[int, int] = {NO_CHROME: NO_CHROME}
        self._figure: dict[int, bool] = {NO_CHROME: False}

    def chrome_depth(self, index: int) -> int:
        """Depth of the innermost chrome around or at a container; -1 for none."""
        known = self._chrome
        if index in known:
            return known[index]
        path = []
        while index not in known:
            path.append(index)
            index = self._containers[index].parent
        depth = known[index]
        for below in reversed(path):
            container = self._containers[below]
            hints = container.hints
            if hints.is_chrome and (hints.is_aside or self._share(container) <= MOST_OF_THE_PAGE):
                depth = container.depth
            known[below] = depth
        return depth

    def in_figure(self, index: int) -> bool:
        """Whether a container is, or lies in, a figure."""
        known = self._figure
        if index in known:
            return known[index]
        path = []
        while index not in known:
            path.append(index)
            index = self._containers[index].parent
        found = known[index]
        for below in reversed(path):
            container = self._containers[below]
            found = found or container.tag in FIGURES or (container.hints.is_figure and self._share(container) < MOST_IN_A_FIGURE)
            # A quotation in a figure is part of the text.
            found = known[below] = found and container.tag != "blockquote"
        return found

    def _share(self, container: Container) -> float:
        """Of the page's running text."""
        return (self._prose[container.last] - self._prose[container.first]) / self._prose[-1] if self._prose[-1] else 0.0


@dataclass(frozen=True, slots=True)
class Region:
    """A slice of the page's segments, `first` to before `last`."""

    first: int
    last: int
    depth: int
    coverage: float
    characters: float
    places: Places
    sums: Sequence[float]
    """Running sums of the scores of all segments."""
    homes: frozenset[int]
    """The containers that hold much of its text near to them."""

    @property
    def is_sure(self) -> bool:
        """Whether there is enough text and little running text elsewhere."""
        return self.coverage >= SURE_COVERAGE and self.characters >= SURE_CHARACTERS

    def is_stray(self, index: int, containers: Sequence[Container]) -> bool:
        """Whether a container stands apart from where the text of the article stands."""
        if not self.homes:
            return False
        for _ in range(HOME_LEVELS + 1):
            if index < 0:
                break
            if index in self.homes:
                return False
            index = containers[index].parent
        return True

    def prose_after(self, index: int) -> float:
        """The share of its prose that lies behind a segment."""
        inside = self.sums[self.last] - self.sums[self.first]
        return (self.sums[self.last] - self.sums[index]) / inside if inside else 0.0


def best_region(page: Page, *, is_confirmed: Callable[[str], bool]) -> Region | None:
    """The region with the article, or None when no container holds a paragraph.

    `is_confirmed` says whether the page itself names a text as part of the article (JSON-LD `articleBody`).
    """
    segments, containers = page.segments, page.containers
    prose = [_prose_of(segment) for segment in segments]
    places = Places(containers, list(accumulate(prose, initial=0)))
    scores = [0.0] * len(segments)
    credit: dict[int, float] = {}
    for index, characters in enumerate(prose):
        if characters <= 0:
            continue
        segment = segments[index]
        is_chrome = places.chrome_depth(segment.container) >= 0
        score = scores[index] = characters * (CHROME_SHARE if is_chrome or places.in_figure(segment.container) else 1.0)
        share = score * (CONFIRMED_BONUS if is_confirmed(segment.text) else 1.0)
        container = segment.container
        for _ in range(DEPTH_OF_CREDIT):
            if container < 0:
                break
            credit[container] = credit.get(container, 0.0) + share
            share *= DECAY
            container = containers[container].parent
    if not credit:
        return None
    best = max(credit, key=lambda index: credit[index] * (BODY_BONUS if containers[index].hints.is_body else 1.0))
    sums = list(accumulate(scores, initial=0.0))
    chosen = containers[_grown(containers, best, sums=sums, places=places)]
    inside = sums[chosen.last] - sums[chosen.first]
    characters = sum(len(segments[index].text) for index in range(chosen.first, chosen.last) if scores[index] > 0)
    homes = _homes(page, chosen, scores)
    return Region(chosen.first, chosen.last, chosen.depth, inside / sums[-1] if sums[-1] else 0.0, characters, places, sums, homes)


def _homes(page: Page, chosen: Container, scores: Sequence[float]) -> frozenset[int]:
    """Where the text stands: what holds a good part of it within few levels. Empty where it is scattered."""
    near: dict[int, float] = {}
    for index in range(chosen.first, chosen.last):
        container = page.segments[index].container
        for _ in range(HOME_LEVELS + 1 if scores[index] > 0 else 0):
            if container < 0:
                break
            near[container] = near.get(container, 0.0) + scores[index]
            container = page.containers[container].parent
    total = sum(scores[chosen.first : chosen.last])
    return frozenset(container for container, score in near.items() if score >= HOME_SHARE * total)


def _prose_of(segment: Segment) -> float:
    """The characters of a segment that count as running text."""
    length = len(segment.text)
    if length < SHORTEST_PARAGRAPH or segment.link_characters > MOST_LINKED * length:
        return 0
    if segment.tag not in PARAGRAPH_TAGS and (length < SHORTEST_BARE_TEXT or segment.tag not in OTHER_TEXT_TAGS):
        return 0
    return max(0, length - 2 * segment.link_characters) * (HIDDEN_SHARE if segment.is_hidden else 1.0)


def _grown(containers: Sequence[Container], index: int, *, sums: Sequence[float], places: Places) -> int:
    """The container around `index` into which the article goes on, three levels up at most; else `index`."""
    depth = containers[index].depth
    inside = sums[containers[index].last] - sums[containers[index].first]
    best, outer = index, containers[index].parent
    while outer >= 0 and containers[outer].depth >= depth - 3 and places.chrome_depth(outer) != containers[outer].depth:
        total = sums[containers[outer].last] - sums[containers[outer].first]
        if GROWTH * inside < total - inside < inside:
            best, inside = outer, total
        outer = containers[outer].parent
    return best
