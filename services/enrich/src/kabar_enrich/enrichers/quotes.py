"""Direct speech with its speaker, as a reader would say who speaks.

A quotation takes its speaker from its own sentence: the verb of saying after it, or before it. A pronoun («ujarnya», «he
said»), a role alone («kata Kasi Intel») and a paragraph that is nothing but speech are about somebody who was named before:
they get the person who was last reported to speak, where there is one, and else nobody.

Sources: verbs of saying from the style of Indonesian and English newspapers (`anatomy.saying`), forms of other languages in
`anatomy.speech` and `anatomy.cjk_speech`; quotation marks of whatever kind.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kabar_contracts.enriched import BlockKind, Quote

from kabar_enrich.anatomy.cjk_speech import speaker_in_unspaced
from kabar_enrich.anatomy.saying import SAYING
from kabar_enrich.anatomy.sentences import first_sentence_end, sentence_ends
from kabar_enrich.anatomy.speakers import Speaker, speaker_after, speaker_before, speaker_of_report
from kabar_enrich.anatomy.speech import MARKS, Speech, speech_in
from kabar_enrich.draft import Draft

QUOTES: Final = 50
SHORTEST_WORDS: Final = 4
"""Fewer words in quotation marks are a title or a term and not speech."""
SHORTEST_UNSPACED: Final = 8
LONG_WORDS: Final = 10
ATTRIBUTION_CHARACTERS: Final = 240
REMEMBERED_PARAGRAPHS: Final = 8
"""A pronoun reaches no further back."""
_TEXT_KINDS: Final = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST)


@dataclass(slots=True)
class _Memory:
    """Who has spoken so far."""

    last: str | None = None
    last_paragraph: int = -REMEMBERED_PARAGRAPHS
    people: dict[str, set[str]] = field(default_factory=dict)
    """Name -> words of the roles in which the person was named."""

    def resolved(self, speaker: Speaker | None, paragraph: int) -> str | None:
        """The name of a speaker, who is from now on the one that spoke last."""
        if speaker is None:
            return None
        name = speaker.name
        if name is not None:
            self.people.setdefault(name, set()).update(speaker.roles)
        elif speaker.is_pronoun:
            return self.recent(paragraph)
        elif speaker.roles:
            known = [person for person, roles in self.people.items() if speaker.roles <= roles]
            name = known[0] if len(known) == 1 else None
        self.last, self.last_paragraph = name, paragraph
        return name

    def recent(self, paragraph: int) -> str | None:
        return self.last if paragraph - self.last_paragraph < REMEMBERED_PARAGRAPHS else None


def find_quotes(draft: Draft) -> Draft:
    """The draft with the speech in its paragraphs, in order, each with its speaker as written or none."""
    paragraphs = [block.text for block in draft.blocks if block.kind in _TEXT_KINDS]
    quotes = quotes_in(paragraphs)
    return replace(draft, quotes=tuple(quotes[:QUOTES])) if quotes else draft


def quotes_in(paragraphs: Sequence[str]) -> list[Quote]:  # noqa: C901  # one walk: who spoke before decides who speaks next
    """The speech in the paragraphs of an article."""
    if not any(mark in text for text in paragraphs for mark in MARKS):
        return []
    speeches = speech_in(paragraphs)
    memory = _Memory()
    found: list[Quote] = []
    waiting: list[int] = []
    at = 0
    for index, text in enumerate(paragraphs):
        first = at
        while at < len(speeches) and speeches[at].paragraph == index:
            at += 1
        here = speeches[first:at]
        done = 0
        for place, speech in enumerate(here):
            following = here[place + 1].start if place + 1 < len(here) else len(text)
            _hear_reports(text[done : speech.start], memory, index, is_open=True)
            rest = text[speech.end : min(following, speech.end + ATTRIBUTION_CHARACTERS)]
            done = speech.end + first_sentence_end(rest) if _is_inside(speech, rest) else speech.end
            if not _is_long_enough(speech.text):
                continue
            is_split = bool(place) and _continues(text[here[place - 1].end : speech.start], speech)
            if is_split and found and waiting == []:
                found[-1] = Quote(text=f"{found[-1].text} {_cleaned(speech.text)}", speaker=found[-1].speaker)
                continue
            speaker, is_speech = _speaker_of(text, speech, rest, memory, previous_end=here[place - 1].end if place else 0)
            if not is_speech and not speech.goes_on:
                continue
            found.append(Quote(text=_cleaned(speech.text), speaker=speaker))
            if speech.goes_on:
                waiting.append(len(found) - 1)
            elif waiting:
                for number in waiting:
                    found[number] = Quote(text=found[number].text, speaker=speaker)
                waiting = []
        _hear_reports(text[done:], memory, index, is_open=False)
    shorter = _without_leading_words(memory.people)
    return [Quote(text=quote.text, speaker=shorter.get(quote.speaker or "", quote.speaker)) for quote in found] if shorter else found


def _without_leading_words(people: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Names after a role that begin with a word of an institution, told by how the text goes on to call the person.

    «Bank Pesisir Mandiri Eva Dahlia» is Eva Dahlia when she is later «Eva». A surname alone («Biden») tells nothing.
    """
    called = {name.split()[0] for name, roles in people.items() if not roles}
    shorter: dict[str, str] = {}
    for name, roles in people.items():
        words = name.split()
        if roles and words[0] not in called:
            start = next((at for at in range(1, len(words) - 1) if words[at] in called), 0)
            if start:
                shorter[name] = " ".join(words[start:])
    return shorter


