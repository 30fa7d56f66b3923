"""Who looks after the portal sees how it is; nobody else does, and a look that fails says so."""

from datetime import timedelta

import pytest
from django.db import connection

from muniment.core import clock, health
from tests.cast import signed_in


@pytest.fixture
def looks(monkeypatch):
    """Let a test declare looks of its own, and no others."""
    monkeypatch.setattr(health, "LOOKS", [])
    return health.declare_health


@pytest.fixture
def configured(monkeypatch):
    """Change settings for one test."""
    from dataclasses import replace

    from muniment.core import config

    present = config.current()

    def change(**values):
        changed = replace(present, **values)
        monkeypatch.setattr(config, "current", lambda: changed)

    return change


def _page(portal, who="ada"):
    return signed_in(portal.people[who]).get("/health/", secure=True)


def test_the_page_shows_what_every_app_looks_at(portal):
    found = {line.name for lines in _topics(portal).values() for line in lines}

    assert {"Root key", "Age of keys", "Walls between clients", "Disk", "Worker", "Store on the disk"} <= found
    assert _page(portal).status_code == 200


def test_walls_stand(portal):
    (line,) = [line for line in _topics(portal)["machine"] if line.name == "Walls between clients"]

    assert line.state == "good"


def test_without_a_worker_it_says_what_waits(portal):
    (line,) = [line for line in _topics(portal)["work"] if line.name == "Worker"]

    assert line.state == "bad"
    assert "mails wait" in line.sentence


def test_a_worker_that_lives_is_seen_and_one_that_fell_silent_too(portal):
    _sql("insert into app.procrastinate_workers (last_heartbeat) values (now())")
    alive = _line(portal, "work", "Worker")
    _sql("update app.procrastinate_workers set last_heartbeat = now() - interval '3 minutes'")
    silent = _line(portal, "work", "Worker")

    assert alive.state == "good"
    assert (silent.state, "18" in silent.sentence) == ("bad", True)


def test_jobs_that_wait_too_long_and_those_given_up_are_counted(portal):
    _sql("update app.procrastinate_events set at = now() - interval '1 hour'")
    _sql("insert into app.procrastinate_jobs (queue_name, task_name, status) values ('default', 'x', 'failed')")

    assert _line(portal, "work", "Queue").state == "bad"
    assert "1 jobs were given up" in _line(portal, "work", "Failed jobs").sentence


def test_mails_that_wait_too_long_are_bad(portal, configured):
    from muniment.trust.identity.models import Letter

    configured(smtp_url="smtp://127.0.0.1:9?starttls=no")
    Letter.objects.update(created_at=clock.now())
    young = _line(portal, "mail", "Mails")
    Letter.objects.update(created_at=clock.now() - timedelta(hours=1))

    assert young.state == "good"
    assert _line(portal, "mail", "Mails").state == "bad"


def test_a_scanner_that_does_not_answer_is_bad(portal, configured, tmp_path):
    none_set = _line(portal, "documents", "Virus scanner")
    configured(scanner=f"unix:{tmp_path}/nobody")

    assert none_set.state == "notice"
    assert _line(portal, "documents", "Virus scanner").state == "bad"


def test_a_scanner_that_answers_is_asked_for_the_test_file(portal, configured):
    from tests.clamd import Daemon

    daemon = Daemon()
    configured(scanner=daemon.address)
    try:
        daemon.start()
        line = _line(portal, "documents", "Virus scanner")
    finally:
        daemon.remove()

    assert (line.state, "EICAR" in line.sentence) == ("good", True)


def test_a_store_that_does_not_answer_is_bad(portal, configured, tmp_path):
    from muniment.trust.vault import queries as vault

    credentials = tmp_path / "s3"
    credentials.write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    credentials.chmod(0o600)
    configured(
        s3_bucket="papers", s3_region="eu-central-1", s3_endpoint="http://127.0.0.1:9", s3_credentials=credentials
    )
    vault.store.cache_clear()

    line = _line(portal, "documents", "S3 store")

    vault.store.cache_clear()
    assert line.state == "bad"


def test_an_overdue_key_deserves_a_look(portal):
    _sql("update app.installation_key set created_at = now() - interval '3 years' where purpose = 'people'")

    line = _line(portal, "keys", "Overdue key")

    assert line.state == "notice"
    assert "muniment keys rotate people" in line.sentence


def test_what_does_not_work_is_said_first(portal, looks):
    looks("keys", "A", lambda: [health.HealthLine("A", "good", "Good.")])
    looks("keys", "B", lambda: [health.HealthLine("B", "bad", "Broken <b>.")])

    text = _page(portal).content.decode()

    assert "One thing does not work." in text
    assert text.index("Broken &lt;b&gt;.") < text.index("Good.")


def test_a_look_that_fails_is_bad_and_the_others_are_shown(portal, looks):
    def broken():
        with connection.cursor() as cursor:
            cursor.execute("select 1 / 0")
        return []

    looks("log", "Broken look", broken)
    looks("log", "Other", lambda: [health.HealthLine("Other", "good", "Fine.")])

    lines = _topics(portal)["log"]

    assert [(line.name, line.state) for line in lines] == [("Broken look", "bad"), ("Other", "good")]
    assert "DataError" in lines[0].sentence


@pytest.mark.parametrize(("who", "status"), [("ben", 404), ("cleo", 404), ("mallory", 404)])
def test_nobody_else_finds_it(portal, who, status):
    assert _page(portal, who).status_code == status


def test_an_auditor_of_the_firm_sees_it(portal):
    from muniment.core.actor import Actor
    from muniment.trust.access import actions as access

    firm = Actor.system(portal.firm_id, purpose="Tests")
    access.give_grant(firm, person_id=portal.people["ben"], role="auditor", purpose="Audit")

    assert _page(portal, "ben").status_code == 200


def _topics(portal):
    from muniment.trust.disclosure import queries

    return queries.health(portal.actor("ada"))


def _line(portal, topic, name):
    return next(line for line in _topics(portal)[topic] if line.name == name)


def _sql(statement):
    import psycopg

    settings = connection.settings_dict
    dsn = f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute(statement)
