"""What a run showed: for programs as JSON, for people as a table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from checker import EXTRA_KINDS, LOST_KINDS, MEANING, Finding
from nemesis import Suffered

SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run."""

    seed: int
    articles: int
    enrichers: str
    steps: int
    attempts: Counter[str]
    """Answers of all tries."""
    became: Counter[str]
    """What producers made of each step in the end."""
    kinds: Counter[str]
    """Steps by kind."""
    suffered: Sequence[Suffered]
    restarts: dict[str, int]
    load_s: float
    drain_s: float
    check_s: float
    seen: dict[str, int]
    """How much there was to judge."""
    findings: Sequence[Finding]
    audit: dict[str, Any]
    disagreements: Sequence[str]
    """Where `kabar audit` says something else than the checker."""
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept and the audit agrees."""
        return not self.findings and not self.disagreements and all(one.recovered_s is not None for one in self.suffered)

    @property
    def totals(self) -> dict[str, int]:
        """Lost, extra, and wrong in any other way."""
        lost = sum(finding.wrong in LOST_KINDS for finding in self.findings)
        extra = sum(finding.wrong in EXTRA_KINDS for finding in self.findings)
        return {"lost": lost, "wrong": len(self.findings) - lost - extra, "extra": extra}

    @property
    def recoveries_s(self) -> list[float]:
        """Of the faults that were recovered from."""
        return sorted(one.recovered_s for one in self.suffered if one.recovered_s is not None)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        recoveries = self.recoveries_s
        return {
            "seed": self.seed,
            "articles": self.articles,
            "enrichers": self.enrichers,
            "steps": self.steps,
            "kinds": dict(self.kinds),
            "attempts": dict(self.attempts),
            "became": dict(self.became),
            "seen": self.seen,
            **self.totals,
            "findings": [finding._asdict() for finding in self.findings],
            "audit": self.audit,
            "disagreements": list(self.disagreements),
            "restarts": self.restarts,
            "seconds": {"load": round(self.load_s, 1), "drain": round(self.drain_s, 1), "check": round(self.check_s, 1)},
            "recovery_s": {"median": round(median(recoveries), 2), "worst": round(recoveries[-1], 2)} if recoveries else {},
            "faults": [
                {
                    "number": one.fault.number + 1,
                    "fault": str(one.fault),
                    "began_s": round(one.began_s, 1),
                    "lasted_s": round(one.lasted_s, 2),
                    "recovered_s": None if one.recovered_s is None else round(one.recovered_s, 2),
                }
                for one in self.suffered
            ],
            "notes": list(self.notes),
        }

    def as_text(self) -> str:
        """For people."""
        lines = [
            f"Seed {self.seed}: {self.articles:,} articles, {self.steps:,} steps, {len(self.suffered)} faults, enrichers {self.enrichers}",
            "",
            f"{'#':>4} {'at s':>7} {'lasted s':>9} {'recovered s':>12}  fault",
        ]
        lines += [
            f"{one.fault.number + 1:4} {one.began_s:7.1f} {one.lasted_s:9.2f} "
            f"{'not' if one.recovered_s is None else f'{one.recovered_s:.2f}':>12}  {one.fault}"
            for one in self.suffered
        ]
        recoveries = self.recoveries_s
        if recoveries:
            lines.append(f"\nrecovery: median {median(recoveries):.2f} s, worst {recoveries[-1]:.2f} s")
        lines += [
            f"tries: {_counts(self.attempts)}",
            f"steps: {_counts(self.became)}",
            f"kinds: {_counts(self.kinds)}",
            f"there: {_counts(self.seen)}",
            f"restarts: {_counts(self.restarts)}",
            f"load {self.load_s:.0f} s, drain {self.drain_s:.0f} s, check {self.check_s:.0f} s",
            f"{_counts(self.totals)}; audit {'agrees' if not self.disagreements else 'disagrees'}",
        ]
        lines += [f"note: {note}" for note in self.notes]
        lines += [f"audit: {what}" for what in self.disagreements]
        by_kind = Counter(finding.wrong for finding in self.findings)
        lines += [f"{count} times {wrong}: {MEANING[wrong]}" for wrong, count in by_kind.most_common()]
        lines += [f"  {one.wrong} {one.article_id} {one.revision or ''} {one.detail}" for one in self.findings[:SHOWN]]
        return "\n".join(lines)


def _counts(counts: Any) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
