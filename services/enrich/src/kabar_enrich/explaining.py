"""`kabar disclosure explain`: articles from files or a pipe to how each was read for disclosures, without any server."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.disclosure.mapping import Mapped, map_assertions
from kabar_contracts.disclosure.record import AiDisclosure
from kabar_contracts.raw import ContentForm

from kabar_enrich import raw_lines
from kabar_enrich.disclosure.enricher import assess_disclosure, headings_of
from kabar_enrich.disclosure.layout import layout_of
from kabar_enrich.disclosure.trace import Considered, Passage, trace_text
from kabar_enrich.draft import UNDETERMINED, Draft, Enricher
from kabar_enrich.enrichers.language import detect_language
from kabar_enrich.enrichment import ENRICHERS, enrich_article
from kabar_enrich.offline import FORMS, Piece, Request, pieces_in, raw_article_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How one article was read for disclosures, or why it could not be read."""

    place: str
    """File and line, as a person looks for it."""
    problem: str | None = None
    title: str | None = None
    language: str = UNDETERMINED
    source_text: str = ""
    record: AiDisclosure | None = None
    passages: tuple[Passage, ...] = ()

    def considered_for(self, assertion: Assertion) -> Considered | None:
        """How the rule behind an assertion of the visible text came to count or to be kept; None for a hidden channel."""
        starts = {piece.start for piece in assertion.evidence if piece.source == "source_text"}
        return next(
            (
                one
                for passage in self.passages
                for one in passage.considered
                if one.rule == assertion.method and one.evidence_start in starts and one.outcome in ("counts", "kept")
            ),
            None,
        )

    def as_json(self) -> dict[str, Any]:
        """As it is written by `--json`."""
        record = self.record
        return {
            "place": self.place,
            "problem": self.problem,
            "title": self.title,
            "language": self.language,
            "passages": [asdict(passage) for passage in self.passages],
            "mapped_by_assertion": {one.id: mapped_alone(one).model_dump(mode="json") for one in (record.assertions if record else ())},
            "ai_disclosure": None if record is None else record.model_dump(mode="json"),
        }


def mapped_alone(assertion: Assertion) -> Mapped:
    """What one assertion is called in other vocabularies, as if the article said nothing else."""
    return map_assertions([assertion])


def explanations(
    inputs: Sequence[Path | None],
    *,
    form: str = "auto",
    url: str | None = None,
    language: str | None = None,
    now: Callable[[], datetime],
    stdin: BinaryIO | None = None,
) -> Iterator[Explanation]:
    """How the articles of these files are read, in order; None among `inputs` is standard input.

    `form` and `url` are those of `run_offline`; `language` takes the place of the detected one. Raises ValueError for another form.
    """
    if form not in FORMS:
        raise ValueError(f"{form!r} is none of {', '.join(FORMS)}")
    request = Request(cast("Literal['auto'] | raw_lines.Form", form), url, now)
    for piece in pieces_in(inputs, request, sys.stdin.buffer if stdin is None else stdin):
        yield _explained(piece, language=language)


def _explained(piece: Piece, *, language: str | None) -> Explanation:
    if piece.problem is not None:
        return Explanation(place=piece.place, problem=piece.problem)
    try:
        raw = raw_article_of(piece)
    except raw_lines.UnreadableArticleError as error:
        return Explanation(place=piece.place, problem=str(error))
    assessed: list[Draft] = []

    def take_language(draft: Draft) -> Draft:
        return detect_language(draft) if language is None else replace(draft, language=language)

    def assess_and_keep(draft: Draft) -> Draft:
        assessed.append(draft)
        return assess_disclosure(draft)

    others: dict[Enricher, Enricher] = {detect_language: take_language, assess_disclosure: assess_and_keep}
    article = enrich_article(
        raw,
        page=piece.content if raw.content_form is ContentForm.PAGE and piece.form == "html" else None,
        page_content_type=None,
        now=piece.now,
        enrichers=[others.get(enricher, enricher) for enricher in ENRICHERS],
    )
    return Explanation(
        place=piece.place,
        title=article.title,
        language=article.language,
        source_text=article.source_text,
        record=article.ai_disclosure,
        passages=tuple(passage for draft in assessed for passage in _passages(draft)),
    )


def _passages(draft: Draft) -> tuple[Passage, ...]:
    return trace_text(draft.source_text, layout=layout_of(draft, headings=headings_of(draft.html)), language=draft.language)
