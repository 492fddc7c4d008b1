"""Dead letters as lines for a person and as JSON. Pure, but for a producer's bytes nothing here trusts."""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from kabar_chassis.letters.editing import editable
from kabar_chassis.letters.letter import Letter, Mark
from kabar_contracts.entry import DATA
from rich.table import Table
from rich.text import Text

SHOWN_CHARACTERS: Final = 20_000
"""Of one field, for a person; `--json` and `--field` have all of it."""
# Control characters, and those that turn the direction of text: a terminal would obey them.
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_COLUMNS: Final = ("letter", "given up", "reason", "stage", "source", "article", "bytes", "replayed")


def escaped(text: str) -> str:
    """The text without anything that a terminal would obey; lines and tabs stay."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """As `escaped`, on one line."""
    return escaped(text).replace("\n", "\\n").replace("\t", "\\t")


def json_line(answer: object) -> str:
    """The answer as one line of JSON that is safe on a terminal too."""
    return escaped(json.dumps(answer, ensure_ascii=False)) + "\n"


def letter_json(letter: Letter) -> dict[str, Any]:
    """What is known of a letter, without its texts and its detail, which may quote them."""
    return {
        "letter": str(letter.letter_id),
        "given_up_at": _time(letter.letter_id.written_at_ms),
        "reason": letter.reason,
        "stage": letter.stage,
        "attempts": letter.attempts,
        "first_at": _time(letter.first_at_ms),
        "last_at": _time(letter.last_at_ms),
        "origin": None if letter.origin is None else {"stream": letter.origin.name, "entry_id": letter.origin_id},
        "article_id": letter.article_id,
        "revision": letter.revision,
        "source": letter.source,
        "size_bytes": letter.size_bytes,
        "fields": letter.field_count,
        "replayed": None if letter.mark is None else _mark_json(letter.mark),
    }


def field_json(value: bytes) -> dict[str, str]:
    """A field's value: `text` when it is UTF-8, else `base64`."""
    try:
        return {"text": value.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def letter_row(letter: Letter) -> tuple[str, ...]:
    """One letter as the cells of a line."""
    cells = (
        str(letter.letter_id),
        _time(letter.letter_id.written_at_ms) or "?",
        letter.reason or "?",
        letter.stage or "?",
        letter.source or "?",
        letter.article_id or "?",
        str(letter.size_bytes),
        "" if letter.mark is None else _time(letter.mark.at_ms) or "?",
    )
    return tuple(one_line(cell)[:120] for cell in cells)


def letter_table(letters: Iterable[Letter]) -> Table:
    """Letters for a terminal."""
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for letter in letters:
        table.add_row(*(Text(cell, overflow="fold") for cell in letter_row(letter)))
    return table


def letter_page(letter: Letter, fields: Mapping[bytes, bytes]) -> str:
    """One whole letter for a person: why, when, from where, and what was in it."""
    facts: Sequence[tuple[str, str | None]] = (
        ("letter", str(letter.letter_id)),
        ("reason", letter.reason),
        ("detail", letter.detail),
        ("stage", letter.stage),
        ("attempts", None if letter.attempts is None else str(letter.attempts)),
        ("first", _time(letter.first_at_ms)),
        ("last", _time(letter.last_at_ms)),
        ("origin", None if letter.origin is None else f"{letter.origin.name} {letter.origin_id}"),
        ("source", letter.source),
        ("replayed", None if letter.mark is None else _mark_line(letter.mark)),
    )
    lines = [f"{name:<9} {escaped(value) if value else '-'}" for name, value in facts]
    for name, value in fields.items():
        lines += ["", f"{one_line(name.decode('utf-8', 'backslashreplace'))} ({len(value)} bytes)", _field_text(name, value)]
    return "\n".join(lines) + "\n"


def _field_text(name: bytes, value: bytes) -> str:
    shown = editable(value) if name == DATA and len(value) <= SHOWN_CHARACTERS else value[: 4 * SHOWN_CHARACTERS]
    text = shown.decode("utf-8", "backslashreplace")
    kept = escaped(text[:SHOWN_CHARACTERS]).rstrip("\n")
    return kept if len(text) <= SHOWN_CHARACTERS and len(shown) >= len(value) else kept + "\n… more: --field has all of it"


def _mark_line(mark: Mark) -> str:
    note = f" ({mark.note})" if mark.note else ""
    return f"{_time(mark.at_ms)}, {mark.times} times, last as {mark.entry_id} of {mark.stream}{note}"


def _mark_json(mark: Mark) -> dict[str, Any]:
    return {"times": mark.times, "at": _time(mark.at_ms), "stream": mark.stream, "entry_id": mark.entry_id, "note": mark.note or None}


def _time(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None
