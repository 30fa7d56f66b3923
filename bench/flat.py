"""Whether memory stays where it is, however large a file: the whole portal while one file goes in, is vetted and out.

What counts is the largest PSS seen while a very large file is uploaded, read back and downloaded, beside the same for
a file of a few chunks. A portal that held even a tenth of the file would show it.
"""

import threading
import time
from collections.abc import Callable

from bench import process_tree, transfers
from bench.callers import Crowd, Download
from bench.portal import Portal, Visitor
from bench.results import Result, compared

MEBIBYTE = 2**20
SMALL_BYTES = 64 * MEBIBYTE
LARGE_BYTES = 2 * 2**30
LOOK_SECONDS = 0.1
AIM = "<= 1.1"


def measure(
    portal: Portal, visitor: Visitor, size_bytes: int = LARGE_BYTES, small_bytes: int = SMALL_BYTES
) -> list[Result]:
    """Return the most memory that each way of a large file took, beside a small one."""
    _in_and_out(portal, visitor, small_bytes)  # what a first file leaves in memory is no matter of its size
    process_tree.settle(portal.process_id)
    few = _in_and_out(portal, visitor, small_bytes)
    process_tree.settle(portal.process_id)
    many = _in_and_out(portal, visitor, size_bytes)
    said, beside = f"{size_bytes / 1e9:.3g} GB", f"{small_bytes / 1e6:.0f} MB:"
    return [
        compared(f"memory, {way} of {said}", many[way] / MEBIBYTE, "MB PSS", beside, few[way] / MEBIBYTE, aim=AIM)
        for way in ("upload", "download")
    ]


def _in_and_out(portal: Portal, visitor: Visitor, size_bytes: int) -> dict[str, int]:
    """Return the largest PSS while a file is uploaded and vetted, and while it is downloaded."""
    paths: list[str] = []
    up = _largest(portal, lambda: paths.append(transfers.document_path(portal, visitor, size_bytes)))
    with Crowd(1) as crowd:
        task = Download(portal.address, paths[0], size_bytes, 1, visitor.headers)
        return {"upload": up, "download": _largest(portal, lambda: crowd.run([task]))}


def _largest(portal: Portal, work: Callable[[], object]) -> int:
    seen, is_over = [process_tree.memory_bytes(portal.process_id)["all"]], threading.Event()

    def watch() -> None:
        while not is_over.is_set():
            seen.append(process_tree.memory_bytes(portal.process_id)["all"])
            time.sleep(LOOK_SECONDS)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        is_over.set()
        watcher.join()
    return max(seen)
