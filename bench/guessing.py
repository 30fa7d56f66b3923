"""What a flood of wrong passwords does to the pages of those who are signed in."""

import functools
import http.client
import multiprocessing
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import process_tree
from bench.portal import Portal, Visitor, fetch
from bench.results import Result
from bench.signing_in import FirstStep, run_all

WANTED_A_SECOND = 1000
SECONDS = 15.0
SETTLES_SECONDS = 3.0  # of the flood, before pages are measured beside it
HANDS = 96  # more than wait for a hash at once: the others are told so
PAGE_PAUSE_SECONDS = 0.05
RATIO_AIM = 5
REFUSALS = {http.client.FORBIDDEN, http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE}


@dataclass(frozen=True)
class Flood:
    """What became of the wrong passwords that were offered."""

    offered: int
    checked: int  # hashed and compared
    refused: int  # told to wait or to do a sum, before anything was hashed
    refusal_seconds: float  # that a refused one took, on average

    @property
    def said(self) -> str:
        """What is said of it beside a figure."""
        return (
            f"{self.offered / SECONDS:,.0f} offered a second: {self.checked / SECONDS:,.0f} checked, "
            f"{self.refused / SECONDS:,.0f} refused before a hash in {1000 * self.refusal_seconds:.0f} ms each"
        )


def measure(portal: Portal, visitor: Visitor) -> list[Result]:
    """Ask for a page without and with a flood, from one source and from as many as there are tries."""
    process_tree.settle(portal.process_id)
    alone = statistics.median(_pages(portal, visitor, SECONDS / 2))
    found = []
    for name, many in (("one source", False), ("many sources", True)):
        process_tree.settle(portal.process_id)
        flood, pages = _beside_a_flood(portal, visitor, many=many)
        beside, answered = statistics.median(pages), flood.checked + flood.refused
        against = f"without {1000 * alone:.0f} ms"
        found += [
            Result(f"page beside guesses, {name}", 1000 * beside, "ms", against, beside / alone, f"<= {RATIO_AIM}"),
            Result(
                f"guesses answered, {name}",
                answered / SECONDS,
                "per s",
                flood.said,
                answered / (WANTED_A_SECOND * SECONDS),
            ),
        ]
    return found


def _pages(portal: Portal, visitor: Visitor, seconds: float) -> list[float]:
    """Return the seconds that a page takes, asked again and again."""
    connection, found = portal.address.connect(), []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        begun = time.monotonic()
        fetch(connection, visitor.documents, visitor.headers)
        found.append(time.monotonic() - begun)
        time.sleep(PAGE_PAUSE_SECONDS)
    connection.close()
    return found


def _beside_a_flood(portal: Portal, visitor: Visitor, *, many: bool) -> tuple[Flood, list[float]]:
    """Return what became of the wrong passwords, and the seconds of pages meanwhile."""
    context = multiprocessing.get_context("spawn")
    counted = context.Array("d", 4)  # in the order of Flood
    process = context.Process(
        target=_flood, args=(portal.data, portal.port, portal.process_id, counted), kwargs={"many": many}
    )
    process.start()
    time.sleep(SETTLES_SECONDS)
    beside = _pages(portal, visitor, SECONDS - SETTLES_SECONDS)
    process.join()
    offered, checked, refused, waited = counted[:]
    return Flood(int(offered), int(checked), int(refused), waited / max(refused, 1)), beside


def _flood(data: Path, port: int, process_id: int, counted: Any, *, many: bool) -> None:
    """Give wrong passwords, as fast as is wanted or as they are answered; last of all that the machine does."""
    os.nice(19)
    portal = Portal(data, port, process_id)
    steps = [FirstStep(portal) for _ in range(HANDS)]
    begun = time.monotonic()

    def hand(step: FirstStep) -> None:
        while time.monotonic() - begun < SECONDS:
            with counted.get_lock():
                counted[0] += 1
                number = int(counted[0])
            due = begun + number / WANTED_A_SECOND
            if due > time.monotonic():
                time.sleep(due - time.monotonic())
            source = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" if many else ""
            asked = time.monotonic()
            try:
                status = step.give(f"p{number}@guessed.example", "not the password at all", source)
            except (OSError, http.client.HTTPException):
                step.connection.close()  # and opened again by the next one, with the form that it has
                continue
            with counted.get_lock():
                if status == http.client.OK:
                    counted[1] += 1
                elif status in REFUSALS:
                    counted[2] += 1
                    counted[3] += time.monotonic() - asked

    run_all([functools.partial(hand, step) for step in steps])
