"""The promise, under faults: what was accepted is there, what was taken down is gone, and nothing else is."""

import shutil
from pathlib import Path

from experiment import Plan, run

SEED = 1_913
HISTORIES = Path(".kabar/chaos")


def test_nothing_is_lost_or_wrong_or_extra_in_ten_thousand_articles_and_twenty_five_faults() -> None:
    folder = HISTORIES / f"test-{SEED}"
    shutil.rmtree(folder, ignore_errors=True)
    lines: list[str] = []
    report = run(Plan(seed=SEED, articles=10_000, faults=25, enrichers="on"), folder=folder, tell=lines.append)
    # Printed only when something is wrong; then the history stays in the folder.
    assert report.is_clean, f"{report.as_text()}\nhistory: {folder}; again: make chaos SEED={SEED} ARTICLES=10000 FAULTS=25"
    assert len(report.suffered) == 25
    assert report.seen["documents"] >= 10_000
    shutil.rmtree(folder)
