"""Write the published forms: `python -m kabar_contracts.schemas [FOLDER]`, by default the folder of the contracts package."""

import argparse
import sys
from pathlib import Path

from kabar_contracts.schemas.published import published_files

CHECKOUT = Path(__file__).resolve().parents[3]


def main() -> None:
    """Write every published file whose bytes differ and name it on stderr."""
    parser = argparse.ArgumentParser(prog="python -m kabar_contracts.schemas", description="Write JSON Schemas and the AsyncAPI document.")
    parser.add_argument("folder", nargs="?", type=Path, default=CHECKOUT, help="where to write (default: %(default)s)")
    folder: Path = parser.parse_args().folder
    for name, content in published_files().items():
        path = folder / name
        if path.exists() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sys.stderr.write(f"wrote {path}\n")


if __name__ == "__main__":
    main()
