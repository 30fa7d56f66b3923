"""A portal with one of everything in it, made once in each process and copied for each test that asks for it."""

import os
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from muniment.core import clock
from tests.cast import Portal
from tests.guarantees.opened import superuser
from tests.guarantees.things import Things, lay
from tests.server import clone, use

_kept: dict[str, Any] = {}
_files: dict[Path, bytes] = {}
_BEGUN = clock.now()  # the cast was laid before


def laid(portal: Portal) -> Things:
    """Return what `lay` returns, for a portal in which the test has done nothing yet.

    To do all of it takes seconds and to copy its database hundredths of one, and a thousand tests ask for it.
    """
    assert not _has_acted(), "something was done before: the copy would not have it, or every later test would"
    name = connection.settings_dict["NAME"]
    copy = f"{name}_laid"
    if _kept:
        clone(copy, name)
        use(name)
        _bring_back()
        return Things(portal, dict(_kept))
    before = set(_stored())
    things = lay(portal)
    _files.update({path: path.read_bytes() for path in set(_stored()) - before})
    _kept.update(things.values)
    use(name)  # nobody may be connected to what is copied
    clone(name, copy)
    return things


def _has_acted() -> bool:
    with psycopg.connect(superuser(), autocommit=True) as server:
        row = server.execute("select exists (select from app.entry where at > %s)", [_BEGUN]).fetchone()
    return row is not None and bool(row[0])


def _stored() -> list[Path]:
    return [path for path in (Path(os.environ["MUNIMENT_DATA"]) / "store").rglob("*") if path.is_file()]


def _bring_back() -> None:
    """Put back the files that an earlier test destroyed or damaged."""
    for path, content in _files.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
