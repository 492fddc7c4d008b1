"""`make bench`: how fast, what each guarantee costs, and what a worker takes. Prints a table, writes JSON.

Ratios are against raw work of the same bytes in the same run, those of pages against trafilatura. `KABAR_BENCH_PARTS=index,latency`
measures these alone.
"""

import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import disclosure_reading
import disk
import hand_over
import indexing
import ingest
import latency
import memory
import pages
import prices
import reading_memory
import reclaiming
import uvloop

PARTS: dict[str, Callable[[Path], Any]] = {
    "ingest": lambda folder: uvloop.run(ingest.run(folder)),
    "hand-over": lambda folder: asyncio.run(hand_over.measure(folder)),
    "index": lambda folder: asyncio.run(indexing.measure(folder)),
    "prices": lambda folder: asyncio.run(prices.measure(folder)),
    "reclaiming": lambda folder: asyncio.run(reclaiming.measure(folder)),
    "latency": lambda folder: asyncio.run(latency.measure(folder)),
    "disk": lambda folder: asyncio.run(disk.measure(folder)),
    "pages": pages.measure,
    "disclosure": disclosure_reading.measure,
    "reading-memory": reading_memory.measure,
    "memory": lambda folder: asyncio.run(memory.measure(folder)),
}


def main() -> None:
    """Measure everything, one part after the other."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".kabar/bench.json")
    figures: dict[str, Any] = {"python": platform.python_version(), "machine": platform.machine()}
    chosen = os.environ.get("KABAR_BENCH_PARTS", ",".join(PARTS)).split(",")
    for name, measure in ((name, PARTS[name]) for name in chosen):
        with tempfile.TemporaryDirectory(prefix="kabar-bench-") as folder:
            figures[name] = measure(Path(folder))
        print(name)
        for figure, value in figures[name].items():
            print(f"  {figure:<30} {value}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"written to {target}")


if __name__ == "__main__":
    main()
