"""The vault's segments against `openssl speed`, on one core."""

import os
import re
import subprocess
import time
from uuid import UUID

from bench.results import Result, compared
from bench.rounds import medians
from muniment.trust.vault.blobs.segments import RECORD_BYTES, SALT_BYTES, SEGMENT_BYTES, Codec, Flag

SECONDS = 1
MEGABYTE = 1e6
_SPEED = re.compile(r"AES-256-GCM\s+([\d.]+)k", re.IGNORECASE)


def measure(rounds: int = 5, segments: int = 256) -> list[Result]:
    """Return how fast 1 MiB segments are sealed and opened, beside openssl doing AES-256-GCM alone."""
    codec = Codec(os.urandom(32), UUID(int=1), UUID(int=2), os.urandom(SALT_BYTES))
    plain = os.urandom(SEGMENT_BYTES)
    record = bytearray(RECORD_BYTES)
    sealed = codec.seal(plain, 0, Flag.MORE)

    def seal() -> float:
        begun = time.process_time()
        for _ in range(segments):
            codec.seal_into(record, plain, 0, Flag.MORE)
        return segments * SEGMENT_BYTES / MEGABYTE / (time.process_time() - begun)

    def open_() -> float:
        begun = time.process_time()
        for _ in range(segments):
            codec.open(sealed, 0, Flag.MORE)
        return segments * SEGMENT_BYTES / MEGABYTE / (time.process_time() - begun)

    free = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(free)})
    try:
        found = medians(
            {"openssl seal": openssl, "seal": seal, "openssl open": lambda: openssl("-decrypt"), "open": open_}, rounds
        )
    finally:
        os.sched_setaffinity(0, free)
    return [
        compared("seal segments, one core", found["seal"], "MB/s", "openssl speed", found["openssl seal"]),
        compared("open segments, one core", found["open"], "MB/s", "openssl speed", found["openssl open"]),
    ]


def openssl(*options: str) -> float:
    """Return the MB/s of `openssl speed` with AES-256-GCM on 1 MiB."""
    told = subprocess.run(
        ["openssl", "speed", "-seconds", str(SECONDS), "-bytes", str(SEGMENT_BYTES), *options, "-evp", "aes-256-gcm"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = _SPEED.search(told)
    if found is None:
        raise LookupError(f"openssl speed printed something else: {told}")
    return float(found[1]) * 1000 / MEGABYTE
