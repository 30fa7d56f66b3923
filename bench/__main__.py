"""`python -m bench [PART...]`: measures, prints a table, writes build/bench.json.

The parts are those of `PARTS`; without a name all of them run, in about fifteen minutes. `--write` puts the
figures into docs/performance.md too.
"""

import argparse
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from bench import (
    deciding,
    flat,
    guessing,
    listing,
    memory,
    provable,
    results,
    scanning,
    sealing,
    searching,
    signing_in,
    slow_readers,
    starting,
    transfers,
    turning,
)
from bench.launching import Launch, scratch
from bench.portal import Portal, Visitor
from bench.results import Result
from muniment.core import clock

TOP = Path(__file__).resolve().parent.parent
RESULT = TOP / "build" / "bench.json"
PAGE = TOP / "docs" / "performance.md"
LARGE = transfers.LARGE.size_bytes
DOWNLOADS_PER_PERSON = 64
SIGNED_IN_ONCE = ["ada", "nora", "jonas", "mallory", "imani", "tom", "felix"]


class Bench:
    """What the parts share: one portal, started when it is first needed, and who is signed in to it."""

    def __init__(self, top: Path, flat_bytes: int = flat.LARGE_BYTES) -> None:
        self.top = top
        self.flat_bytes = flat_bytes
        self._launch: Launch | None = None
        self.first_page_seconds = 0.0

    @cached_property
    def portal(self) -> Portal:
        """The demo, filled and quiet."""
        self._launch = Launch(
            self.top / "portal",
            settings={
                "MUNIMENT_DOWNLOADS_PER_PERSON": str(DOWNLOADS_PER_PERSON),
                "MUNIMENT_TRUSTED_PROXIES": "1",  # so that guesses can come from many sources
            },
        )
        self.first_page_seconds = self._launch.start()
        portal = self._launch.portal
        portal.wait_until_filled()
        return portal

    @cached_property
    def contact(self) -> Visitor:
        """A contact who may do everything with the documents of one client."""
        return self.portal.with_token(self.portal.sign_in("cleo"))

    @cached_property
    def reader(self) -> Visitor:
        """Somebody of the firm, for whom clients are opened and filled."""
        return self.portal.sign_in("ben")

    @cached_property
    def large_file(self) -> str:
        """The path of a large download."""
        path = transfers.document_path(self.portal, self.contact, LARGE)
        memory.idle(self.portal)  # the worker reads it back first
        return path

    def stop(self) -> None:
        """Stop the portal, if any part needed it."""
        if self._launch is not None:
            self._launch.stop()


def _start(bench: Bench) -> list[Result]:
    found = starting.measure(bench.top)
    _ = bench.portal
    return [*found, results.limited("start of the demo", bench.first_page_seconds, "s", starting.LIMIT_SECONDS)]


def _memory(bench: Bench) -> list[Result]:
    idle = memory.idle(bench.portal)
    loaded = memory.under_load(bench.portal, bench.contact, bench.large_file, LARGE)
    return [idle, loaded, memory.idle(bench.portal, "memory, idle after downloads")]


def _slow(bench: Bench) -> list[Result]:
    return slow_readers.measure(bench.portal, [bench.contact, bench.portal.sign_in("samuel")], bench.large_file)


def _list(bench: Bench) -> list[Result]:
    return listing.measure(bench.portal, bench.reader, listing.fill(bench.portal, "ben"))


PARTS: dict[str, Callable[[Bench], list[Result]]] = {  # in this order: what fills the database comes last
    "seal": lambda _: sealing.measure(),
    "start": _start,
    "memory": _memory,
    "sign-in": lambda bench: signing_in.measure(bench.portal, SIGNED_IN_ONCE),
    "slow": _slow,
    "transfer": lambda bench: transfers.measure(bench.portal, bench.contact, bench.top),
    "flat": lambda bench: flat.measure(bench.portal, bench.contact, bench.flat_bytes),
    "scan": lambda bench: scanning.measure(bench.top),
    "rotate": lambda bench: turning.measure(bench.portal, "ben"),
    "list": _list,
    "access": lambda bench: deciding.measure(bench.portal, bench.reader, "ben", "cleo"),
    "log": lambda bench: provable.measure(bench.portal, bench.reader, "ben", bench.top),
    "search": lambda bench: searching.measure(bench.portal, "ben"),
    "guess": lambda bench: guessing.measure(bench.portal, bench.contact),  # from then on this source is a stranger
}


def main() -> None:
    """Measure the named parts, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure a portal on this machine.")
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help=f"some of: {', '.join(PARTS)}; all by default")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md too")
    parser.add_argument(
        "--flat-bytes", type=int, default=flat.LARGE_BYTES, help="how large the file of `flat` is; 10 GB: 10000000000"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # told to stop, it stops what it started
    wanted = arguments.part or list(PARTS)
    found: list[Result] = []
    begun = time.monotonic()
    ground = _ground()
    print(ground)
    with scratch() as top:
        bench = Bench(top, arguments.flat_bytes)
        try:
            for name in (part for part in PARTS if part in wanted):
                print(f"{time.monotonic() - begun:4.0f} s  {name}", flush=True)
                found += PARTS[name](bench)
        finally:
            bench.stop()
    results.write(RESULT, found)
    if arguments.write:
        results.write_page(PAGE, ground, found)
    print(f"{time.monotonic() - begun:4.0f} s  done\n\n{results.table(found)}\n\nAlso in {RESULT}.")


def _ground() -> str:
    """Return what is measured on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    day = clock.now().date().isoformat()
    return (
        f"{day}, {os.cpu_count()} processors ({model}), Linux {platform.release()}, Python "
        f"{platform.python_version()}, load {os.getloadavg()[0]:.1f} before the start."
    )


if __name__ == "__main__":
    main()
