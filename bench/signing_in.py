"""Sign-in with password and second factor, beside the one Argon2id hash that it must contain; and many at once."""

import http.client
import re
import statistics
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode

from argon2 import PasswordHasher
from argon2.low_level import Type

from bench import process_tree
from bench.portal import Portal
from bench.results import Result, compared
from muniment.core.config import Config
from muniment.trust.identity.strength.hashing import LANES, LEAST_MS, MEMORY_KIB, MOST_MS, milliseconds

HASHER = PasswordHasher(time_cost=Config.password_hash_passes, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
FIRST_STEPS = 20
AT_ONCE = 4
AT_ONCE_SECONDS = 10.0
BEYOND_AIM_MS = 20
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def measure(portal: Portal, names: list[str]) -> list[Result]:
    """Sign each of `names` in once, beside one hash in the same rounds; then the password's step alone, and many."""
    wall: list[float] = []
    processor: list[float] = []
    hash_wall: list[float] = []
    hash_processor: list[float] = []
    for name in names:
        process_tree.settle(portal.process_id)
        before = process_tree.processor_seconds(portal.process_id)
        visitor = portal.sign_in(name)
        processor.append(process_tree.processor_seconds(portal.process_id) - before)
        wall.append(visitor.seconds)
        begun, used = time.monotonic(), time.thread_time()
        hash_once()
        hash_wall.append(time.monotonic() - begun)
        hash_processor.append(time.thread_time() - used)
    rows = (("sign-in", wall, hash_wall), ("sign-in, server's CPU", processor, hash_processor))
    return [
        _hash(portal),
        *(
            compared(name, 1000 * statistics.median(ours), "ms", "one Argon2id", 1000 * statistics.median(theirs))
            for name, ours, theirs in rows
        ),
        _beyond_the_hash(portal, names[0]),
        _at_once(portal, names),
    ]


def _hash(portal: Portal) -> Result:
    """Return what one password costs here, beside what it should: alone on a machine that is quiet."""
    process_tree.settle(portal.process_id)
    took = milliseconds(Config.password_hash_passes)
    against = f"{Config.password_hash_passes} passes of {MEMORY_KIB // 1024} MiB, one core"
    return Result("one password's hash", took, "ms", against, took / MOST_MS, f"{LEAST_MS} to {MOST_MS} ms")


def hash_once() -> None:
    """Check one password as the portal does."""
    HASHER.verify(_kept(), "a password that nobody has")


_hashes: list[str] = []


def _kept() -> str:
    if not _hashes:
        _hashes.append(HASHER.hash("a password that nobody has"))
    return _hashes[0]


class FirstStep:
    """Gives address and password over one connection, again and again, each time as somebody who was never here."""

    def __init__(self, portal: Portal) -> None:
        self.connection = portal.address.connect()
        self.connection.request("GET", "/sign-in/", headers={"User-Agent": "bench"})
        page = self.connection.getresponse()
        cookie = next(one for one in page.headers.get_all("Set-Cookie") or () if one.startswith("__Host-csrf="))
        found = TOKEN.search(page.read().decode())
        if found is None:
            raise LookupError("the sign-in page has no token")
        self._token = found[1]
        self._headers = {
            "Cookie": cookie.partition(";")[0],
            "Origin": f"https://localhost:{portal.port}",
            "User-Agent": "bench",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def give(self, email: str, password: str, source: str = "") -> int:
        """Return the status of the answer; `source` is an address that only a declared proxy may name."""
        form = {"csrfmiddlewaretoken": self._token, "login": email, "password": password}
        headers = {**self._headers, **({"X-Forwarded-For": source} if source else {})}
        self.connection.request("POST", "/sign-in/", urlencode(form), headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


def _beyond_the_hash(portal: Portal, name: str) -> Result:
    """Return what the password's step costs the server but for the hash, medians of one after the other."""
    person, step = portal.people()[name], FirstStep(portal)
    beyond = []
    for _ in range(FIRST_STEPS):
        process_tree.settle(portal.process_id)
        before = process_tree.processor_seconds(portal.process_id)
        status = step.give(person["email"], person["password"])
        used = process_tree.processor_seconds(portal.process_id) - before
        if status != http.client.FOUND:
            raise PermissionError(f"the right password of {name} was told {status}")
        begun = time.thread_time()
        hash_once()
        beyond.append(used - (time.thread_time() - begun))
    return Result(
        "password step, server's CPU beyond the hash",
        1000 * statistics.median(beyond),
        "ms",
        aim=f"<= {BEYOND_AIM_MS}",
    )


def _at_once(portal: Portal, names: list[str]) -> Result:
    """Return how many right passwords a second the portal takes from several people at once."""
    people = [portal.people()[name] for name in names]
    taken, others = [0], [0]
    lock, until = threading.Lock(), time.monotonic() + AT_ONCE_SECONDS

    def work(place: int) -> None:
        step, number = FirstStep(portal), place
        while time.monotonic() < until:
            person = people[number % len(people)]
            status = step.give(person["email"], person["password"])
            with lock:
                (taken if status == http.client.FOUND else others)[0] += 1
            number += AT_ONCE

    run_all([lambda place=place: work(place) for place in range(AT_ONCE)])  # type: ignore[misc] # a default is bound
    told = f"{AT_ONCE} at once" + (f", {others[0]} told to wait" if others[0] else "")
    return Result("passwords checked", taken[0] / AT_ONCE_SECONDS, "per s", told)


def run_all(works: list[Callable[[], None]]) -> None:
    """Run each in a thread of its own, and wait for all."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
