"""`kabar disclosure remap`: the mapping of the whole index, computed anew."""

import asyncio
from collections.abc import Callable

from kabar_index.remapping import Remapped, Remapping

from kabar_cli.opensearch_session import opensearch_at


async def remapped(url: str, *, tell: Callable[[str], None], pause_s: float, is_trial: bool, covers_all: bool) -> Remapped:
    """What a run on this OpenSearch did. Raises RemapStoppedError and OpenSearchException."""
    async with opensearch_at(url) as client:
        run = Remapping(client=client, sleep=asyncio.sleep, tell=tell, pause_s=pause_s, is_trial=is_trial, covers_all=covers_all)
        return await run.run()


def remap_told(done: Remapped, *, is_trial: bool) -> str:
    """The result for a person."""
    would = "would be " if is_trial else ""
    counts = f"{done.changed} {would}changed, {done.confirmed} {would}confirmed, {done.untouched} left as they are"
    lines = [f"{done.looked_at} records looked at: {counts}"]
    lines += [f"  fit {name}: {count}" for name, count in sorted(done.fits.items())]
    if done.not_done:
        lines.append(f"{done.not_done} could not be done")
        lines += [f"  {article_id}: {why}" for article_id, why in done.named.items()]
    if done.newer:
        lines.append(f"{done.newer} have the mapping of a newer release and were left alone")
    if done.left and not is_trial:
        lines.append(f"{done.left} still have an older mapping: an enricher of an older release writes them, or they could not be done")
    return "\n".join(lines)
