"""When the power goes, and what the disk makes of what was not synced: drawn from a seed."""

from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final


class Names(Enum):
    """Which names a folder has after a cut. A journalling file system leaves one of the two, or a state between them."""

    SYNCED = "synced"
    """As when the folder was last synced: what was renamed, made or removed since then was not."""
    WRITTEN = "written"
    """As the server left it."""


class Moment(Enum):
    """What the server was doing when the power went."""

    WRITING = "writing"
    """Taking articles."""
    REWRITING = "rewriting"
    """Writing its file anew beside that: somewhere in it, or just after it."""
    FIRST_RENAME = "first rename"
    """Between the renaming and the syncing of the folder, when a rewrite begins."""
    LAST_RENAME = "last rename"
    """The same when it ends."""


MOMENTS: Final = (Moment.WRITING, Moment.REWRITING, Moment.WRITING, Moment.FIRST_RENAME, Moment.REWRITING, Moment.LAST_RENAME)
"""In turn, so that a run of a few cuts has each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One power cut."""

    number: int
    """From 1 on."""
    moment: Moment
    load_s: float
    """How long articles were accepted before it, or before the rewrite."""
    rewrite_s: float
    """How long the rewrite had been going on, where the moment is `REWRITING`."""
    names: Names
    kept_share: float
    """Which share of the bytes that were written and not synced happens to be there: 0 is none, less than 1 tears a command."""


def planned(seed: int, *, cuts: int) -> list[Cut]:
    """The cuts of a run; the same for the same seed."""
    random = Random(seed)  # noqa: S311  # it is to be repeated, not to be secret
    return [
        Cut(
            number=number,
            moment=MOMENTS[(number - 1) % len(MOMENTS)],
            load_s=random.uniform(0.1, 0.5),
            rewrite_s=random.uniform(0.0, 0.12),
            names=random.choice(list(Names)),
            kept_share=random.choice([0.0, random.random()]),
        )
        for number in range(1, cuts + 1)
    ]


def first_with_enrich(cuts: int) -> int:
    """From which cut of a run on `enrich` runs too: the last ones, with each moment once."""
    return max(1, cuts - len(set(MOMENTS)) + 1)
