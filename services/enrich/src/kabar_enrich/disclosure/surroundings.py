"""What the surroundings of a match make of it: how much of its sentence it is, who speaks, of what."""

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

import re2  # type: ignore[import-untyped]  # ships no types
from kabar_contracts.disclosure import vocabulary

from kabar_enrich.disclosure.detector import Detector, Match
from kabar_enrich.disclosure.layout import Layout
from kabar_enrich.disclosure.rulebook import Effect, Guard, Reach, Rule
from kabar_enrich.disclosure.segments import TOOL_CALLED_LIKE_A_PERSON, Segments, Span, quoted_spans

CONTEXT: Final = 1_000
"""Code points that guards see of a text on either side of a match, and of title and opening. Real sentences are shorter."""
_CLOSE_WRITTEN: Final = "\u3002\uff01\uff1f\uff0e\u3001\uff0c\u0964\u0965\u061b\u060c\u061f\u06d4\u300d\u300f\u3011\u300b\u3009\uff3d\u3015"
_ENDINGS: Final = f"*_.!\u2026()]}}|/;:,~\"\u201c\u201d\u00bb' {_CLOSE_WRITTEN}"
_QUESTIONS: Final = ("?", "\uff1f", "\u061f")
_AFTER_A_QUESTION: Final = " *_\"')]\u201c\u201d\u00bb\u300d\u300f"
_LONGEST_NAME: Final = 20
_RIGHT_BEFORE: Final = 30
"""Code points before a match in which a «no» or a «how» belongs to it."""
_INFORMATION: Final = "\u2139"
"""The sign of information, which notes begin with and which counts as a letter."""
_LABEL_CHARACTERS: Final = 30
_TO_BE_DONE: Final = "[ ]"
"""The box of a task that is not done yet: «- [ ] Translate with DeepL»."""
_PROGRAM: Final = re2.compile(
    r"^(?:(?:export |public |private |static |final )*(?:const|let|var|val|String) "
    r"|(?:return|throw|echo|puts|msgid|msgstr) |print(?:ln|f)?\(|<string )"
)
"""How a line of a program begins whose strings its users will read."""
_MARKUP: Final = " className="
"""What only the markup that a program writes has."""
_LONGEST_OPENER: Final = 20
"""Code points of words such as «And yes,» with which a statement may begin."""
_NOTE_LABEL_CHARACTERS: Final = 70
_NOTE_LABEL: Final = re2.compile(r"(?:^|[^\pL])(?:AI|IA|KI|AI-\pL+|(?i:transparen\pL*|disclos\pL*|disclaim\pL*))(?:$|[^\pL])")
"""What names itself a note about AI or a disclaimer may do so in more words than other labels."""
_LABEL_ENDS: Final = (":", "=", "-", "|", ".", "\u2014", "\u3002", "\u0964", "\uff1a", "\u3011", "]")
_DOT: Final = re2.compile(r" +[\x{00b7}\x{2022}] +")
"""What parts the notes of one line from each other, as in «(c) 2026 The Paper · Made with AI»."""
_LONGEST_MARGIN: Final = 200
"""A match with more than this before it does not begin its sentence, whatever it is."""
_EMOJI: Final = "\ufe0f"
"""What makes an emoji of the sign before it."""
_REPLY_LINES: Final = 5
"""The line of a question and those below it, in one of which its answer stands."""
_REPLIES: Final = 8
"""Sentences behind a question that may answer it."""
_ADDRESS: Final = re2.compile(r"^(?:[^\pL\pN]*\pL{1,12} ?:)?[^\pL\pN]+")
"""What an answer may begin with: marks, and before a colon who gives it, as in «A: No.»"""
_BREAKS: Final = (
    "()[]|/;\u2022\u00b7\n\u2014\u3010\u3011\u3014\u3015\uff3b\uff3d\u300a\u300b\u3008\u3009\u300c\u300d\u300e\u300f"
    "\uff5c\uff0f\u3001\u30fb\uff0c\u3002\u0964\uff1b\u060c\u25b2\u25b3\u25b6\u25c0\u25a0\u25cf\u25c6\u203b=\uff1d"
)


