"""Sign-in with password and second factor, beside the one Argon2id hash that it must contain."""

import statistics
import time

from argon2 import PasswordHasher
from argon2.low_level import Type

from bench import process_tree
from bench.portal import Portal
from bench.results import Result, compared

# What Django's Argon2PasswordHasher sets
HASHER = PasswordHasher(time_cost=2, memory_cost=102_400, parallelism=8, type=Type.ID)


def measure(portal: Portal, names: list[str]) -> list[Result]:
    """Sign each of `names` in once, and return the time of the whole beside that of one hash in the same rounds."""
    wall: list[float] = []
    processor: list[float] = []
    hash_wall: list[float] = []
    hash_processor: list[float] = []
    kept = HASHER.hash("a password that nobody has")
    for name in names:
        process_tree.settle(portal.process_id)
        before = process_tree.processor_seconds(portal.process_id)
        visitor = portal.sign_in(name)
        processor.append(process_tree.processor_seconds(portal.process_id) - before)
        wall.append(visitor.seconds)
        begun, used = time.monotonic(), time.process_time()
        HASHER.verify(kept, "a password that nobody has")
        hash_wall.append(time.monotonic() - begun)
        hash_processor.append(time.process_time() - used)
    rows = (("sign-in", wall, hash_wall), ("sign-in, server's CPU", processor, hash_processor))
    return [
        compared(name, 1000 * statistics.median(ours), "ms", "one Argon2id", 1000 * statistics.median(theirs))
        for name, ours, theirs in rows
    ]
