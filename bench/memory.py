"""Memory of everything: idle, and while eight people download."""

import threading
import time

from bench import process_tree
from bench.callers import Crowd, Download
from bench.portal import Portal, Visitor
from bench.results import Result, limited, short

MEBIBYTE = 2**20
IDLE_LIMIT = 350
CALLERS = 8
LOOK_SECONDS = 0.2


def idle(portal: Portal, name: str = "memory, idle") -> Result:
    """Return the PSS of the whole portal at rest, database included."""
    process_tree.settle(portal.process_id)
    found = process_tree.memory_bytes(portal.process_id)
    parts = ", ".join(f"{part} {short(size / MEBIBYTE)}" for part, size in found.items() if part != "all")
    result = limited(name, found["all"] / MEBIBYTE, "MB", IDLE_LIMIT)
    return Result(result.name, result.value, "MB PSS", f"{result.against} ({parts})", result.ratio, result.aim)


def under_load(portal: Portal, visitor: Visitor, path: str, size_bytes: int, times: int = 5) -> Result:
    """Return the largest PSS seen while eight callers download a large file again and again."""
    seen: list[int] = []
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.is_set():
            seen.append(process_tree.memory_bytes(portal.process_id)["all"])
            time.sleep(LOOK_SECONDS)

    before = process_tree.memory_bytes(portal.process_id)["all"]
    with Crowd(CALLERS) as crowd:
        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            crowd.run([Download(portal.address, path, size_bytes, times, visitor.headers) for _ in range(CALLERS)])
        finally:
            is_over.set()
            watcher.join()
    most = max(seen)
    against = f"idle before {short(before / MEBIBYTE)} MB"
    return Result(f"memory, {CALLERS} downloads", most / MEBIBYTE, "MB PSS", against, most / before)
