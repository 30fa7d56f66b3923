"""Django's session engine on our rows: the cookie's key only as a hash, what is kept sealed, JSON only."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import IntegrityError, transaction

from muniment.core import clock, config
from muniment.trust.access.types import SignInTerms
from muniment.trust.identity import models
from muniment.trust.identity.steps import policy
from muniment.trust.vault.errors import SealBroken

TOUCH_SECONDS = 60
_SAVED = ["data", "device", "person_id", "created_at", "used_at", "idle_minutes", "expires_at"]


class SessionStore(SessionBase):
    """One browser's session.

    It ends after `session_idle_minutes` without a request and `session_hours` in any case (sooner where a client of
    the person wants that), when the person loses a role, or when its row goes: then the next request is nobody's.
    `row_id` is what lists and the log call it. Requests that no person made do not keep it alive: see `touch`.
    """

    row_id: UUID | None = None
    device: dict[str, str] | None = None  # set at sign-in; saved with the row
    began_at: datetime | None = None
    last_used_at: datetime | None = None  # before this request
    ends_at: datetime | None = None
    idle: timedelta | None = None
    _used_at: datetime | None = None  # by this request

    def load(self) -> dict[str, Any]:
        """Return what the row holds; nothing once it is over."""
        row = self._row()
        loaded = opened(row) if row else None
        if row is None or loaded is None:
            self._session_key = None
            self.row_id = None
            return {}
        self.row_id, self.began_at, self.last_used_at = row.id, row.created_at, row.used_at
        self.idle, self.ends_at = policy.longest(row.created_at, row.idle_minutes, None)[0], row.expires_at
        return loaded

    def touch(self) -> None:
        """Note that somebody did something, a guest too; at most once a minute."""
        if self.session_key is not None:
            self._get_session()  # type: ignore[attr-defined] # Django's own method; it finds out whether there is one
        if self.row_id and self.last_used_at and _is_old(self.last_used_at):
            self._used_at = clock.now()
            models.Session.objects.filter(id=self.row_id).update(used_at=self._used_at)

    def seconds_left(self) -> int:
        """Return after how many seconds the session ends when nobody does anything any more; 0 where there is none."""
        used_at = self._used_at or self.last_used_at
        if used_at is None or self.idle is None or self.ends_at is None:
            return 0
        return max(0, int((min(used_at + self.idle, self.ends_at) - clock.now()).total_seconds()))

    def is_last(self) -> bool:
        """Return whether the session ends at that moment whatever somebody does."""
        return self.ends_at is not None and clock.now() + timedelta(seconds=self.seconds_left() + 1) >= self.ends_at

    def is_over(self, idle_minutes: int | None, hours: int | None) -> bool:
        """Return whether a client that allows sessions so long only lets in no more by this one."""
        now = clock.now()
        began_at, last_used_at = self.began_at or now, self.last_used_at or now
        if idle_minutes is not None and now - last_used_at > timedelta(minutes=idle_minutes):
            return True
        return hours is not None and now - began_at > timedelta(hours=hours)

    def exists(self, session_key: str) -> bool:
        """Return whether a row has this key."""
        return models.Session.objects.filter(key_hash=_hash(session_key)).exists()

    def create(self) -> None:
        """Make a row with a new key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined] # Django's own method
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def cycle_key(self) -> None:
        """Go on under a new key: the row stays, with its device, when it began, and when it ends.

        Raises:
            SessionInterrupted: it was ended meanwhile; a new key must not bring it back.
        """
        self._get_session()  # type: ignore[attr-defined] # Django's own method; it finds out whether there is one
        before = self.session_key
        if before is None:
            self.create()
            return
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined] # the same
        rows = models.Session.objects.filter(key_hash=_hash(before))
        if not rows.update(key_hash=_hash(self._session_key)):
            raise SessionInterrupted
        self.modified = True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Write the row.

        Raises:
            CreateError: the key is taken.
            UpdateError: the session was ended meanwhile; saving must not bring it back.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined] # Django's own method
        now = clock.now()
        if must_create:
            row = models.Session(key_hash=_hash(self.session_key), created_at=now, device=self.device or {})
            row.expires_at = now + timedelta(hours=config.current().session_hours)
        else:
            found = self._row()
            if found is None:
                raise UpdateError
            row = found
            if self.device is not None:
                row.device = self.device
        row.data = json.dumps(data, separators=(",", ":"))
        before, row.person_id = row.person_id, UUID(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        if row.person_id is not None and before is None:
            row.created_at = now  # until here nobody was signed in
            _limit(row, policy.terms_of(row.person_id))
        if before is None:  # of a person, what they do counts, and not what a page keeps: see touch
            row.used_at = now
        self._write(row, must_create=must_create)
        self.row_id = row.id

    def delete(self, session_key: str | None = None) -> None:
        """Remove the row with this key, or this session's own."""
        key = session_key or self.session_key
        if key is not None:
            models.Session.objects.filter(key_hash=_hash(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Remove the rows of sessions that are over."""
        now = clock.now()
        idle = timedelta(minutes=config.current().session_idle_minutes)
        models.Session.objects.filter(expires_at__lte=now).delete()
        models.Session.objects.filter(used_at__lte=now - idle).delete()

    def _row(self) -> models.Session | None:
        if self.session_key is None:
            return None
        row = models.Session.objects.filter(key_hash=_hash(self.session_key), expires_at__gt=clock.now()).first()
        if row is not None and not _runs(row):
            row.delete()
            return None
        return row

    @staticmethod
    def _write(row: models.Session, *, must_create: bool) -> None:
        try:
            with transaction.atomic():
                if must_create:
                    row.save(force_insert=True)
                elif not models.Session.objects.select_for_update().filter(id=row.id).exists():
                    raise UpdateError
                else:
                    row.save(force_update=True, update_fields=_SAVED)
        except IntegrityError as error:
            raise CreateError if must_create else UpdateError from error


def is_running(row: models.Session) -> bool:
    """Return whether a session would be let in now, by the limits it began with."""
    now = clock.now()
    return now < row.expires_at and now - row.used_at < policy.longest(row.created_at, row.idle_minutes, None)[0]


def _runs(row: models.Session) -> bool:
    """Return whether a session goes on: asked of the person's clients anew once it was not used for a minute."""
    if row.person_id is not None and _is_old(row.used_at):
        if policy.has_lost_a_role(row.person_id, row.created_at):
            return False
        kept = row.idle_minutes, row.expires_at
        _limit(row, policy.terms_of(row.person_id))
        if kept != (row.idle_minutes, row.expires_at):
            row.save(update_fields=["idle_minutes", "expires_at"])
    return is_running(row)


def _limit(row: models.Session, terms: SignInTerms) -> None:
    """Put the limits of a person's clients on a session."""
    row.idle_minutes, row.expires_at = terms.idle_minutes, policy.longest(row.created_at, None, terms.hours)[1]


def _is_old(used_at: datetime) -> bool:
    return clock.now() - used_at > timedelta(seconds=TOUCH_SECONDS)


def opened(row: models.Session) -> dict[str, Any] | None:
    """Return what a row holds; None if it was changed behind our back: then it is nobody's session."""
    try:
        loaded: dict[str, Any] = json.loads(row.data)
    except SealBroken:
        return None
    return loaded


def _hash(key: str) -> bytes:
    return hashlib.sha256(b"muniment-session\0" + key.encode()).digest()
