"""A small file system in memory, so that a disk can really be full."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.operations.processes import Account


@contextmanager
def mounted(place: Path, size_bytes: int, owner: Account | None = None) -> Iterator[Path]:
    """Mount a file system of `size_bytes` at an empty folder until the block ends; skip where nobody may."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    options = f"size={size_bytes},mode=0700" + (f",uid={owner.uid},gid={owner.gid}" if owner else "")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path, *, leave_bytes: int = 0) -> Path:
    """Write a file until there is no more room; with `leave_bytes`, cut that much off again. Return the file."""
    path = place / "filler"
    with path.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(65536))
    if leave_bytes:
        os.truncate(path, max(0, path.stat().st_size - leave_bytes))
    return path
