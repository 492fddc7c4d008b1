"""Who speaks: the name in the words before or after a verb of saying."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kabar_enrich.anatomy.places_id import PLACES
from kabar_enrich.anatomy.saying import (
    BARE_STEMS,
    DAYS,
    NO_NAMES,
    PARTICLES,
    PRONOUNS,
    RELATIVES,
    SAYING,
    STATEMENTS,
    STOPS,
    SUBJECTLESS,
    TERRITORIAL,
    TITLE_ENDINGS,
    TITLES,
    WE_AND_THEY,
)

_TOKEN: Final = re.compile(r"[^\W_][\w.'\u2019/&-]*|[,;:()]")
_STRIPPED: Final = ".'\u2019/&-"
_SIGNS: Final = ",;:()"
_AUXILIARIES: Final = frozenset({"a", "ha", "hat", "heeft", "har", "ont", "han", "also", "juga", "kemudian", "then", "later"})
_OPENERS: Final = frozenset({"demikian", "begitu", "seperti", "as"})
_CONNECTORS: Final = frozenset({"bidang", "dan", "of", "for", "and", "the", "urusan", "untuk", "der", "des"})
_ARTICLES: Final = frozenset(
    ["the", "a", "an", "yang", "der", "die", "ein", "eine", "le", "la", "un", "une", "el", "una", "o", "il", "de", "een"]
)
_OF: Final = frozenset({"of", "for", "dari", "der", "des", "du", "de", "del", "della", "von", "van", "af", "av"})
_ENDS_IN_DEGREE: Final = re.compile(r"[A-Z]\.?[A-Za-z]{0,3}(?:\.[A-Za-z]{1,4})*\.?")

LEAD_WORDS: Final = 7
NAME_TOKENS: Final = 6
VERB_WITHIN: Final = 14
PHRASE_TOKENS: Final = 60
ABBREVIATION_TOKENS: Final = 5
SHORTEST_POSSESSED: Final = 6


@dataclass(frozen=True, slots=True)
class Speaker:
    """How a text says who speaks: by a name, by a pronoun, by a role alone («kata Kasi Intel»), or by something else (nothing of these)."""

    name: str | None = None
    roles: frozenset[str] = frozenset()
    is_pronoun: bool = False


UNKNOWN: Final = Speaker()
PRONOUN: Final = Speaker(is_pronoun=True)


def tokens_of(text: str) -> list[str]:
    """Words and the signs that part them."""
    return _TOKEN.findall(text)


def speaker_after(text: str) -> Speaker | None:
    """Who speaks by the rest of the sentence after a quotation («…,» kata X; «…,» X said). None when it has no verb of saying."""
    tokens = tokens_of(text)[:PHRASE_TOKENS]
    at = 0
    while at < len(tokens) and (tokens[at] in _SIGNS or tokens[at].casefold() in _OPENERS):
        at += 1
    if at >= len(tokens):
        return None
    word = _folded(tokens[at])
    if _is_enclitic(word):
        following = tokens[at + 1 : at + 2]
        if following and _is_capital(following[0]) and _folded(following[0]) not in NO_NAMES:
            return named_after(tokens[at + 1 :])
        return PRONOUN
    if word in _AUXILIARIES and at + 1 < len(tokens) and _folded(tokens[at + 1]) in SAYING:
        at, word = at + 1, _folded(tokens[at + 1])
    if word in SAYING:
        return _after_verb(tokens, at)
    for index in range(at, min(len(tokens), at + VERB_WITHIN)):
        if _folded(tokens[index]) in SAYING and _folded(tokens[index]) not in BARE_STEMS:
            return named_before(tokens[at:index])
    return None


def speaker_before(text: str) -> Speaker | None:
    """Who speaks by the part of the sentence before a quotation («X mengatakan, …», «Menurut X, …», «X: …»)."""
    tokens = tokens_of(text)[-PHRASE_TOKENS:]
    if not tokens:
        return None
    for index in range(len(tokens) - 1, -1, -1):
        word = _folded(tokens[index])
        if word in SAYING or _is_enclitic(word):
            return _around_verb(tokens, index)
    return named_before(tokens) if text.rstrip()[-1:] in (":", ",") else None


def speaker_of_report(sentence: str) -> Speaker | None:
    """Who is reported to have said what a sentence without quotation says («Ichwan menambahkan, …», «Menurut dia …»)."""
    words = sentence.casefold().split()
    if SAYING.isdisjoint(words):
        return None
    tokens = tokens_of(sentence)[:PHRASE_TOKENS]
    for index, token in enumerate(tokens):
        if _folded(token) in SAYING:
            found = _around_verb(tokens, index)
            if found is not None:
                return found
    return None


def _around_verb(tokens: Sequence[str], index: int) -> Speaker | None:
    word = _folded(tokens[index])
    if _is_enclitic(word):
        return PRONOUN
    before = tokens[:index]
    if word in BARE_STEMS:
        opens = not before or before[-1] in _SIGNS
        return named_after(tokens[index + 1 :]) if opens else None
    if word in ("menurut", "according", "selon", "según", "segundo", "volgens", "disampaikan", "dikatakan", "diungkapkan", "dijelaskan"):
        following = tokens[index + 1 :]
        return named_after(following[1:] if following and _folded(following[0]) in ("oleh", "to", "by") else following)
    if not before:
        return None
    if _folded(before[-1]) in ("yang", "untuk", "who", "that", "to", "tak", "tidak", "dan"):
        return None
    return named_before(before)


def _after_verb(tokens: Sequence[str], at: int) -> Speaker:
    following = tokens[at + 1 :]
    while following and _folded(following[0]) in _AUXILIARIES | {"lagi", "pula"}:
        following = following[1:]
    found = named_after(following)
    if (
        found is UNKNOWN
        and _folded(tokens[at]) in SUBJECTLESS
        and (not following or following[0] in _SIGNS or _folded(following[0]) in STOPS)
    ):
        return PRONOUN
    return found


def named_after(tokens: Sequence[str]) -> Speaker:
    """The speaker in the words that follow a verb of saying."""
    lead: list[str] = []
    for index, token in enumerate(tokens):
        word = _folded(token)
        if token in _SIGNS:
            if not token.startswith(",") or not lead or not _is_name_run(tokens[index + 1 : index + 2]):
                break
        elif word in PRONOUNS and not lead:
            return PRONOUN
        elif word in WE_AND_THEY and not lead:
            return UNKNOWN
        elif word in STATEMENTS and len(lead) <= 1:
            return Speaker(name=_statement(tokens[index - len(lead) :]))
        elif _is_capital(token):
            return _of_run(tokens, index, lead)
        elif word in STOPS or len(lead) >= LEAD_WORDS:
            break
        else:
            lead.append(word)
    return Speaker(roles=frozenset(lead) - NO_NAMES) if lead else UNKNOWN


def _of_run(tokens: Sequence[str], start: int, lead: Sequence[str]) -> Speaker:
    if _folded(tokens[start]) in DAYS:
        return Speaker(roles=frozenset(lead) - NO_NAMES) if lead else UNKNOWN
    run = _run_at(tokens, start)
    end = start + len(run)
    behind = _after_abbreviation(tokens, end)
    if behind is not None:
        return _of_run(tokens, behind, [*lead, *map(_folded, run)])
    name, roles = _split(run)
    second: list[str] = []
    if tokens[end : end + 1] == [","] and _is_name_run(tokens[end + 1 : end + 2]):
        second = _split(_run_at(tokens, end + 1))[0]
    is_relative = any(word in RELATIVES for word in lead) or bool(lead and lead[-1] in _OF)
    is_of_place = any(_folded(word) in TERRITORIAL for word in run[: -len(name)]) if name else False
    if second and (not name or is_relative or (roles and len(name) == 1 and len(second) > 1) or (is_of_place and len(second) > 1)):
        name = second
    elif (
        is_relative and "kuasa" not in lead and lead[-1] in _OF | RELATIVES - {"jubir", "bicara", "spokesman", "spokeswoman"} and not second
    ):
        return UNKNOWN
    return _speaker(name, run, frozenset(lead) - NO_NAMES | roles)


def _after_abbreviation(tokens: Sequence[str], end: int) -> int | None:
    """Where the words go on behind an abbreviation that stands in parentheses in a title («Dinas Air (DA) Budi Hadi»); None without one."""
    limit = end + NAME_TOKENS
    while end < min(len(tokens), limit) and (_is_capital(tokens[end]) or tokens[end].casefold() in _CONNECTORS):
        end += 1
    if tokens[end : end + 1] != ["("]:
        return None
    for index in range(end + 1, min(len(tokens), end + ABBREVIATION_TOKENS)):
        if tokens[index] == ")":
            following = tokens[index + 1 : index + 2]
            is_name = bool(following) and _is_capital(following[0]) and _folded(following[0]) not in NO_NAMES
            return index + 1 if is_name else None
        if not _is_capital(tokens[index]):
            return None
    return None


def named_before(tokens: Sequence[str]) -> Speaker:
    """The speaker in the words before a verb of saying: its subject."""
    if tokens and _folded(tokens[-1]) in WE_AND_THEY:
        return UNKNOWN
    for token in tokens[:-4:-1]:
        if _folded(token) in PRONOUNS:
            return PRONOUN
        if token in _SIGNS or _is_capital(token):
            break
    roles: frozenset[str] = frozenset()
    segments = list(_segments(tokens))
    for segment in reversed(segments):
        if segment[0] in _ARTICLES and segment is not segments[0]:
            # «Ann Reith, the mayor of Alma, said»: what stands between commas tells who she is.
            continue
        found = _in_segment(segment, is_first=segment is tokens or segment[0] is tokens[0])
        if found is None:
            continue
        if found.name is not None:
            return Speaker(name=found.name, roles=found.roles | roles)
        roles |= found.roles
    return Speaker(roles=roles)


def _segments(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    start, depth = 0, 0
    for index, token in enumerate(tokens):
        if token in _SIGNS:
            if index > start and not depth:
                yield tokens[start:index]
            depth = max(0, depth + token.count("(") - token.count(")"))
            start = index + 1
    if start < len(tokens) and not depth:
        yield tokens[start:]


def _in_segment(segment: Sequence[str], *, is_first: bool) -> Speaker | None:
    """The last name of a segment, or the roles in it when it has no name."""
    if all(_ENDS_IN_DEGREE.fullmatch(token) and "." in token for token in segment):
        return None
    runs: list[list[str]] = []
    index = 0
    while index < len(segment):
        if not _is_capital(segment[index]):
            index += 1
            continue
        run = _run_at(segment, index)
        opens = index == 0 and is_first
        index += len(run)
        while run and (_folded(run[0]) in NO_NAMES or (opens and _is_possessed(_folded(run[0])))):
            run = run[1:]
            opens = False
        if run and not (opens and len(run) == 1 and index < len(segment) and segment[index].casefold() in ("yang", "of")):
            runs.append(run)
    if not runs:
        roles = frozenset(map(_folded, segment)) - NO_NAMES - STOPS
        return Speaker(roles=roles) if len(segment) <= LEAD_WORDS and not segment[0].isdigit() else None
    for run in reversed(runs):
        name, roles = _split(run)
        if name:
            return _speaker(name, run, roles)
    return Speaker(roles=frozenset(map(_folded, runs[0])))


def _run_at(tokens: Sequence[str], start: int) -> list[str]:
    run = [tokens[start]]
    for index in range(start + 1, len(tokens)):
        token = tokens[index]
        word = token.casefold()
        following = tokens[index + 1 : index + 2]
        is_linked = bool(following) and _is_capital(following[0])
        if token in _SIGNS or (_is_capital(token) and _folded(token) in DAYS):
            break
        if (
            _is_capital(token)
            or (token.isdigit() and len(token) <= 2 and all(map(_is_title, run)))  # noqa: PLR2004  # «Komisi 3»
            or (is_linked and word in PARTICLES - {"dan"})
            or (is_linked and word in _CONNECTORS and all(_is_title(part) for part in run if _is_capital(part)))
        ):
            run.append(token)
        else:
            break
    return run


def _split(run: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The name at the end of a run of capitalised words, and the words of role, rank and institution before it."""
    last = max((index for index, token in enumerate(run) if _is_title(token)), default=-1)
    if last == len(run) - 1 and not _is_title(run[0]):
        # «Lukman Hakim»: a word of a role that ends what began as a name belongs to it.
        return list(run), frozenset()
    name = [token for token in run[last + 1 :] if not token.isdigit()]
    while name and _folded(name[0]) in _CONNECTORS:
        name = name[1:]
    return name[:NAME_TOKENS], frozenset(map(_folded, run[: last + 1]))


