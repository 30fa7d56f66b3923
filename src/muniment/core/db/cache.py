"""Django's cache on an unlogged table: shared by all processes, atomic, JSON only.

Django's own database cache is not atomic in `incr`, and so no ground for limits. Keys are kept as
hashes: they may hold addresses.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from muniment.core import clock

_FOREVER = timedelta(days=3650)


class SharedCache(BaseCache):
    """Counters and short-lived JSON values."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        """Take Django's parameters; there is one table, so `location` means nothing."""
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the value under `key`, or `default` once it is over."""
        row = self._run(
            "select value from cache_entry where key = %s and expires_at > %s", self._key(key, version), clock.now()
        )
        return _value(row[0]) if row else default

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Return what is kept under these keys; one statement."""
        hashed = {self._key(key, version): key for key in keys}
        with connection.cursor() as cursor:
            cursor.execute(
                "select key, value from cache_entry where key = any(%s) and expires_at > %s",
                (list(hashed), clock.now()),
            )
            return {hashed[key]: _value(value) for key, value in cursor.fetchall()}

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep `value` under `key` for `timeout` seconds."""
        self._run(
            "insert into cache_entry (key, value, expires_at) values (%s, %s, %s) "
            "on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at returning true",
            self._key(key, version),
            json.dumps(value),
            self._end(timeout),
        )

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep `value` only where nothing is kept; return whether it was."""
        row = self._run(
            "insert into cache_entry (key, value, expires_at) values (%s, %s, %s) "
            "on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at "
            "where cache_entry.expires_at <= %s returning true",
            self._key(key, version),
            json.dumps(value),
            self._end(timeout),
            clock.now(),
        )
        return row is not None

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Move the end of what is kept under `key`; return whether there was anything."""
        row = self._run(
            "update cache_entry set expires_at = %s where key = %s and expires_at > %s returning true",
            self._end(timeout),
            self._key(key, version),
            clock.now(),
        )
        return row is not None

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget what is kept under `key`; return whether there was anything."""
        return self._run("delete from cache_entry where key = %s returning true", self._key(key, version)) is not None

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a counter, atomically.

        Raises:
            ValueError: nothing is kept under `key`.
        """
        row = self._run(
            "update cache_entry set value = to_jsonb(value::text::bigint + %s) where key = %s and expires_at > %s "
            "returning value::text",
            delta,
            self._key(key, version),
            clock.now(),
        )
        if row is None:
            raise ValueError(f"nothing is kept under {key}")
        return int(row[0])

    def count(self, key: str, window_seconds: int) -> int:
        """Add one to a counter that starts anew every `window_seconds`, and return it: one statement, never raced."""
        row = self._run(
            "insert into cache_entry as c (key, value, expires_at) values (%s, '1', %s) "
            "on conflict (key) do update set "
            "value = case when c.expires_at <= %s then '1' else to_jsonb(c.value::text::bigint + 1) end, "
            "expires_at = case when c.expires_at <= %s then excluded.expires_at else c.expires_at end "
            "returning value::text",
            self._key(key, None),
            clock.now() + timedelta(seconds=window_seconds),
            clock.now(),
            clock.now(),
        )
        return int(row[0]) if row else 0

    def clear(self) -> None:
        """Forget everything."""
        self._run("with gone as (delete from cache_entry returning 1) select count(*) from gone")

    def sweep(self) -> int:
        """Delete what is over; return how much there was."""
        row = self._run(
            "with gone as (delete from cache_entry where expires_at <= %s returning 1) select count(*) from gone",
            clock.now(),
        )
        return int(row[0]) if row else 0

    def _key(self, key: str, version: int | None) -> str:
        return hashlib.sha256(self.make_and_validate_key(key, version).encode()).hexdigest()

    def _end(self, timeout: Any) -> Any:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return clock.now() + (_FOREVER if seconds is None else timedelta(seconds=seconds))

    @staticmethod
    def _run(sql: str, *parameters: Any) -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row


def _value(found: Any) -> Any:
    """Return a jsonb value, which Django leaves as text and a plain driver has decoded."""
    return json.loads(found) if isinstance(found, str) else found
