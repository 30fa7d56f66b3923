"""What a process and all its descendants use: memory and processor time, asked from Linux."""

import contextlib
import time
from pathlib import Path

PROC = Path("/proc")
QUIET_SHARE = 0.05
QUIET_SECONDS = 0.3
NAMES = {  # what a command line holds, and what that process is called here
    "operations.server": "web",
    "operations.worker": "worker",
    "operations.redirect": "redirect",
    "postgres": "database",
}


def descendants(process_id: int) -> list[int]:
    """Return a process and everything it started that is alive, oldest first."""
    children = _children_of_all()
    found = [process_id]
    for parent in found:  # grows while it is read
        found += children.get(parent, [])
    return found


def memory_bytes(process_id: int) -> dict[str, int]:
    """Return the PSS of a tree by part of the portal, with "all" of it.

    PSS counts a page that several processes share once, divided among them.
    """
    sums: dict[str, int] = {}
    for member in descendants(process_id):
        with contextlib.suppress(OSError):  # it ended meanwhile
            part = _part(member)
            for line in (PROC / str(member) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    sums[part] = sums.get(part, 0) + int(line.split()[1]) * 1024
    sums["all"] = sum(sums.values())
    return sums


def processor_seconds(process_id: int) -> float:
    """Return the processor time that a tree has used so far, its ended threads included, its ended processes not."""
    total = 0.0
    for member in descendants(process_id):
        with contextlib.suppress(OSError):
            total += time.clock_gettime(_clock_of(member))
    return total


def settle(process_id: int, *, most_seconds: float = 30.0) -> None:
    """Wait until a tree is as good as idle, so that one measure does not pay for what another left to do."""
    deadline = time.monotonic() + most_seconds
    before = processor_seconds(process_id)
    while time.monotonic() < deadline:
        time.sleep(QUIET_SECONDS)
        after = processor_seconds(process_id)
        if after - before < QUIET_SHARE * QUIET_SECONDS:
            return
        before = after


def _children_of_all() -> dict[int, list[int]]:
    """Return the children of every process of the machine, oldest first."""
    found: dict[int, list[int]] = {}
    for entry in sorted(int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()):
        with contextlib.suppress(OSError):
            after_name = (PROC / str(entry) / "stat").read_text().rpartition(")")[2]
            found.setdefault(int(after_name.split()[1]), []).append(entry)
    return found


def _clock_of(process_id: int) -> int:
    """Return the clock of a process's processor time, as clock_getcpuclockid(3) makes it on Linux."""
    return (~process_id << 3) | 2


def command_line(process_id: int) -> str:
    """Return the command line of a process; empty once it ended."""
    try:
        return (PROC / str(process_id) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _part(process_id: int) -> str:
    line = command_line(process_id)
    return next((name for word, name in NAMES.items() if word in line), "supervisor")