Cause = Literal["question", "reply", "position", "name", "fills", "form", "beside", "unless", "quotation_marks", "guard"]
"""Why a match does not mean what its rule says: its sentence asks, what it asks is not answered as its rule wants, it stands in the
wrong part of the article, it ends in a name, it is too little of its surroundings, it is a form's or a program's text, its paragraph
lacks what the rule asks for, its words rule it out, somebody is quoted, or a guard holds."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a match stands: its line, its sentence, and what it is in the article."""

    line: Span
    sentence: Span
    position: vocabulary.PositionClass
    is_quoted: bool
    lead_in: str
    """The sentence or line before, when it ends with a colon; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the surroundings make of a match, and why."""

    effect: Effect | None
    """None when they leave it as it is; so are the other two then."""
    cause: Cause | None = None
    guard: Guard | None = None
    """The guard, where that is the cause."""
    reply: Span | None = None
    """The sentence that answers it, where its rule wants an answer."""


class Surroundings:
    """A folded text in which matches are looked up. Each line is cut once, however many matches it has."""

    def __init__(self, segments: Segments, *, layout: Layout) -> None:
        self._segments = segments
        self._layout = layout
        self._cut: dict[Span, tuple[tuple[Span, ...], tuple[Span, ...]]] = {}
        self._opening = _title_and_opening(segments, layout=layout)

    def place_of(self, span: Span) -> Place:
        """Where this span stands."""
        segments = self._segments
        index = segments.line_index(span.start)
        line = segments.lines[index]
        sentences, quotes = self._cut_of(line)
        number = _number_of(span, spans=sentences)
        return Place(
            line=line,
            sentence=_sentence(span, sentences=sentences, number=number),
            position=self._layout.position_of(span, segments=segments),
            is_quoted=bool(quotes) and quotes[_number_of(span, spans=quotes)].holds(span),
            lead_in=_lead_in(segments, before=sentences[:number][-1:] or segments.lines[:index][-1:]),
        )

    def judge(self, match: Match, *, place: Place, detector: Detector) -> Verdict:
        """What the surroundings make of a match."""
        text, span, rule = self._segments.text, match.span, match.rule
        reply = self._reply_to(rule, place=place, detector=detector)
        unmeant = self._why_not_meant(match, place=place, detector=detector, reply=reply)
        if unmeant is not None:
            return Verdict("not_meant", unmeant)
        if place.is_quoted:
            return Verdict("quoted", "quotation_marks")
        before = text[max(place.sentence.start, span.start - CONTEXT) : span.start]
        after = text[span.end : min(place.sentence.end, span.end + CONTEXT)]
        texts: dict[Reach, str] = {
            "sentence": before + text[span.start : min(span.end, span.start + CONTEXT)] + after,
            "before": before,
            "outside": f"{before} \u00a6 {after}",
            "lead_in": place.lead_in,
            "article": self._opening,
        }
        guard = detector.guard_on(texts, rule=rule)
        return Verdict(None, reply=reply) if guard is None else Verdict(guard.effect, "guard", guard, reply)

    def _why_not_meant(self, match: Match, *, place: Place, detector: Detector, reply: Span | None) -> Cause | None:
        """Why a match says nothing where it stands; None when it says something."""
        text, span, rule = self._segments.text, match.span, match.rule
        right_before = text[max(place.sentence.start, span.start - _RIGHT_BEFORE) : span.start].rpartition(":")[2]
        causes: tuple[tuple[Cause, Callable[[], bool]], ...] = (
            ("question", lambda: rule.reply is None and _asks(place.sentence, text=text)),
            ("reply", lambda: rule.reply is not None and reply is None),
            ("position", lambda: bool(rule.positions) and place.position not in rule.positions),
            ("name", lambda: _is_of_a_name(text, end=span.end, may_be_an_author=rule.fills == "line" and not rule.ends_in_names)),
            ("fills", lambda: not _fills(match, place=place, text=text)),
            ("form", lambda: self._is_of_a_form(span, line=place.line)),
            ("beside", lambda: bool(rule.beside) and not detector.is_beside(rule, self._paragraph(span, line=place.line))),
            ("unless", lambda: detector.is_ruled_out(rule, right_before + text[span.start : min(span.end, span.start + CONTEXT)])),
        )
        return next((cause for cause, holds in causes if holds()), None)

    def _is_of_a_form(self, span: Span, *, line: Span) -> bool:
        """Whether a match is what somebody may tick, or what a program would show: it says nothing of the page that it stands on."""
        text, index = self._segments.text, self._segments.line_index(line.start)
        before = text[max(line.start, span.start - _LONGEST_MARGIN) : span.start]
        around = before + text[span.end : min(line.end, span.end + _LONGEST_MARGIN)]
        above = self._segments.lines[index - 1].of(text)[-_LONGEST_MARGIN:] if index else ""
        return _TO_BE_DONE in before or _PROGRAM.search(before) is not None or any(_MARKUP in one for one in (around, above))

    def _reply_to(self, rule: Rule, *, place: Place, detector: Detector) -> Span | None:
        """The sentence that gives the answer which the rule wants: the next one, or one further down that says it answers."""
        if rule.reply is None:
            return None
        for number, sentence in enumerate(islice(self._sentences_after(place), _REPLIES)):
            told = _ADDRESS.sub("", sentence.of(self._segments.text)[:CONTEXT])
            if (number == 0 and detector.begins_with(rule.reply, told)) or detector.announces(rule.reply, told):
                return sentence
        return None

    def _sentences_after(self, place: Place) -> Iterator[Span]:
        """The sentences behind that of a match, in the rest of its line and the lines right below."""
        first = self._segments.line_index(place.line.start)
        for line in self._segments.lines[first : first + _REPLY_LINES]:
            yield from (sentence for sentence in self._cut_of(line)[0] if sentence.start >= place.sentence.end)

    def _cut_of(self, line: Span) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
        """The sentences and the quotations of a line."""
        if line not in self._cut:
            self._cut[line] = self._segments.sentences(line), quoted_spans(self._segments.text, line)
        return self._cut[line]

    def _paragraph(self, span: Span, *, line: Span) -> str:
        """The line that a match is in and the one before, both cut to what is near."""
        lines, index = self._segments.lines, self._segments.line_index(line.start)
        before = lines[index - 1].of(self._segments.text)[-CONTEXT:] if index else ""
        near = Span(max(line.start, span.start - 2 * CONTEXT), min(line.end, span.start + 3 * CONTEXT))
        return f"{before}\n{near.of(self._segments.text)}"


