"""A probe for injected SQL: nonsense and payloads into one parameter at a time, and what gives a weakness away."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django import forms

import muniment

SLEEP_SECONDS = 2.0
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
    """What came back: status, seconds, and how long the body was."""

    status: int
    seconds: float
    size_bytes: int


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
        if told.seconds > usual.seconds + SLEEP_SECONDS * 0.9:
            found.append(f"{payload}: {told.seconds:.1f} s where nonsense takes {usual.seconds:.1f} s")
        if "'1'='1" in payload and told.size_bytes > usual.size_bytes * 2 + 2000:
            found.append(f"{payload}: {told.size_bytes} bytes where nonsense is told {usual.size_bytes}")
    return found


def timed(ask: Callable[[], tuple[int, bytes]]) -> Told:
    """Ask once and measure."""
    begun = time.monotonic()
    status, body = ask()
    return Told(status, time.monotonic() - begun, len(body))


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
