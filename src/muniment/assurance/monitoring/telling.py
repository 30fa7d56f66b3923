"""Tells people and programs of alarms, on threads of its own, again and again until they were told."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from muniment.assurance.monitoring import messages
from muniment.assurance.monitoring.types import AlarmFacts, Recipient, Trouble
from muniment.core import clock, config
from muniment.trust.identity import actions as identity

FIRST_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 300.0
TRIED_SECONDS: Final = 24 * 3600.0
QUIET_SECONDS: Final = 600.0  # what comes and goes all the time is mailed once in that time

logger = structlog.get_logger("muniment.alarms")
Told = Callable[[UUID, datetime, bool], None]


@dataclass(eq=False)
class _Message:
    """One alarm, or its end, on the way to one who is told: a mail address, or the web hook."""

    alarm: AlarmFacts
    trouble: Trouble | None
    to: Recipient | None  # None: the web hook
    begun: float = field(default_factory=time.monotonic)
    due: float = 0.0
    tries: int = 0
    is_held: bool = False  # until it is clear that this is more than a coming and going

    @property
    def kind(self) -> str:
        """How it goes."""
        return "webhook" if self.to is None else "mail"


class Teller:
    """Keeps what is to be told. `told(alarm_id, at, is_end)` is called once everybody has been told, on its thread."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._waiting: list[_Message] = []
        self._mailed: dict[str, tuple[UUID, float]] = {}  # which alarm of each name was mailed last, and when
        self._lock = threading.Condition()
        self._stopped = False
        for kind in ("mail", "webhook"):  # a mail server that hangs must not hold up the other
            threading.Thread(target=self._run, args=(kind,), name=f"telling by {kind}", daemon=True).start()

    def tell(
        self, alarm: AlarmFacts, trouble: Trouble | None, recipients: Sequence[Recipient], *, by_hook: bool = True
    ) -> None:
        """Have everybody told of an alarm, or of its end where it has one; returns at once."""
        present = config.current()
        with self._lock:
            if present.alarm_webhook and by_hook:
                self._waiting.append(_Message(alarm, trouble, None))
            if present.smtp_url and recipients:
                self._mail(alarm, trouble, recipients)
            self._lock.notify_all()

    def stop(self) -> None:
        """Stop telling; what was not told yet is told after the next start."""
        with self._lock:
            self._stopped = True
            self._lock.notify_all()

    def _mail(self, alarm: AlarmFacts, trouble: Trouble | None, recipients: Sequence[Recipient]) -> None:
        """Put mails with what waits. What was mailed minutes ago is held; over before that, it is not mailed at all."""
        if alarm.cleared_at is not None:
            held = [message for message in self._waiting if message.is_held and message.alarm.id == alarm.id]
            self._waiting = [message for message in self._waiting if message not in held]
            if not held:
                self._waiting += [_Message(alarm, trouble, to) for to in recipients]
            return
        now = time.monotonic()
        known = self._mailed.get(alarm.name)
        is_held = known is not None and known[0] != alarm.id and now - known[1] < QUIET_SECONDS
        due = known[1] + QUIET_SECONDS if known and is_held else now
        if not is_held:
            self._mailed[alarm.name] = (alarm.id, now)
        self._waiting += [_Message(alarm, trouble, to, due=due, is_held=is_held) for to in recipients]

    def _run(self, kind: str) -> None:
        while True:
            with self._lock:
                now = time.monotonic()
                due = [message for message in self._waiting if message.kind == kind and message.due <= now]
                if self._stopped:
                    return
                if not due:
                    self._lock.wait(1.0)
                    continue
            for message in due:
                self._try(message)

    def _try(self, message: _Message) -> None:
        try:
            _send(message)
        except Exception as error:  # noqa: BLE001 - whatever stands in the way of one message, the others go on
            message.tries += 1
            message.is_held = False
            pause = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(message.tries - 1, 10))
            message.due = time.monotonic() + pause
            logger.warning("alarm.not_told", how=message.kind, tries=message.tries, error=type(error).__name__)
            if message.due - message.begun < TRIED_SECONDS:
                return
        else:
            if message.is_held:
                self._mailed[message.alarm.name] = (message.alarm.id, time.monotonic())
            logger.info(
                "alarm.told", how=message.kind, alarm=message.alarm.id, is_end=message.alarm.cleared_at is not None
            )
        self._end(message)

    def _end(self, message: _Message) -> None:
        with self._lock:
            self._waiting = [other for other in self._waiting if other is not message]
            same = (message.alarm.id, message.alarm.cleared_at)
            is_last = all((other.alarm.id, other.alarm.cleared_at) != same for other in self._waiting)
        if is_last:
            self._told(message.alarm.id, clock.now(), message.alarm.cleared_at is not None)


def _send(message: _Message) -> None:
    if message.to is not None:
        subject, text = messages.letter(message.alarm, message.trouble, message.to.language)
        identity.send_at_once(to=message.to.address, subject=subject, body=text)
        return
    present = config.current()
    if present.alarm_webhook is None or present.alarm_webhook_key is None:
        return
    body = messages.notice(message.alarm, message.trouble)
    message_id = f"{message.alarm.id}-{'end' if message.alarm.cleared_at else 'begin'}"
    secret = present.alarm_webhook_key.read_bytes().strip()
    messages.post(present.alarm_webhook, body, messages.headers(message_id, body, secret))