def _title_and_opening(segments: Segments, *, layout: Layout) -> str:
    title = layout.title.of(segments.text) if layout.title is not None else ""
    first = layout.first_block or (segments.lines[0] if segments.lines else Span(0, 0))
    return f"{title[:CONTEXT]}\n{first.of(segments.text)[:CONTEXT]}"


def _number_of(span: Span, *, spans: Sequence[Span]) -> int:
    """The number of the last of the sorted spans that begins no later than this one; the first when none does."""
    return max(0, bisect_right(spans, span.start, key=lambda one: one.start) - 1)


def _sentence(span: Span, *, sentences: Sequence[Span], number: int) -> Span:
    """The sentence that holds a match, or from there all that it touches."""
    if not sentences or not sentences[number].overlaps(span):
        return span
    last = _number_of(Span(span.end - 1, span.end), spans=sentences)
    return Span(min(sentences[number].start, span.start), max(sentences[last].end, span.end))


def _lead_in(segments: Segments, *, before: Sequence[Span]) -> str:
    """What stands right before, cut to its end, when it ends with a colon: what it announces follows."""
    text = before[0].of(segments.text)[-CONTEXT:] if before else ""
    return text if text.endswith(":") else ""


def _asks(sentence: Span, *, text: str) -> bool:
    """Whether a sentence is a question."""
    return sentence.of(text)[-_LONGEST_NAME:].rstrip(_AFTER_A_QUESTION).endswith(_QUESTIONS)


