"""Looks at everything all the time, raises alarms, clears them, and has people told.

It runs as a program of its own, so that it outlives the web server and the worker. While the database is away, what
it knows is in memory and told all the same, and written down when the database is back.
"""

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings

from muniment.assurance.monitoring import parts, queries, states
from muniment.assurance.monitoring.asking import Asker, NoAnswer
from muniment.assurance.monitoring.looks import AWAY, DATABASE
from muniment.assurance.monitoring.telling import Teller
from muniment.assurance.monitoring.types import AlarmFacts, Recipient, Trouble
from muniment.core import clock, config, health, ids
from muniment.core.health import HealthLine, Look, Topic

ALIVE: Final = "alive"
START_SECONDS: Final = 90.0  # by then a start is over, or has failed
LONGEST_SECONDS: Final = 30.0
SHARE: Final = 20.0  # a look may take a twentieth of the time; what takes longer is looked at less often
READ_SECONDS: Final = 60.0
SWEEP_SECONDS: Final = 24 * 3600.0
Key = tuple[Topic, str]
DATABASE_LOOK: Final[Key] = ("machine", DATABASE)

logger = structlog.get_logger("muniment.alarms")


def watch(stop: threading.Event) -> None:
    """Look at everything, every 15 seconds or as the settings say, until `stop` is set."""
    watching = Watching()
    began = time.monotonic()
    while not stop.is_set() and not parts.is_ready() and time.monotonic() - began < START_SECONDS:
        watching.live()
        stop.wait(0.2)
    while not stop.is_set():
        watching.live()
        watching.step(stop)
        stop.wait(min(0.5, config.current().alarm_seconds / 4))
    watching.end()


@dataclass
class _Red:
    """An alarm that is red: which look found it, what it said last, and whether the table has it."""

    alarm: AlarmFacts
    source: Key | None  # None: read from the table, and not found again so far
    trouble: Trouble | None = None
    goods: int = 0  # looks in a row that did not find it


@dataclass
class _Memory:
    """What is known between two looks."""

    red: dict[str, _Red] = field(default_factory=dict)
    unwritten: dict[UUID, AlarmFacts] = field(default_factory=dict)
    told: list[tuple[UUID, datetime, bool]] = field(default_factory=list)
    recipients: list[Recipient] | None = None  # None until the database was read
    loaded_at: float | None = None


