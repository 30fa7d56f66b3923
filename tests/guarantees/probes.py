"""A probe for injected SQL: nonsense and payloads into one parameter at a time, and what gives a weakness away."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django import forms
from django.db import connection

import muniment

SLEEP_SECONDS = 2.0
LOOK_SECONDS = 0.2
STARTS_SECONDS = 60
NONSENSE = "zzznonsense"
PAYLOADS = (
    "'",
    "zz' or '1'='1",
    "zz' and 1=cast(version() as int)--",
    f"zz'; select pg_sleep({SLEEP_SECONDS})--",
    f"zz' or pg_sleep({SLEEP_SECONDS})::text='",
    f"1 or (select 1 from pg_sleep({SLEEP_SECONDS})) is not null--",
    f"(select pg_sleep({SLEEP_SECONDS}))",
    'id"; select 1--',
    "zz\\' union select null,null--",
)


@dataclass(frozen=True)
class Told:
    """What came back: status, how long the body was, and whether the database slept meanwhile."""

    status: int
    size_bytes: int
    slept: bool


@dataclass
class Watch:
    """Who saw the database of this test sleep: asked of the server itself, for a busy machine is slow as well."""

    has_slept: bool = False

    def ask(self, ask: Callable[[], tuple[int, bytes]]) -> Told:
        """Ask, and tell what came back."""
        self.has_slept = False
        status, body = ask()
        return Told(status, len(body), self.has_slept)


@contextmanager
def watching() -> Iterator[Watch]:
    """Look at every statement that runs in the database of this test, five times a second."""
    settings, watch, looks, ended = connection.settings_dict, Watch(), threading.Event(), threading.Event()

    def look() -> None:
        server = psycopg.connect(host=settings["HOST"], user="muniment_super", dbname="postgres", autocommit=True)
        sleeping = "select exists (select from pg_stat_activity where datname = %s and wait_event = 'PgSleep')"
        with server:
            while not ended.wait(LOOK_SECONDS):
                row = server.execute(sleeping, [settings["NAME"]]).fetchone()
                watch.has_slept = watch.has_slept or (row is not None and row[0])
                looks.set()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        assert looks.wait(STARTS_SECONDS), "nobody looks whether the database sleeps"
        yield watch
    finally:
        ended.set()
        looking.join()


def weaknesses(ask: Callable[[str], Told]) -> list[str]:
    """Return what gives a parameter away, given what asks with a value; empty where nothing does."""
    usual = ask(NONSENSE)
    found = []
    for payload in PAYLOADS:
        told = ask(payload)
        if told.status >= 500:
            found.append(f"{payload}: {told.status}")
        elif told.status // 100 != usual.status // 100:
            found.append(f"{payload}: {told.status} where nonsense is told {usual.status}")
        if told.slept:
            found.append(f"{payload}: the database slept")
        if "'1'='1" in payload and told.size_bytes > usual.size_bytes * 2 + 2000:
            found.append(f"{payload}: {told.size_bytes} bytes where nonsense is told {usual.size_bytes}")
    return found


def parameters() -> set[str]:
    """Return the names of every parameter there is: those of forms, and those that views read by themselves."""
    found = set()
    source = Path(muniment.__file__ or "").parent
    for path in source.rglob("*.py"):
        found |= set(
            re.findall(r"""request\.(?:GET|POST)(?:\.get|\.getlist)?[\[(]\s*["'](\w+)["']""", path.read_text())
        )
    waiting: list[type[forms.Form]] = [forms.Form]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.startswith("muniment."):
                found |= set(form.base_fields)
    return found