def _is_of_a_name(text: str, *, end: int, may_be_an_author: bool) -> bool:
    """Whether a match ends in a person's or a thing's name, as in «by AI Rahman», «by Claude Roe», «AI Summit».

    A line such as «Written by Sora» is a byline: it takes more than a name that people have to be read as a tool.
    """
    before, after = text[max(0, end - _LONGEST_NAME) : end], text[end : end + 3]
    is_person = before.endswith(TOOL_CALLED_LIKE_A_PERSON)
    goes_on = len(after) == len(" Ra") and after[0] == " " and after[1].isupper() and after[2].islower()
    return (is_person and may_be_an_author) or (goes_on and (is_person or before.endswith("AI")))


def _fills(match: Match, *, place: Place, text: str) -> bool:
    """Whether a match is as much of its surroundings as its rule asks for."""
    span, fills = match.span, match.rule.fills
    if fills == "part":
        return True
    if fills == "segment":
        return _is_a_segment(span, sentence=place.sentence, text=text)
    whole = place.line if fills == "line" and not _may_be_a_sentence(place) else place.sentence
    before = text[max(whole.start, span.start - _LONGEST_MARGIN) : span.start]
    after = text[span.end : min(whole.end, span.end + _LONGEST_MARGIN)]
    if fills == "line":
        before, after = _DOT.split(before)[-1], _DOT.split(after)[0]
    opens = _is_an_opening(before) or (fills == "start" and _is_an_opener(before))
    return opens and (fills == "start" or not after.strip(_ENDINGS))


def _may_be_a_sentence(place: Place) -> bool:
    """Whether a note that is otherwise a line of its own may be a sentence here: in a caption, and as the last of the article."""
    is_last = place.position in ("closing", "after_article") and place.sentence.end >= place.line.end
    return is_last or place.position == "caption"


def _is_an_opening(before: str) -> bool:
    """Whether nothing stands before a match but marks, a label such as «Editor's note:», or another statement and a semicolon."""
    rest = "".join(mark for mark in before if (mark.isalnum() and mark != _INFORMATION) or mark in " (").strip(" ")
    # A quotation mark may begin a string of code; what people say is told from it by `quoted_spans`.
    ended = before.rstrip(" *_\"'")
    is_label = ended.endswith(_LABEL_ENDS) and len(rest) <= _LABEL_CHARACTERS and "(" not in rest
    is_note_label = ended.endswith(":") and len(rest) <= _NOTE_LABEL_CHARACTERS and _NOTE_LABEL.search(ended) is not None
    return _TO_BE_DONE not in before and (not rest.strip("( ") or ended.endswith(";") or is_label or is_note_label)


def _is_an_opener(before: str) -> bool:
    """Whether nothing stands before a match but a word or two and a comma."""
    return before.rstrip().endswith(",") and len(before.strip()) <= _LONGEST_OPENER


def _is_a_sign(character: str) -> bool:
    """Whether it is an emoji or another sign such as a camera before a credit, or what makes one of the character before it."""
    return character == _EMOJI or unicodedata.category(character) == "So"


def _is_a_segment(span: Span, *, sentence: Span, text: str) -> bool:
    before = text[max(0, span.start - 2) : span.start].rstrip(" *_")
    after = text[span.end : span.end + 2].lstrip(" *_")
    opens = span.start <= sentence.start or not before or before[-1] in _BREAKS + ".-," or _is_a_sign(before[-1])
    closes = span.end >= sentence.end or not after or after[0] in _BREAKS + ".," or text.startswith(" - ", span.end)
    return opens and closes
