"""What waits to be done, and what limits count, is ids, numbers and words of the code: nothing else."""

import contextlib
import json
import re

import psycopg
import pytest

from muniment.core.errors import PortalError
from muniment.core.unit import ACTIONS
from tests.cast import PASSWORD, Portal
from tests.guarantees.callers import CALLS, Case
from tests.guarantees.opened import superuser
from tests.trust.identity.browsers import Visitor

pytestmark = pytest.mark.control("rest-personal", "data-map")

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
_HARMLESS = re.compile(rf"(?:[a-z_]+\.)*[a-z_]+(?: {_ID})?|{_ID}|\d{{4}}-\d\d-\d\dT[0-9:.+-]+")


def test_jobs_hold_ids_numbers_and_times_alone(portal: Portal):
    case = Case.of(portal)
    for name in sorted(CALLS):
        with contextlib.suppress(PortalError, LookupError):  # one made the next impossible: what it left counts
            call = CALLS[name](case)
            ACTIONS[name](call.actor, **call.values)

    jobs = _rows("select task_name, args, coalesce(lock, ''), coalesce(queueing_lock, '') from app.procrastinate_jobs")

    told = {text for _, args, *locks in jobs for text in [*args.values(), *locks] if isinstance(text, str) and text}
    assert {text for text in told if not _HARMLESS.fullmatch(text)} == set()
    assert all(isinstance(value, str | int | None) for _, args, *_ in jobs for value in args.values())
    assert len(jobs) >= 5


def test_counters_are_found_by_hashes_and_hold_numbers_and_ids_alone(portal: Portal):
    for _ in range(6):
        Visitor().password("cleo@okoye.example", "not it")
    Visitor().password("dan@okoye.example", PASSWORD)
    Visitor().post("/account/password/reset/", {"email": "cleo@okoye.example"})

    kept = _rows("select key, value from app.cache_entry")

    assert all(re.fullmatch("[0-9a-f]{64}", key) for key, _ in kept)
    assert [value for _, value in kept if not isinstance(value, int) and not _is_id(value)] == []
    assert len(kept) >= 3


def _is_id(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(_ID, value) is not None


def _rows(sql: str):
    with psycopg.connect(superuser()) as server:
        rows = server.execute(sql).fetchall()
    return [[json.loads(one) if isinstance(one, bytes) else one for one in row] for row in rows]
