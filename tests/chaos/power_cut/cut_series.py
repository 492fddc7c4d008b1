"""Cut the power under a running pipeline, and print what was lost, for each mode of fsync.

python tests/chaos/power_cut/cut_series.py --cuts 20 --seed 7
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from cut_machine import Machine
from cut_plan import first_with_enrich, planned
from kabar_embedded.redis_server import Fsync, find_binary
from power_cut import Loss, power_cuts
from synced_copy import CompilerMissingError, compiled

MODES: Final[tuple[Fsync, ...]] = ("always", "everysec")
COLUMNS: Final = "{:<9} {:>3} {:<13} {:<8} {:>8} {:>11} {:>8} {:>6} {:>6}"
HEAD: Final = COLUMNS.format("fsync", "cut", "moment", "names", "accepted", "handed over", "unsynced", "lost", "astray")
TOTALS: Final = "{:<9} {:>4} {:>8} {:>14} {:>6} {:>6}"
EXIT_BAD: Final = 1
EXIT_UNABLE: Final = 2


def main() -> int:
    """0 when `always` lost nothing and `everysec` did; 1 when not; 2 when it cannot be run here."""
    arguments = _arguments()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="power-cut-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        shim = compiled(folder)
    except CompilerMissingError as error:
        _say(f"{error}")
        return EXIT_UNABLE
    binary = arguments.binary or find_binary()
    _say(f"seed {arguments.seed}, {arguments.cuts} cuts, {binary}, folder {folder}\n")
    _say(HEAD)
    losses = {
        mode: list(
            _shown(
                mode,
                power_cuts(
                    planned(arguments.seed, cuts=arguments.cuts),
                    machine=Machine(folder=folder / mode, shim=shim, binary=binary, fsync=mode),
                    folder=folder / mode,
                    seed=arguments.seed,
                    enrich_from=first_with_enrich(arguments.cuts),
                ),
            )
        )
        for mode in MODES
    }
    _say("\n" + TOTALS.format("fsync", "cuts", "accepted", "cuts with loss", "lost", "astray"))
    for mode, of_mode in losses.items():
        _say(_total(mode, of_mode))
    holds = not any(loss.is_loss for loss in losses["always"])
    bites = any(loss.lost for loss in losses["everysec"])
    _say("\nalways: nothing was lost" if holds else f"\nalways: LOST, see {folder}")
    _say("everysec: loses, so the run can see a loss" if bites else "everysec: no loss was seen, so the run proves nothing")
    return 0 if holds and bites else EXIT_BAD


def _shown(mode: Fsync, losses: Iterator[Loss]) -> Iterator[Loss]:
    for loss in losses:
        cut = loss.cut
        counts = loss.accepted, loss.handed_over, loss.unsynced_bytes, len(loss.lost), len(loss.astray)
        _say(COLUMNS.format(mode, cut.number, cut.moment.value, cut.names.value, *counts))
        if loss.no_start:
            _say(f"the server did not start on what was left: {loss.no_start}")
        yield loss


def _total(mode: Fsync, losses: Sequence[Loss]) -> str:
    accepted = sum(loss.accepted for loss in losses)
    lost = {article for loss in losses for article in loss.lost}
    astray = {revision for loss in losses for revision in loss.astray}
    with_loss = sum(loss.is_loss for loss in losses)
    return TOTALS.format(mode, len(losses), accepted, with_loss, len(lost), len(astray))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=20, help="power cuts for each mode of fsync")
    parser.add_argument("--seed", type=int, default=1, help="the same seed plans the same cuts and articles")
    parser.add_argument("--binary", type=Path, help="the server; else redis-server on PATH, else Valkey")
    parser.add_argument("--folder", type=Path, help="a new folder for data, copies and logs; else a temporary one, which is kept")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
