"""Explanations and rules as text for a person. Pure; what a terminal would obey is escaped."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from kabar_contracts.disclosure.assertion import Assertion, Evidence
from kabar_contracts.disclosure.mapping import Mapped
from kabar_enrich.disclosure.meanings import FILLS, meaning_of
from kabar_enrich.explaining import Explanation, mapped_alone
from rich.text import Text

from kabar_cli.dlq.display import one_line

if TYPE_CHECKING:
    from kabar_enrich.disclosure.rulebook import Rule, Rulebook
    from kabar_enrich.disclosure.trace import Considered, Passage

SHOWN: Final = 600
"""Code points of a paragraph without a disclosure that are shown."""
_EVIDENCE: Final = "reverse"
_DIM: Final = "dim"


def explained(explanation: Explanation) -> Text:
    """One article that could be read: its disclosures, its near misses, and what they come to."""
    return Text("\n").join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[Text]:
    record = explanation.record
    looked_at = ", ".join(record.channels_assessed) if record else ""
    yield Text(f"{one_line(explanation.place)}: {one_line(explanation.title or '(no title)')}", style="bold")
    yield Text(f"language {explanation.language}; looked at: {looked_at or 'nothing'}", style=_DIM)
    for assertion in record.assertions if record else ():
        yield Text()
        yield from _assertion(assertion, considered=explanation.considered_for(assertion))
    for passage in explanation.passages:
        if not any(one.outcome in ("counts", "kept") for one in passage.considered):
            yield Text()
            yield from _near_miss(passage)
    if record is not None:
        summary = record.summary
        yield Text()
        yield Text(f"Together: {summary.status}", style="bold").append(
            f" ({_told(('activities', summary.activities), ('objects', summary.objects), ('review', [summary.human_review]))})", style=_DIM
        )
        if summary.conflict:
            yield Text(f"  these contradict each other: {', '.join(summary.conflict_types)}")
        yield from _mapped(record.mapped)
    yield Text()


def _assertion(assertion: Assertion, *, considered: "Considered | None") -> Iterator[Text]:
    heading = "A disclosure" if assertion.counts else "Kept, and does not count"
    place = assertion.evidence[0].position_class
    yield Text(f"{assertion.id}. {heading}", style="bold").append(f"  {assertion.channel}, {place}", style=_DIM)
    for piece in assertion.evidence:
        yield _highlighted(piece)
    if considered is not None:
        yield Text(f"  rule {considered.rule}: {considered.meaning}")
        yield Text(f"  it matched «{one_line(considered.words)}»")
        yield from _steps(considered)
    else:
        name = f" ({one_line(assertion.raw.name)})" if assertion.raw else ""
        yield Text(f"  read by {assertion.method}{name}")
    review = assertion.human_review
    said = f" «{one_line(review.evidence[0].exact)}»" if review.evidence else ""
    responsibility = "; editorial responsibility is claimed" if review.editorial_responsibility_claimed else ""
    tools = ", ".join(one_line(tool.name) for tool in assertion.tools) or "none named"
    yield Text(
        f"  {assertion.polarity}, {assertion.modality}: {assertion.activity} of {assertion.object}, "
        f"degree {assertion.degree}, scope {assertion.scope_level}, said by {assertion.asserted_by}"
    )
    yield Text(f"  a person's part: {review.claim}{said}{responsibility}; tools: {tools}")
    if assertion.counts:
        yield from _mapped(mapped_alone(assertion))


def _highlighted(piece: Evidence) -> Text:
    line = Text("  ").append(f"…{one_line(piece.prefix)}" if piece.prefix else "", style=_DIM)
    line.append(f"«{one_line(piece.exact)}»", style=_EVIDENCE)
    return line.append(f"{one_line(piece.suffix)}…" if piece.suffix.strip() else "", style=_DIM).append(
        f"  [{piece.start}, {piece.end})", style=_DIM
    )


def _steps(considered: "Considered") -> Iterator[Text]:
    for step in considered.steps:
        yield (
            Text("    ")
            .append("yes" if step.passed else "no ", style="green" if step.passed else "red")
            .append(f"  {step.asked} {step.answer}")
        )


def _near_miss(passage: "Passage") -> Iterator[Text]:
    heading = "A near miss" if passage.considered else "Names AI, a tool or a machine; no rule matches"
    yield Text(heading, style="bold").append(f"  body_text, {passage.position} [{passage.start}, {passage.end})", style=_DIM)
    text = one_line(passage.text[:SHOWN])
    yield Text(f"  {text}{'…' if len(passage.text) > SHOWN else ''}")
    for one in _first_of_each_rule(passage.considered):
        yield Text(f"  rule {one.rule}: {one.meaning}")
        yield Text(f"  it matched «{one_line(one.words)}»")
        yield from _steps(one)
    for near in passage.nearest:
        lacks = " and ".join(near.lacks) or "nothing but the order of its pieces"
        yield Text(f"  near {near.rule} ({near.meaning}): it lacks {lacks}", style=_DIM)


def _first_of_each_rule(considered: "Iterable[Considered]") -> list["Considered"]:
    rules: dict[str, Considered] = {}
    for one in considered:
        rules.setdefault(one.rule, one)
    return list(rules.values())


def _mapped(mapped: Mapped) -> Iterator[Text]:
    told = _told(
        ("IPTC", [uri.rpartition("/")[2] for uri in mapped.iptc_digital_source_type]),
        ("schema.org", [uri.rpartition("/")[2] for uri in mapped.schema_org]),
        ("AICDH", mapped.aicdh_modes),
        ("W3C", mapped.w3c_ai_disclosure),
        ("C2PA", mapped.c2pa_human_oversight),
        ("EU Art. 50", [mapped.eu_art50_category] if mapped.eu_art50_category else ()),
    )
    yield Text(f"  maps to {told or 'nothing'}; fit: {mapped.fit}")


def _told(*named: tuple[str, Iterable[str]]) -> str:
    return "; ".join(f"{name} {' or '.join(values)}" for name, values in named if values)


def rules_told(book: "Rulebook") -> Text:
    """The rules of a language, each with its meaning, where it must stand and its first example."""
    lines = [
        Text(f"{book.language}: {len(book.rules)} rules, {len(book.reviews)} of a person's part, {len(book.guards)} guards", style="bold")
    ]
    for rule in book.rules:
        where = f" in {', '.join(rule.positions)}" if rule.positions else ""
        lines += [
            Text(rule.id, style="bold").append(f"  {meaning_of(rule)}"),
            Text(f"    must {FILLS[rule.fills]}{where}", style=_DIM),
            Text(f"    «{one_line(rule.positive[0])}»"),
        ]
    for review in book.reviews:
        lines += [
            Text(review.id, style="bold").append(f"  of a person's part: {review.claim}"),
            Text(f"    «{one_line(review.positive[0])}»"),
        ]
    return Text("\n").join([*lines, Text()])


def rule_json(rule: "Rule", *, language: str) -> dict[str, Any]:
    """A rule as JSON, with its meaning in words and without its patterns."""
    return {"language": language, "meaning": meaning_of(rule), **rule.model_dump(mode="json", exclude={"patterns"})}
