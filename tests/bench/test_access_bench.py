"""The part of the bench that measures access, on sizes that take no time."""

import os

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from bench import deciding, deciding_run, filling
from tests.cast import PEOPLE, Portal


def test_access_is_measured_for_a_contact_and_advisors(portal: Portal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(deciding_run, "TIMES", 2)
    dsn = make_conninfo(
        host=f"{os.environ['MUNIMENT_DATA']}/run",
        user="muniment_super",
        dbname=connection.settings_dict["NAME"],
        options="-c search_path=app,public",
    )
    with psycopg.connect(dsn) as server:
        (client_id,) = filling.fill(server, PEOPLE["ben"][1], [60])

    told = deciding_run.run(client_id, PEOPLE["cleo"][1], PEOPLE["ben"][1], 2)
    found = deciding.results_of(told, 60, (2,))

    assert len(found) == 9
    assert all(result.value > 0 for result in found)