def _speaker(name: Sequence[str], run: Sequence[str], roles: frozenset[str]) -> Speaker:
    if not name and len(run) == 1 and run[0].isupper():
        return Speaker(name=run[0].rstrip("."))
    text = " ".join(name)
    return Speaker(name=_without_possessive(text.rstrip(_STRIPPED)) or None, roles=roles)


def _without_possessive(name: str) -> str:
    return name[:-2] if name.endswith(("'s", "\u2019s")) else name


def _statement(tokens: Sequence[str]) -> str:
    words: list[str] = []
    for token in tokens[:5]:
        if token in _SIGNS or token.casefold() in STOPS or (words and _is_capital(token)):
            break
        words.append(token.rstrip("."))
    return " ".join(words)


def _is_name_run(tokens: Sequence[str]) -> bool:
    return (
        bool(tokens)
        and _is_capital(tokens[0])
        and _folded(tokens[0]) not in NO_NAMES
        and (not _is_title(tokens[0]) or (_folded(tokens[0]) in TITLES and _folded(tokens[0]) not in PLACES))
    )


def _is_title(token: str) -> bool:
    word = _folded(token)
    if word in TITLES or word in PLACES:
        return True
    return (len(word) > 1 and token.isupper() and "." not in token[:-1]) or (len(word) > 8 and word.endswith(TITLE_ENDINGS))  # noqa: PLR2004


def _is_capital(token: str) -> bool:
    return token[0].isupper()


def _folded(token: str) -> str:
    return token.casefold().rstrip(".").replace("\u2019", "'")


def _is_possessed(word: str) -> bool:
    """«Pemiliknya», «Istrinya»: somebody's, and no name. Names with this ending are short («Tanya», «Sonya»)."""
    return word.endswith("nya") and (len(word) > SHORTEST_POSSESSED or word[:-3] in RELATIVES)


def _is_enclitic(word: str) -> bool:
    return word.endswith("nya") and word[:-3] in BARE_STEMS
