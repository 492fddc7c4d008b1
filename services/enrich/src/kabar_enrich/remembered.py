"""What was made of the last page, for all who ask for it while its article is enriched."""

from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class OfLastPage(Generic[Made]):
    """A function of a page that is not called again for the page that it was called with last.

    A page is known by identity: to hash it, as `functools.lru_cache` does, takes longer than to look something up in it.
    """

    def __init__(self, make: Callable[[str], Made]) -> None:
        self.__doc__ = make.__doc__
        self._make = make
        self._last: tuple[str, Made] | None = None

    def __call__(self, html: str) -> Made:
        """What the function makes of this page."""
        last = self._last
        if last is None or last[0] is not html:
            last = self._last = (html, self._make(html))
        return last[1]

    def remember(self, html: str, made: Made) -> None:
        """Take `made` for what the function makes of `html`."""
        self._last = (html, made)
