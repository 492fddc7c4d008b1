"""Times told from the present: «3 jam yang lalu», «3 hours ago», «kemarin, 15.20 WIB», against the time of receipt.

Phrases with a number are the CLDR's (`calendar_table.json`) and short forms of sites; words for days are listed here.
Weeks and more are too coarse to name a day and are not read.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from kabar_enrich.anatomy.calendar_table import shipped
from kabar_enrich.anatomy.clock_times import clocks_in
from kabar_enrich.anatomy.moments import Stamp, names_an_update
from kabar_enrich.anatomy.origin import Origin
from kabar_enrich.anatomy.time_zones import zone_named, zone_of_country
from kabar_enrich.anatomy.written_dates import with_ascii_digits

LONGEST: Final = 60
"""Characters of a piece of text that is nothing but an age."""
_UNITS: Final = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_MOST: Final = {"minute": 600, "hour": 100, "day": 40}
"""More of a unit than this nobody writes."""
_SITES_AGES: Final[Mapping[str, tuple[str, int | None]]] = {
    "# min ago": ("minute", None), "# mins ago": ("minute", None), "#m ago": ("minute", None), "#min ago": ("minute", None),
    "# hr ago": ("hour", None), "# hrs ago": ("hour", None), "#h ago": ("hour", None), "#hr ago": ("hour", None),
    "#hrs ago": ("hour", None), "#d ago": ("day", None), "an hour ago": ("hour", 1), "a minute ago": ("minute", 1),
    "a day ago": ("day", 1), "semenit lalu": ("minute", 1), "sejam lalu": ("hour", 1), "sehari lalu": ("day", 1),
    "just now": ("minute", 0), "baru saja": ("minute", 0), "刚刚": ("minute", 0),
}  # fmt: skip
_TODAY_WORDS: Final = """
    today hari.ini heute aujourd'hui hoy hoje oggi vandaag idag i.dag tänään dzisiaj dziś dnes danas сегодня сьогодні днес bugün
    σήμερα اليوم היום आज วันนี้ hôm.nay 今天 今日 오늘 astăzi
"""
_YESTERDAY_WORDS: Final = """
    yesterday kemarin gestern hier ayer ontem ieri gisteren igår i.går eilen wczoraj včera jučer вчера вчора dün χθες أمس אתמול
    เมื่อวาน เมื่อวานนี้ hôm.qua 昨天 昨日 어제 tegnap
"""
_DAYS: Final = {
    **{word.replace(".", " "): 0 for word in _TODAY_WORDS.split()},
    **{word.replace(".", " "): 1 for word in _YESTERDAY_WORDS.split()},
}
_BEFORE_CLOCK: Final = re.compile(r"[\s,–—-]*(?:\b(?:at|pukul|jam|um|à|a las|às|alle|om|kl\.?|o|в))?[\s,–—-]*$")  # noqa: RUF001  # Russian «в»
_LABEL: Final = re.compile(r"^(?:[^\W\d]+(?: [^\W\d]+){0,2}\s?:\s*)?", re.UNICODE)
_LABEL_WORDS: Final = re.compile(
    r"^(?:(?:published|posted|updated|last updated|diterbitkan|dipublikasikan|tayang|diperbarui|diperbaharui|dikemas kini|disiarkan|pada|"
    r"veröffentlicht|aktualisiert|publié|mis à jour|publicado|actualizado|atualizado|pubblicato|aggiornato|on)\s+)+",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d{1,3}")
_PARTS: Final = re.compile(r"\s*[|•·]\s*")
_YANG: Final = re.compile(r"\byang\s+")


def age_in(text: str, *, origin: Origin) -> Stamp | None:
    """The moment or the day that `text` tells from the time of receipt, when a part of it between bars says nothing else."""
    received_at = origin.received_at
    if received_at is None or len(text) > 2 * LONGEST:
        return None
    for part in _PARTS.split(with_ascii_digits(text)):
        if 0 < len(part) <= LONGEST:
            stamp = _age(part, received_at=received_at, origin=origin)
            if stamp is not None:
                return stamp
    return None


def _age(part: str, *, received_at: datetime, origin: Origin) -> Stamp | None:
    phrase = _LABEL_WORDS.sub("", _LABEL.sub("", part)).strip(" .()")
    is_update = names_an_update(part[: part.find(phrase)])
    return _counted(phrase, received_at=received_at, is_update=is_update) or _of_day(
        phrase, received_at=received_at, origin=origin, is_update=is_update
    )


def _counted(phrase: str, *, received_at: datetime, is_update: bool) -> Stamp | None:
    numbers = _NUMBER.findall(phrase)
    found = _ages().get(_folded(phrase))
    if found is None:
        return None
    unit, fixed = found
    count = fixed if fixed is not None else int(numbers[0])
    if count > _MOST[unit]:
        return None
    moment = received_at.astimezone(UTC) - count * _UNITS[unit]
    is_day = unit == "day"
    return Stamp(text=phrase, day=moment.date(), moment=None if is_day else moment, has_time=not is_day, is_update=is_update)


def _of_day(phrase: str, *, received_at: datetime, origin: Origin, is_update: bool) -> Stamp | None:
    clock = next(clocks_in(phrase, 0, len(phrase)), None)
    word = phrase if clock is None else phrase[: clock.start]
    ago = _DAYS.get(_folded(_BEFORE_CLOCK.sub("", word)))
    rest = "" if clock is None else phrase[clock.end :]
    if ago is None or rest.strip():
        return None
    at = received_at.replace(tzinfo=None)
    named = zone_named(clock.zone, at=at, origin=origin) if clock and clock.zone else origin.zone or zone_of_country(origin.country, at=at)
    day = received_at.astimezone(named or UTC).date() - timedelta(days=ago)
    moment = datetime.combine(day, clock.time, named).astimezone(UTC) if clock and named else None
    return Stamp(text=phrase, day=day, moment=moment, has_time=clock is not None, is_update=is_update)


def _folded(phrase: str) -> str:
    return _NUMBER.sub("#", _YANG.sub("", " ".join(phrase.casefold().split())), count=1)


@cache
def _ages() -> Mapping[str, tuple[str, int | None]]:
    found = dict(_SITES_AGES)
    for words in shipped()["languages"].values():
        found.update({_folded(phrase): (unit, count) for phrase, (unit, count) in words["ages"].items()})
    return found
