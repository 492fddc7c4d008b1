"""`make bench`: each figure is a ratio against raw work of the same bytes in the same run. Prints a table, writes JSON."""

import asyncio
import json
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hand_over
import indexing
import ingest
import uvloop

PARTS: dict[str, Callable[[Path], Any]] = {
    "ingest": lambda folder: uvloop.run(ingest.run(folder)),
    "hand-over (enrichers off)": lambda folder: asyncio.run(hand_over.measure(folder)),
    "index": lambda folder: asyncio.run(indexing.measure(folder)),
}


def main() -> None:
    """Measure everything, one part after the other."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".kabar/bench.json")
    figures: dict[str, Any] = {"python": platform.python_version(), "machine": platform.machine()}
    for name, measure in PARTS.items():
        with tempfile.TemporaryDirectory(prefix="kabar-bench-") as folder:
            figures[name] = measure(Path(folder))
        print(name)
        for figure, value in figures[name].items():
            print(f"  {figure:<28} {value}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"written to {target}")


if __name__ == "__main__":
    main()
