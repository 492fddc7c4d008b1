"""A power cut takes what was not synced. What `ingest` accepted was, and what `enrich` handed over is not torn in two."""

from contextlib import closing
from pathlib import Path

import pytest
from cut_machine import Machine
from cut_plan import MOMENTS, Cut, Moment, Names, first_with_enrich, planned
from power_cut import power_cuts
from redis_binaries import BINARIES, IDS

SEED = 1
CUTS = max(20 // len(BINARIES), 2 * len(MOMENTS))
"""Twenty or more over all servers, and each moment with and without `enrich` on each of them."""
CONTROL_CUTS = 3


@pytest.mark.parametrize("binary", BINARIES, ids=IDS)
def test_nothing_accepted_is_lost_in_power_cuts_when_every_write_is_synced(binary: Path, shim: Path, tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path, shim=shim, binary=binary, fsync="always")
    plan = planned(SEED, cuts=CUTS)

    losses = list(power_cuts(plan, machine=machine, folder=tmp_path, seed=SEED, enrich_from=first_with_enrich(CUTS)))

    assert [loss for loss in losses if loss.is_loss] == []
    assert [loss.cut for loss in losses] == plan
    assert min(loss.accepted for loss in losses) > 0
    assert losses[-1].handed_over > 0


@pytest.mark.parametrize("binary", BINARIES, ids=IDS)
def test_the_same_run_loses_articles_when_writes_are_synced_every_second(binary: Path, shim: Path, tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    machine = Machine(folder=tmp_path, shim=shim, binary=binary, fsync="everysec")
    plan = planned(SEED, cuts=CONTROL_CUTS)

    with closing(power_cuts(plan, machine=machine, folder=tmp_path, seed=SEED, enrich_from=CONTROL_CUTS + 1)) as losses:
        first = next((loss for loss in losses if loss.lost), None)

    assert first is not None
    assert first.no_start == ""
    assert first.unsynced_bytes > 0


def test_a_killed_server_whose_machine_lives_on_loses_nothing_even_then(shim: Path, tmp_path: Path) -> None:
    """What is lost above is lost for want of power, and for nothing else in the run."""
    machine = Machine(folder=tmp_path, shim=shim, binary=BINARIES[0], fsync="everysec")
    plan = [Cut(number=1, moment=Moment.WRITING, load_s=0.3, rewrite_s=0.0, names=Names.WRITTEN, kept_share=1.0)]

    losses = list(power_cuts(plan, machine=machine, folder=tmp_path, seed=SEED, enrich_from=2))

    assert [len(loss.lost) for loss in losses] == [0]


def test_a_seed_plans_the_same_cuts_again_and_a_longer_run_begins_like_a_shorter_one() -> None:
    assert planned(7, cuts=20)[:5] == planned(7, cuts=5)
    assert planned(7, cuts=5) != planned(8, cuts=5)
    assert {cut.moment for cut in planned(7, cuts=len(MOMENTS))} == set(Moment)
