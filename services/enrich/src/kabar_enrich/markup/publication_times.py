"""When an article was published and last changed: by the page's data, by what stands in sight above its text, by its address."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from kabar_contracts.fields import ArticleWarning

from kabar_enrich.anatomy.ages import age_in
from kabar_enrich.anatomy.calendar_words import months_of
from kabar_enrich.anatomy.moments import Stamp, is_plausible, machine_stamp, stamps_in
from kabar_enrich.anatomy.origin import Origin
from kabar_enrich.anatomy.written_dates import Doubt
from kabar_enrich.markup import json_ld
from kabar_enrich.markup.page import Page

_PUBLISHED_WORDS: Final = """
    article:published_time og:article:published_time article:published datepublished og:published_time pubdate publishdate
    publish-date publication_date date parsely-pub-date sailthru.date cxenseparse:recs:publishtime dc.date.issued dc.date
    dcterms.created content_publisheddate published_time_telegram
"""
_PUBLISHED: Final = tuple(_PUBLISHED_WORDS.split())
_UPDATED_WORDS: Final = """
    article:modified_time og:updated_time article:updated_time datemodified lastmod last-modified dcterms.modified dc.date.modified
"""
_UPDATED: Final = tuple(_UPDATED_WORDS.split())
_ADDRESS_DAY: Final = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?P<mark>[/-]?)(?P<month>\d{2}|(?<=[/-])\d|(?<=/)[a-z]{3})(?P=mark)(?P<day>\d{2}|(?<=[/-])\d)"
    r"(?:\d{6})?(?=[/_.-]|$)",
    re.IGNORECASE,
)
_QUOTED: Final = 80
_MESSAGES: Final = {
    Doubt.IMPOSSIBLE_DATE: "{!r} cannot be the day of publication and was left out",
    Doubt.AMBIGUOUS_DATE: "{!r} may be two days and was left out",
}


@dataclass(frozen=True, slots=True)
class Times:
    """When an article was published and last changed, in UTC, and what is to be said of that.

    A day without a time is the beginning of that day in UTC, so that it stays that day.
    """

    published_at: datetime | None = None
    updated_at: datetime | None = None
    warnings: tuple[ArticleWarning, ...] = ()


def times_of(page: Page, node: json_ld.Node, *, in_sight: Sequence[str], url: str | None, origin: Origin) -> Times:
    """The times of an article; `node` is the JSON-LD that describes it, `in_sight` the short pieces of text around its top.

    A moment in the data stands first, then one in sight, then a day in the data, in sight or in the address, and last
    an age («3 hours ago»). Where only a change is dated, that is the publication too.
    """
    origin = replace(origin, address_day=day_of_address(url, origin=origin))
    declared = _stamps([json_ld.text_of(node.get("datePublished")), *map(page.meta_of, _PUBLISHED), *page.times[:1]], origin=origin)
    changes = _stamps([json_ld.text_of(node.get("dateModified")), *map(page.meta_of, _UPDATED)], origin=origin)
    moment, updated = _moment_of(declared), _moment_of(changes)
    if moment is not None and updated is not None:
        return Times(moment, updated)
    seen = [stamp for text in in_sight for stamp in stamps_in(text, origin=origin)]
    ages = [age for text in in_sight if (age := age_in(text, origin=origin)) is not None]
    updated = updated or _moment_of(stamp for stamp in (*seen, *ages) if stamp.is_update)
    moment = moment or _moment_beside(declared, seen)
    if moment is not None:
        return Times(moment, updated)
    times = _by_the_day(declared, seen, ages, origin=origin)
    if times.published_at is not None or not (updated or _days(seen, are_updates=True)):
        return replace(times, updated_at=updated)
    changed = updated or _start_of(_days(seen, are_updates=True)[0])
    note = _warning("published_from_change", "only the time of the last change is given")
    return Times(changed, changed, (*times.warnings, note))


def times_in_sight(texts: Iterable[str], *, origin: Origin) -> Times:
    """The times that these lines name, in a text without data."""
    seen = [stamp for text in texts for stamp in stamps_in(text, origin=origin)]
    moment = _moment_of(stamp for stamp in seen if not stamp.is_update)
    updated = _moment_of(stamp for stamp in seen if stamp.is_update)
    if moment is not None or updated is not None:
        return Times(moment, updated)
    days = _days(seen, are_updates=False)
    return Times(_start_of(days[0]), None, (_day_alone(days[0].text),)) if days else Times(warnings=_doubts(seen))


def day_of_address(url: str | None, *, origin: Origin) -> date | None:
    """The day in a path such as `/2026/04/21/`, `/2026/apr/21/` or `/20260421-`."""
    for match in _ADDRESS_DAY.finditer(url or ""):
        month = match["month"]
        numbers = {int(month)} if month.isdigit() else months_of(month, language="en")
        try:
            day = date(int(match["year"]), next(iter(numbers), 0), int(match["day"]))
        except ValueError:
            continue
        if is_plausible(day, origin=origin):
            return day
    return None


def _stamps(texts: Iterable[str | None], *, origin: Origin) -> list[Stamp]:
    return [stamp for text in texts if text and (stamp := machine_stamp(text, origin=origin)) is not None]


def _moment_of(stamps: Iterable[Stamp]) -> datetime | None:
    return next((stamp.moment for stamp in stamps if stamp.moment is not None), None)


def _moment_beside(declared: Sequence[Stamp], seen: Sequence[Stamp]) -> datetime | None:
    """The first moment in sight that is on the day that the data name, where they name one; to the day around it, for the zones."""
    days = [stamp.day for stamp in declared if stamp.day is not None]
    fitting = (stamp for stamp in seen if not stamp.is_update and stamp.day and (not days or abs(stamp.day - days[0]) <= timedelta(days=1)))
    return _moment_of(fitting)


def _by_the_day(declared: Sequence[Stamp], seen: Sequence[Stamp], ages: Sequence[Stamp], *, origin: Origin) -> Times:
    """The best that there is without a moment of publication."""
    days = [stamp for stamp in declared if stamp.day is not None and not stamp.has_time]
    if days:
        return Times(_start_of(days[0]), None, (_day_alone(days[0].text), *_doubts(declared)))
    timed = [stamp for stamp in declared if stamp.has_time and stamp.day is not None]
    if timed:
        return Times(warnings=(_without_zone(timed[0].text),))
    in_sight = _days(seen, are_updates=False)
    if in_sight:
        return Times(_start_of(in_sight[0]), None, (_day_alone(in_sight[0].text), *_doubts(declared)))
    if origin.address_day is not None:
        published_at = datetime.combine(origin.address_day, time(), UTC)
        return Times(published_at, None, (_day_alone(f"{origin.address_day} in the address"), *_doubts(declared)))
    aged = [stamp for stamp in ages if not stamp.is_update]
    if aged:
        note = _warning("relative_time", f"{aged[0].text[:_QUOTED]!r} was told from the time of receipt")
        return Times(aged[0].moment or _start_of(aged[0]), None, (note, *_doubts(declared)))
    return Times(warnings=_doubts(declared) or _doubts(seen))


def _days(stamps: Iterable[Stamp], *, are_updates: bool) -> list[Stamp]:
    return [stamp for stamp in stamps if stamp.day is not None and stamp.is_update is are_updates]


def _start_of(stamp: Stamp) -> datetime | None:
    return None if stamp.day is None else datetime.combine(stamp.day, time(), UTC)


def _doubts(stamps: Iterable[Stamp]) -> tuple[ArticleWarning, ...]:
    """The first date that cannot be, or may be two."""
    doubtful = next((stamp for stamp in stamps if stamp.doubt is not None), None)
    if doubtful is None or doubtful.doubt is None:
        return ()
    return (_warning(doubtful.doubt.value, _MESSAGES[doubtful.doubt].format(doubtful.text[:_QUOTED])),)


def _day_alone(text: str) -> ArticleWarning:
    return _warning("day_without_time", f"{text[:_QUOTED]!r} names a day and no time with its zone")


def _without_zone(text: str) -> ArticleWarning:
    return _warning("no_time_zone", f"the time {text[:_QUOTED]!r} names no zone that is certain and was left out")


def _warning(code: str, message: str) -> ArticleWarning:
    return ArticleWarning(code=code, message=message, pointer="/published_at")
