"""`make chaos`: one run of the chaos suite, printed; its history stays in a folder when something is wrong."""

import argparse
import secrets
import shutil
import sys
from pathlib import Path

from experiment import Plan, run

HISTORIES = Path(".kabar/chaos")


def main() -> int:
    """Run it. 0 when every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--faults", type=int, default=15)
    parser.add_argument("--seed", type=int, help="the same seed is the same load and the same faults; by default a new one")
    parser.add_argument(
        "--enrich", choices=("on", "off"), default="on", help="whether the enrichers run or a plain copy of each text goes on"
    )
    parser.add_argument("--keep", action="store_true", help="keep journals, logs and data of a good run, too")
    chosen = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if chosen.seed is None else chosen.seed
    folder = HISTORIES / f"{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    _tell(f"seed {seed}; history in {folder}")
    plan = Plan(seed=seed, articles=chosen.articles, faults=chosen.faults, enrichers=chosen.enrich)
    report = run(plan, folder=folder, tell=_tell)
    _tell(report.as_text())
    if report.is_clean and not chosen.keep:
        for path in (*folder.glob("producer-*.jsonl"), folder / "system"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return 0
    again = f"make chaos SEED={seed} ARTICLES={chosen.articles} FAULTS={chosen.faults} ENRICH={chosen.enrich}"
    _tell(f"\nHistory (seed, schedule, journals, logs): {folder}\nAgain: {again}")
    return 0 if report.is_clean else 1


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
