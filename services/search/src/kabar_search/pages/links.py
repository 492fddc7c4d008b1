"""Addresses of the page: the whole state of a search in a URL that a person can read."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit

from kabar_search.parameters import Choice


def address(path: str, parameters: Mapping[str, str | int | None]) -> str:
    """`path` with the parameters that have a value, in their order."""
    kept = {name: str(value) for name, value in parameters.items() if value not in (None, "")}
    return f"{path}?{encoded(kept.items())}" if kept else path


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values as a query string."""
    return urlencode(list(pairs), safe=",!:/")


def toggled(choice: Choice, value: str) -> Choice:
    """`choice` without `value` when it has it, else with it."""
    if value in choice.included:
        return Choice(tuple(kept for kept in choice.included if kept != value), choice.excluded)
    return Choice((*choice.included, value), tuple(kept for kept in choice.excluded if kept != value))


def without(choice: Choice, value: str) -> Choice:
    """`choice` without `value`, wanted or excluded."""
    return Choice(tuple(kept for kept in choice.included if kept != value), tuple(kept for kept in choice.excluded if kept != value))


def web_address(url: object) -> str | None:
    """`url` when a browser may be sent there: http or https with a host. None for anything else."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def host_of(url: str) -> str:
    """The host of a web address, without `www.`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
