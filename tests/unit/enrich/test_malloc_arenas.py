"""One arena for all threads, counted by glibc itself in a process of its own."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

_COUNT = """
import ctypes, sys, threading
{prepare}
def take():
    blocks = [bytes(4_000) for _ in range(100)]
    ready.wait(10)
ready = threading.Barrier(4)
threads = [threading.Thread(target=take) for _ in range(3)]
for thread in threads: thread.start()
libc = ctypes.CDLL(None)
libc.fopen.restype, libc.fopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
libc.malloc_info.argtypes, libc.fclose.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]
file = libc.fopen(sys.argv[1].encode(), b"w")
ready.wait(10)
libc.malloc_info(0, file)
libc.fclose(file)
for thread in threads: thread.join()
"""
_KEEP = "from kabar_enrich.malloc_arenas import keep_to_one_arena; keep_to_one_arena()"


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="counts what only glibc has")
def test_threads_take_memory_from_one_arena_once_they_are_told_to(tmp_path: Path) -> None:
    assert _arenas(prepare="", report=tmp_path / "default.xml") > 1
    assert _arenas(prepare=_KEEP, report=tmp_path / "kept.xml") == 1


def _arenas(*, prepare: str, report: Path) -> int:
    subprocess.run([sys.executable, "-c", _COUNT.format(prepare=prepare), str(report)], check=True, timeout=30, env={})
    return report.read_text().count("<heap nr=")


_HELD = """
from pathlib import Path
from kabar_enrich.malloc_arenas import give_back_free_memory
resident = lambda: int(Path("/proc/self/statm").read_text().split()[1])
blocks = [bytearray(2_000) for _ in range(20_000)]
last = bytearray(2_000)
blocks.clear()
before = resident()
give_back_free_memory()
print(before - resident())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this C library has no malloc_trim")
def test_what_nobody_holds_any_more_goes_back_to_the_system() -> None:
    pages = subprocess.run([sys.executable, "-c", _HELD], check=True, capture_output=True, text=True, timeout=60).stdout
    assert int(pages) > 5_000
