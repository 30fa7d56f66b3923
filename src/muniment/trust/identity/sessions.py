"""Django's session engine on our rows: the cookie's key only as a hash, what is kept sealed, JSON only."""

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from muniment.core import clock, config
from muniment.trust.identity import models
from muniment.trust.vault.errors import SealBroken

TOUCH_SECONDS = 60


class SessionStore(SessionBase):
    """One browser's session.

    It ends after `session_idle_minutes` without a request and `session_hours` in any case, or when its
    row goes: then the next request is nobody's. `row_id` is what lists and the log call it.
    """

    row_id: UUID | None = None
    device: dict[str, str] | None = None  # set at sign-in; saved with the row

    def load(self) -> dict[str, Any]:
        """Return what the row holds; nothing once it is over."""
        row = self._row()
        loaded = _opened(row) if row else None
        if row is None or loaded is None:
            self._session_key = None
            self.row_id = None
            return {}
        self.row_id = row.id
        if clock.now() - row.used_at > timedelta(seconds=TOUCH_SECONDS):
            models.Session.objects.filter(id=row.id).update(used_at=clock.now())
        return loaded

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
        row.person_id = UUID(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
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
        now = clock.now()
        idle = timedelta(minutes=config.current().session_idle_minutes)
        return models.Session.objects.filter(
            key_hash=_hash(self.session_key), expires_at__gt=now, used_at__gt=now - idle
        ).first()

    @staticmethod
    def _write(row: models.Session, *, must_create: bool) -> None:
        try:
            with transaction.atomic():
                if must_create:
                    row.save(force_insert=True)
                elif not models.Session.objects.select_for_update().filter(id=row.id).exists():
                    raise UpdateError
                else:
                    row.save(force_update=True, update_fields=["data", "device", "person_id", "used_at"])
        except IntegrityError as error:
            raise CreateError if must_create else UpdateError from error


def _opened(row: models.Session) -> dict[str, Any] | None:
    """Return what a row holds; None if it was changed behind our back: then it is nobody's session."""
    try:
        loaded: dict[str, Any] = json.loads(row.data)
    except SealBroken:
        return None
    return loaded


def _hash(key: str) -> bytes:
    return hashlib.sha256(b"muniment-session\0" + key.encode()).digest()
