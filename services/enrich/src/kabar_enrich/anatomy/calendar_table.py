"""What languages call months, days and halves of the day, how countries order a date, and what their zones are called.

All of it is from the CLDR (by babel) and the IANA time zone database, written out once into `calendar_table.json`: to
load the CLDR of all these languages would take every process 60 MB. A test holds the file to its sources.

usage, after an update of babel or tzdata: python -m kabar_enrich.anatomy.calendar_table
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

FILE: Final = "calendar_table.json"

_LANGUAGES_WORDS: Final = """
    id ms en ar ar_DZ ar_LB ar_MA bg bn ca cs da de de_AT el es et fa fi fil fr gu he hi hr hu it ja kn ko lt lv mk ml mr nl nb nn pa pl
    pt ro ru sk sl sq sr sr_Latn sv sw ta te th tr uk ur vi zh zh_Hant
"""
_LANGUAGES: Final = tuple(_LANGUAGES_WORDS.split())
_UNITS: Final[Mapping[Literal["minute", "hour", "day"], timedelta]] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_COUNTS: Final = (1, 2, 3, 5, 11, 21)
"""Numbers that show all forms of the plural in these languages."""
_FIRST_YEAR, _LAST_YEAR = 1990, 2026
_NUMBER: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[A-Z]{3,5}")


@cache
def shipped() -> Mapping[str, Any]:
    """The table that comes with the package.

    `languages`: language -> `months` (word -> number), `days` (word -> 0 for Monday), `am` and `pm` (words), `ages`
    (phrase with `#` for its number -> unit and, where the phrase has no number, how many). `orders`: territory or
    language -> `dmy`, `mdy` or null where it says nothing. `zones`: territory -> IANA names. `abbreviations`: name
    of a zone -> IANA names of the zones that meant different things by it.
    """
    table: Mapping[str, Any] = json.loads(resources.files(__package__).joinpath(FILE).read_text("utf-8"))
    return table


def calendar_table() -> dict[str, Any]:
    """The table, made anew from babel and the time zone database."""
    from babel.core import get_global  # noqa: PLC0415  # only the one who writes the file needs the CLDR itself

    zones: Mapping[str, list[str]] = get_global("territory_zones")
    return {
        "languages": {language: _words_of(language) for language in _LANGUAGES},
        "orders": {**{language: _order_of(language) for language in _LANGUAGES if language != "en"}, **_orders(sorted(zones))},
        "zones": {territory: sorted(names) for territory, names in sorted(zones.items())},
        "abbreviations": _abbreviations(),
    }


def _words_of(language: str) -> dict[str, Any]:
    from babel import Locale  # noqa: PLC0415  # only the one who writes the file needs the CLDR itself

    locale = Locale.parse(language)
    months, days = ({} for _ in range(2))
    halves: dict[str, set[str]] = {"am": set(), "pm": set()}
    for context in ("stand-alone", "format"):
        for width in ("wide", "abbreviated"):
            months.update({_folded(word): number for number, word in locale.months[context][width].items()})
            days.update({_folded(word): number for number, word in locale.days[context][width].items()})
    for widths in locale.day_periods.values():
        for width, names in widths.items():
            for half in halves if width != "narrow" else ():
                halves[half].update(_folded(names[half]) for _ in range(1) if half in names)
    named = {word: number for word, number in months.items() if not any(map(str.isdigit, word))}
    return {"months": named, "days": days, "am": sorted(halves["am"]), "pm": sorted(halves["pm"]), "ages": dict(_ages(language))}


def _ages(language: str) -> Iterator[tuple[str, tuple[str, int | None]]]:
    from babel.dates import format_timedelta  # noqa: PLC0415  # only the one who writes the file needs the CLDR itself

    for unit, length in _UNITS.items():
        for count in _COUNTS:
            for width in ("long", "short"):
                age = -count * length
                phrase = format_timedelta(age, granularity=unit, threshold=100, add_direction=True, format=width, locale=language)
                folded = _NUMBER.sub("#", _folded(phrase))
                yield folded, (unit, None if "#" in folded else count)


def _orders(territories: list[str]) -> dict[str, str | None]:
    """The order in each territory; null where its own language and English as written there disagree or put the year first."""
    found = {}
    for territory in territories:
        orders = {_order_of(f"und_{territory}"), _order_of(f"en_{territory}")} - {None}
        found[territory] = orders.pop() if len(orders) == 1 else None
    return found


def _order_of(identifier: str) -> str | None:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # only the one who writes the file needs the CLDR itself

    try:
        pattern = Locale.parse(identifier).date_formats["short"].pattern
    except (UnknownLocaleError, ValueError):
        return None
    letters = dict.fromkeys(re.sub("[^dMy]", "", pattern))
    order = "".join(letters).lower()
    return order if order in ("dmy", "mdy") else None


def _abbreviations() -> dict[str, list[str]]:
    """Of zones that meant the same moments by an abbreviation only the first by name."""
    meanings: dict[str, dict[tuple[object, ...], str]] = {}
    for name in sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")):
        zone = ZoneInfo(name)
        halves = [datetime(year, month, 1, 12, tzinfo=zone) for year in range(_FIRST_YEAR, _LAST_YEAR + 1) for month in (1, 7)]
        for abbreviation in sorted({moment.tzname() or "" for moment in halves}):
            if _LETTERS.fullmatch(abbreviation):
                meant = tuple({moment.utcoffset(): None for moment in halves if moment.tzname() == abbreviation})
                meanings.setdefault(abbreviation, {}).setdefault(meant, name)
    return {abbreviation: sorted(zones.values()) for abbreviation, zones in sorted(meanings.items())}


def _folded(word: str) -> str:
    return " ".join(word.replace("\u200f", "").replace("\u200e", "").casefold().rstrip(".").split())


def as_text(table: Mapping[str, Any]) -> str:
    """The file of `table`: one line for each entry of a part, so that changes can be read."""
    parts = []
    for part, entries in table.items():
        lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items())
        parts.append(f"{json.dumps(part)}: {{\n{lines}\n}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Write the file beside this module."""
    Path(__file__).with_name(FILE).write_text(as_text(calendar_table()), encoding="utf-8")


if __name__ == "__main__":
    main()
