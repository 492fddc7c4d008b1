"""`python -m kabar_embedded`: fetch OpenSearch and make its start-up cache now, rather than at the first start."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from kabar_embedded.aot_training import prepare_opensearch, train_quietly
from kabar_embedded.errors import EmbeddedError


def main() -> int:
    """Prepare, and say what was done."""
    parser = argparse.ArgumentParser(prog="python -m kabar_embedded", description=__doc__)
    parser.add_argument("--background", action="store_true", help="at low priority, and only if nothing speaks against it")
    parser.add_argument("--cache-dir", type=Path, default=None, help="the cache folder (default: the user's)")
    arguments = parser.parse_args()
    started = time.monotonic()
    try:
        if arguments.background:
            outcome = train_quietly(cache_dir=arguments.cache_dir)
        else:
            outcome = str(prepare_opensearch(cache_dir=arguments.cache_dir))
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"{outcome} ({time.monotonic() - started:.0f} s)")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