def _is_inside(speech: Speech, rest: str) -> bool:
    """Whether the sentence goes on after the quotation."""
    stripped = rest.lstrip(" ,")
    return bool(stripped) and (stripped[0].islower() or not speech.text.endswith((".", "!", "?")) or rest.lstrip().startswith(","))


def _speaker_of(text: str, speech: Speech, rest: str, memory: _Memory, *, previous_end: int) -> tuple[str | None, bool]:
    """The speaker, and whether it is speech at all."""
    unspaced = speaker_in_unspaced(text, speech)
    if unspaced is not None:
        memory.last, memory.last_paragraph = unspaced, speech.paragraph
        return unspaced, True
    after = speaker_after(rest[: first_sentence_end(rest)])
    if after is not None and (_is_inside(speech, rest) or after.name is not None):
        return memory.resolved(after, speech.paragraph), True
    sentence = text[max(previous_end, speech.start - ATTRIBUTION_CHARACTERS) : speech.start]
    before = speaker_before(sentence[_last_sentence_start(sentence) :])
    if before is not None and (before.name or before.is_pronoun or before.roles):
        return memory.resolved(before, speech.paragraph), True
    ends = speech.text.endswith((".", "!", "?", ",", "\u2026"))
    opens = not sentence.strip() or sentence.rstrip().endswith((".", "!", "?", ":", ","))
    if opens and (ends or not rest.strip(" .,")):
        near = memory.last_paragraph == speech.paragraph or not text[speech.end :].strip(" .,")
        return (memory.recent(speech.paragraph) if near else None), True
    return None, len(speech.text.split()) >= LONG_WORDS


def _hear_reports(text: str, memory: _Memory, paragraph: int, *, is_open: bool) -> None:
    """Remembers who is reported to speak in sentences without quotation; the last of `text`, if open, belongs to the quotation."""
    if SAYING.isdisjoint(text.casefold().split()):
        return
    start = 0
    ends = list(sentence_ends(text))
    if is_open and ends and not text.rstrip().endswith((".", "!", "?")):
        ends = ends[:-1]
    for end in ends:
        speaker = speaker_of_report(text[start:end])
        start = end
        if speaker is not None and speaker.name is not None:
            memory.resolved(speaker, paragraph)


def _last_sentence_start(text: str) -> int:
    ends = [end for end in sentence_ends(text) if end < len(text.rstrip())]
    return ends[-1] if ends else 0


def _continues(between: str, speech: Speech) -> bool:
    """Whether a quotation goes on with the sentence of the one before («…,» ujar X, «…»)."""
    return between.rstrip().endswith(",") and speech.text[:1].islower()


def _is_long_enough(text: str) -> bool:
    if len(text.split()) >= SHORTEST_WORDS:
        return True
    return len(text) >= SHORTEST_UNSPACED and any("\u3040" <= character <= "\u9fff" for character in text[:4])


def _cleaned(text: str) -> str:
    return text.strip().rstrip(",\uff0c").rstrip()
