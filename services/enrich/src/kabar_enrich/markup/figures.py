"""The texts of pictures: what stands in figures, as captions with their credits."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from kabar_contracts.enriched import Caption

from kabar_enrich.anatomy import byline
from kabar_enrich.anatomy.caption import caption_of, credit_alone_in
from kabar_enrich.markup.page import Page
from kabar_enrich.markup.region import NO_CHROME, Region
from kabar_enrich.markup.walk import Segment

_CAPTION_NAMES: Final = re.compile(r'class="[^"]*(?:caption|credit)', re.IGNORECASE)
_CREDIT_NAMES: Final = re.compile(
    r'(?:class|itemprop)="[^"]*(?:credit|copyright|photographer|photo-?_?author|attribution|fotografer|(?<![a-z])source)', re.IGNORECASE
)

SHORTEST_IN_FIGURE: Final = 48
"""A text that stands in a figure beside its caption is one as well when it is longer."""
LEVELS: Final = 12
"""How far out the figure around a text is looked for."""


def captions_in(page: Page, region: Region, *, heading: int | None) -> tuple[Caption, ...]:
    """The captions of the region and of the pictures between the title and it, each once. `heading` is where the title stands."""
    above = region.first if heading is None else min(heading + 1, region.first)
    indices = [index for index in range(above, region.last) if _is_of_picture(page, region, index)]
    found: list[Caption] = []
    for figure, members in groupby(indices, key=lambda index: _figure_around(page, page.segments[index])):
        found.extend(_captions_of([page.segments[index] for index in members], page, in_element=figure >= 0))
    return tuple(dict.fromkeys(found))


def _is_of_picture(page: Page, region: Region, index: int) -> bool:
    """Whether a segment belongs to a picture. Above the region only what says so itself: much there is no part of the article."""
    segment = page.segments[index]
    if segment.container < 0 or not region.places.in_figure(segment.container) or byline.byline_in(segment.text) is not None:
        return False
    if index >= region.first:
        return True
    if region.places.chrome_depth(segment.container) > NO_CHROME:
        return False
    return _figure_around(page, segment) >= 0 or _CAPTION_NAMES.search(page.containers[segment.container].attributes) is not None


def _figure_around(page: Page, segment: Segment) -> int:
    """The container of the nearest `<figure>` around a segment; where there is none a number below 0, the same for siblings."""
    index = segment.container
    for _ in range(LEVELS):
        if index < 0:
            break
        if page.containers[index].tag == "figure":
            return index
        index = page.containers[index].parent
    return -2 - page.containers[segment.container].parent


def _captions_of(segments: Sequence[Segment], page: Page, *, in_element: bool) -> Iterator[Caption]:
    """The captions of one figure; a credit that stands beside the only one belongs to it."""
    credits_beside: list[str] = []
    captions: list[Caption] = []
    for segment in segments:
        text = " ".join(segment.text.split())
        credit = _credit_in(text, page.containers[segment.container].attributes, in_element=in_element and len(segments) > 1)
        if credit is not None:
            credits_beside.append(credit)
        elif segment.tag != "figure" or len(text) > SHORTEST_IN_FIGURE:
            captions.append(caption_of(text))
        elif byline.is_name(text):
            credits_beside.append(text)
    if len(captions) == 1 and captions[0].credit is None and credits_beside:
        yield Caption(text=captions[0].text, credit=credits_beside[0])
    else:
        yield from captions


def _credit_in(text: str, attributes: str, *, in_element: bool) -> str | None:
    alone = credit_alone_in(text)
    if alone is not None:
        return alone
    is_named = in_element and len(text) <= byline.NAME_CHARACTERS and _CREDIT_NAMES.search(attributes) is not None
    return text.strip(" ()") if is_named else None
