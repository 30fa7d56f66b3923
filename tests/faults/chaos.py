"""Kill parts of a portal at random while people upload, and remember what the portal acknowledged."""

import contextlib
import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.portal import Small, children, command_line
from tests.faults.visitor import Visitor, noise

# What dies how often of a hundred. The parts that the supervisor starts again wait longer each time they die in a row.
WEIGHTS = {"web": 54, "backend": 30, "worker": 8, "server": 4, "postgres": 4}
WRITERS = 3
PAUSE_SECONDS = (0.1, 1.2)
GIVE_UP_SECONDS = 300.0


@dataclass
class Killer:
    """Kills as often as it is told, at times and of parts that a seed decides."""

    portal: Small
    seed: int
    killed: Counter[str] = field(default_factory=Counter)

    def run(self, times: int, until: float) -> None:
        """Kill `times` processes, or as many as die before `until` (monotonic seconds)."""
        chance = random.Random(self.seed)
        plan = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=times)
        while plan and time.monotonic() < until:
            time.sleep(chance.uniform(*PAUSE_SECONDS))
            victims = self._victims(plan[-1])  # none yet, where it died a moment ago: its turn comes when it is back
            if victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(chance.choice(victims), signal.SIGKILL)
                    self.killed[plan.pop()] += 1

    def _victims(self, what: str) -> list[int]:
        parts = self.portal.parts()
        if what in ("web", "backend"):
            parent = parts.get("server" if what == "web" else "postgres")
            found = children(parent) if parent else []
            return [one for one in found if what == "web" or "muniment_" in command_line(one)]
        return [parts[what]] if what in parts else []


@dataclass
class Writer:
    """Uploads one small document after the other; what was acknowledged is in `acknowledged`, by name."""

    visitor: Visitor
    name: str
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    gave_up: list[str] = field(default_factory=list)

    def run(self, over: threading.Event) -> None:
        """Upload until told to stop, as a browser does: what broke is asked for again and goes on."""
        number = 0
        while not over.is_set():
            number += 1
            name = f"{noise(6, f'{self.name} {number}').hex()}.bin"  # a search for it finds nothing else
            content = noise(20_000 + 977 * (number % 50), name)
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                place = self.visitor.place(name, len(content))  # begun or not: only its last part is acknowledged
                try:
                    self.visitor.go_on(place, content, GIVE_UP_SECONDS, part_bytes=16_384)
                except TimeoutError:
                    self.gave_up.append(name)
                else:
                    self.acknowledged[name] = content
                continue
            time.sleep(0.2)


def hurt(portal: Small, people: list[Visitor], *, kills: int, seconds: float, seed: int) -> tuple[Killer, list[Writer]]:
    """Let people write while `kills` processes die, within `seconds`; return who killed and who wrote."""
    killer = Killer(portal, seed)
    writers = [Writer(visitor, f"writer {number}") for number, visitor in enumerate(people)]
    over = threading.Event()
    threads = [threading.Thread(target=writer.run, args=(over,)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        killer.run(kills, time.monotonic() + seconds)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return killer, writers