class Watching:
    """The state of all alarms, and what is looked at when."""

    def __init__(self) -> None:
        self._seconds = config.current().alarm_seconds
        self._patience = max(3.0, self._seconds / 2)
        self._asker = Asker()
        self._due: dict[Key, float] = {}
        self._doubted: set[Key] = set()  # failed as if the database was away; it is asked before that is believed
        self._memory = _Memory()
        self._lock = threading.Lock()
        self._teller = Teller(self._note_told)
        self._swept = time.monotonic() - SWEEP_SECONDS
        self._read_at = time.monotonic() - READ_SECONDS  # when it was last read who is told
        self._early: list[tuple[AlarmFacts, Trouble | None]] = []

    def live(self) -> None:
        """Leave a sign of life for the supervisor, which starts a silent monitor again."""
        folder = config.current().watch
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            (folder / ALIVE).touch(mode=0o600)
        except OSError:
            logger.warning("no sign of life can be left")

    def end(self) -> None:
        """Stop telling, and leave the rest to the next start."""
        self._teller.stop()
        self._asker.close()

    def step(self, stop: threading.Event) -> None:
        """Look at everything that is due; the database comes first, for most looks need it."""
        if self._memory.loaded_at is None:
            self._write()  # what was red before this process began is no news
        known = [((topic, name), look) for topic, name, look in health.LOOKS]
        known.sort(key=lambda found: found[0][1] != DATABASE)
        due = [found for found in known if self._due.get(found[0], 0.0) <= time.monotonic()]
        for key, look in due:
            if stop.is_set():
                return
            if DATABASE in self._memory.red and key not in health.WITHOUT_DATABASE:
                continue
            self.live()
            self._look(key, look)
        if due and DATABASE not in self._memory.red:
            self._forget()
            self._write()

    def _look(self, key: Key, look: Look) -> None:
        began = time.monotonic()
        is_known = True
        try:
            lines = self._asker.ask(key, lambda: health.asked(key, look), self._patience)
        except NoAnswer:
            lines, is_known = [health.unanswered(key[1], self._patience)], False
        except Exception as error:  # noqa: BLE001 - what cannot be looked at is an alarm by itself
            if isinstance(error, AWAY) and key not in self._doubted:
                self._doubted.add(key)
                self._due[DATABASE_LOOK] = 0.0  # it comes next, and is red if it is away
                return
            lines, is_known = [health.unlooked(key[1], error)], False
        if is_known:
            self._doubted.discard(key)
        took = time.monotonic() - began
        self._judge(key, lines, is_known=is_known)
        is_red = any(red.source == key for red in self._memory.red.values())  # its end is waited for
        self._due[key] = began + max(self._seconds, 0.0 if is_red else min(LONGEST_SECONDS, SHARE * took))

    def _judge(self, key: Key, lines: list[HealthLine], *, is_known: bool) -> None:
        """Raise what is bad, and clear what was not found bad twice in a row."""
        bad: dict[str, HealthLine] = {}
        for line in lines:
            if line.state == "bad":
                bad.setdefault(line.name, line)
        for name, line in bad.items():
            self._raise(key, name, line)
        if not is_known:
            return
        for name, red in list(self._memory.red.items()):
            if red.source == key and name not in bad:
                red.goods += 1
                if red.goods > 1:
                    self._clear(name, red)

    def _raise(self, key: Key, name: str, line: HealthLine) -> None:
        trouble = Trouble(key[0], name, line.sentence, line.todo)
        if (red := self._memory.red.get(name)) is not None:
            red.trouble, red.goods, red.source = trouble, 0, key
            return
        alarm = AlarmFacts(ids.new(), key[0], name, clock.now())
        self._memory.red[name] = _Red(alarm, key, trouble)
        self._memory.unwritten[alarm.id] = alarm
        logger.error("alarm.raised", alarm=alarm.id, topic=key[0], what=name)
        self._tell(alarm, trouble)

    def _clear(self, name: str, red: _Red) -> None:
        alarm = replace(red.alarm, cleared_at=clock.now())
        del self._memory.red[name]
        self._memory.unwritten[alarm.id] = alarm
        logger.warning("alarm.cleared", alarm=alarm.id, topic=alarm.topic, what=name)
        self._tell(alarm, red.trouble)

    def _tell(self, alarm: AlarmFacts, trouble: Trouble | None) -> None:
        if self._memory.recipients is None:
            self._early.append((alarm, trouble))  # administrators are told as soon as their addresses can be read
        self._teller.tell(alarm, trouble, self._memory.recipients or named())

    def _forget(self) -> None:
        """Clear what the table had, and no look has found again after everything was looked at."""
        at = self._memory.loaded_at
        if at is not None and time.monotonic() - at > LONGEST_SECONDS * 2:
            for name, red in [found for found in self._memory.red.items() if found[1].source is None]:
                self._clear(name, red)

    # -- what the table keeps -----------------------------------------------------------------------------------------

    def _write(self) -> None:
        """Read and write what the table has; when that cannot be now, it is tried again with the next look."""
        with self._lock:
            told = list(self._memory.told)
        alarms = list(self._memory.unwritten.values())
        is_fresh = time.monotonic() - self._read_at < READ_SECONDS
        if is_fresh and not alarms and not told:
            return
        try:
            if not is_fresh:
                self._memory.recipients = self._asker.ask("recipients", queries.recipients, self._patience)
                self._read_at = time.monotonic()
            if self._memory.loaded_at is None:
                self._adopt(*self._asker.ask("load", _known, self._patience))
            self._asker.ask("write", lambda: _written(alarms, told), self._patience)
            if time.monotonic() - self._swept >= SWEEP_SECONDS:
                self._asker.ask("sweep", states.sweep, self._patience)
                self._swept = time.monotonic()
        except Exception as error:  # noqa: BLE001 - whatever it is, watching goes on
            logger.warning("alarms wait to be written down", error=type(error).__name__)
            return
        for alarm in alarms:
            if self._memory.unwritten.get(alarm.id) == alarm:
                del self._memory.unwritten[alarm.id]
        with self._lock:
            del self._memory.told[: len(told)]

    def _adopt(self, red: list[AlarmFacts], untold: list[AlarmFacts]) -> None:
        """Go on with what an earlier monitor had raised, and tell what it could not tell."""
        self._memory.loaded_at = time.monotonic()
        for alarm in red:
            self._memory.red.setdefault(alarm.name, _Red(alarm, None))
        for alarm in untold:
            self._tell(alarm, None)
        for alarm, trouble in self._early:
            others = [one for one in self._memory.recipients or () if one not in named()]
            self._teller.tell(alarm, trouble, others, by_hook=False)
        self._early.clear()

    def _note_told(self, alarm_id: UUID, at: datetime, is_end: bool) -> None:  # noqa: FBT001 - called by the teller alone
        with self._lock:
            self._memory.told.append((alarm_id, at, is_end))


def named() -> list[Recipient]:
    """Return the addresses of the settings, which are known without the database."""
    return [Recipient(address, settings.LANGUAGE_CODE) for address in config.current().alarm_mail or ()]


def _known() -> tuple[list[AlarmFacts], list[AlarmFacts]]:
    return queries.open_alarms(), queries.untold()


def _written(alarms: list[AlarmFacts], told: list[tuple[UUID, datetime, bool]]) -> None:
    states.keep(alarms)
    for alarm_id, at, is_end in told:
        states.note_told(alarm_id, at, is_end=is_end)
