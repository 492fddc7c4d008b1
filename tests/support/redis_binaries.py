"""The servers that delivery must hold on: Valkey out of its package, and Redis where it is installed."""

import shutil
from pathlib import Path
from typing import Final

from kabar_embedded.redis_server import packaged_binary

BINARIES: Final = [packaged_binary(), *map(Path, filter(None, [shutil.which("redis-server")]))]
IDS: Final = [path.name for path in BINARIES]
