"""No name and no address of anybody lies in clear in the database or in the logs of the process."""

import logging
import os
from pathlib import Path

import pytest

from tests.trust.identity.browsers import Visitor

NAME, ADDRESS, WORDS = "Zwanzigmark Quillfeather", "zwanzigmark@quillfeather.example", "Quillfeather Canaries Ltd"
PASSWORD = "nine lanterns drift under ice"
CANARIES = ("wanzigmark", "uillfeather", "anaries", "lanterns", "198.51.100.99")


@pytest.mark.control("gdpr-privacy-by-design")
def test_names_and_addresses_are_nowhere_in_a_dump_or_in_the_logs(portal, database_name, caplog):
    from muniment.trust.identity import actions

    caplog.set_level(logging.INFO)  # what libraries say below is written without its values
    made = actions.open_client(portal.actor("ada"), name=WORDS, line=WORDS)
    _, path = actions.invite_person(
        portal.actor("ada", made.id), email=ADDRESS, name=NAME, role="manager", purpose=f"Because of {NAME}"
    )
    person = Visitor(ip="198.51.100.99")
    person.post(path, {"name": NAME, "password1": PASSWORD})
    person.get("/account/factor/")
    Visitor(ip="198.51.100.99").password(ADDRESS, PASSWORD + "x")
    Visitor().password("wrong-" + ADDRESS, PASSWORD)
    Visitor().post("/account/password/reset/", {"email": ADDRESS})
    for _ in range(6):
        Visitor(ip="198.51.100.98").password(ADDRESS, "not it")

    dumped, logged = dump(database_name), caplog.text

    assert "person: " in dumped
    assert "letter: " in dumped
    for canary in CANARIES:
        assert canary not in dumped, canary
        assert canary not in logged, canary


def test_the_sign_in_librarys_own_table_takes_no_address(portal):
    from allauth.account.models import EmailAddress
    from django.db import DatabaseError

    with pytest.raises(DatabaseError, match="permission denied"):
        EmailAddress.objects.create(user_id=portal.people["cleo"], email="cleo@okoye.example")


def test_look_ups_there_are_sealed_too(portal):
    from allauth.account.models import EmailAddress
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert not EmailAddress.objects.filter(email="cleo@okoye.example").exists()

    assert captured.captured_queries
    assert "okoye" not in str(captured.captured_queries)


def test_the_librarys_migrations_see_nothing_to_change():
    from django.apps import apps
    from django.db.migrations.state import ProjectState

    from_code = ProjectState.from_apps(apps).models["account", "emailaddress"].fields["email"]

    assert from_code.deconstruct()[1] == "django.db.models.EmailField"


@pytest.fixture
def database_name(_django):
    return _django


def dump(name):
    """Return every row of every table as text, binary columns too."""
    import psycopg

    run = Path(os.environ["MUNIMENT_DATA"]) / "run"
    found = []
    with psycopg.connect(f"host={run} user=muniment_super dbname={name}") as connection:
        connection.execute("set bytea_output = 'escape'")
        tables = connection.execute("select tablename from pg_tables where schemaname = 'app'").fetchall()
        for (table,) in tables:
            rows = connection.execute(f"select t::text from app.{table} t").fetchall()
            found += [f"{table}: {row}" for (row,) in rows]
    return "\n".join(found)
