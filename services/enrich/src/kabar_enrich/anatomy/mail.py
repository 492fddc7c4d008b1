"""Text that came by mail: without quoted-printable escapes, quoting marks, header lines and signature.

Each is undone only where the text itself shows that it is there; any other text stays as it is.
"""

import re
from typing import Final

_SOFT_BREAK: Final = re.compile(r"=[ \t]*\r?\n")
_LAST_SOFT_BREAK: Final = re.compile(r"=\s*\Z")
_ESCAPES: Final = re.compile(r"(?:=[0-9A-F]{2})+")
_MANY_BYTES: Final = re.compile(r"=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3}")
_ESCAPED_END: Final = re.compile(r"=(?:20|09)[ \t]*$", re.MULTILINE)
_QUOTED: Final = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_HEADER_WORDS: Final = """
    bcc|cc|content-disposition|content-language|content-transfer-encoding|content-type|date|delivered-to|dkim-signature|from|
    in-reply-to|list-id|list-unsubscribe|message-id|mime-version|precedence|received|references|reply-to|return-path|sender|sent|
    subject|to|x-[\\w-]+
"""
_HEADER: Final = re.compile(rf"(?P<name>{''.join(_HEADER_WORDS.split())}):[ \t]*(?P<value>.*)", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"^-- ?\r?$", re.MULTILINE)

SOFT_BREAKS: Final = 2
"""One line that ends with an equals sign is nothing yet."""
QUOTED_SHARE: Final = 0.5
HEADERS: Final = 2
SIGNATURE_LINES: Final = 12


def without_mail_marks(text: str) -> str:
    """What the sender of `text` wrote, where it came by mail. Of header lines the subject and the date stay, each a paragraph."""
    return _without_signature(_without_headers(_unquoted(_decoded(text))))


def _decoded(text: str) -> str:
    """`text` without the escapes of quoted-printable: soft line breaks and bytes in hexadecimal."""
    if "=" not in text:
        return text
    soft = len(_SOFT_BREAK.findall(text))
    if soft < SOFT_BREAKS and not _MANY_BYTES.search(text) and not _ESCAPED_END.search(text):
        return text
    joined = _LAST_SOFT_BREAK.sub("", _SOFT_BREAK.sub("", text))
    return _ESCAPES.sub(_characters, joined)


def _characters(escapes: re.Match[str]) -> str:
    """What bytes in hexadecimal stand for. Text of no known encoding stays escaped."""
    octets = bytes.fromhex(escapes[0].replace("=", ""))
    for encoding in ("utf-8", "cp1252"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return escapes[0]


def _unquoted(text: str) -> str:
    """`text` without the marks before its lines, when most of its lines have them."""
    if ">" not in text:
        return text
    lines = [line for line in text.splitlines() if line.strip()]
    quoted = sum(_QUOTED.match(line) is not None for line in lines)
    return _QUOTED.sub("", text) if quoted > QUOTED_SHARE * len(lines) else text


def _without_headers(text: str) -> str:
    """`text` without the header lines that it opens with: two at least, and a blank line behind them."""
    lines = text.lstrip().splitlines()
    kept: list[str] = []
    headers = 0
    for index, line in enumerate(lines):
        header = _HEADER.match(line)
        if header is not None:
            headers += 1
            if header["name"].casefold() in ("subject", "date"):
                kept.append(header["value"])
        elif headers and line[:1] in " \t" and line.strip():
            continue
        elif headers >= HEADERS and not line.strip():
            return "\n\n".join([*kept, "\n".join(lines[index + 1 :])])
        else:
            break
    return text


def _without_signature(text: str) -> str:
    """`text` up to the line of two dashes that mail programs put before a signature, when little stands below it."""
    marks = list(_SIGNATURE.finditer(text))
    if not marks or sum(bool(line.strip()) for line in text[marks[-1].end() :].splitlines()) > SIGNATURE_LINES:
        return text
    above = text[: marks[-1].start()]
    return above if above.strip() else text
