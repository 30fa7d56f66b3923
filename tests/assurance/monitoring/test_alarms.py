"""What is bad becomes an alarm, once; what is well again clears it; what hangs holds up nothing."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import connection

from muniment.assurance.monitoring import watching
from muniment.assurance.monitoring.models import Alarm
from muniment.assurance.monitoring.watching import Watching
from muniment.core import config, health
from muniment.core.alarms import Red, declare_alarm
from muniment.core.health import HealthLine
from tests import cast
from tests.assurance.monitoring.hooks import Hook, hook
from tests.cast import Portal, signed_in
from tests.mail_server import mail_server

pytestmark = pytest.mark.control("continuous-monitoring")
STOP = threading.Event()
SECRET = "a-secret-of-the-tests-" + "x" * 20


@pytest.fixture
def configured(monkeypatch) -> Callable[..., None]:
    """Change settings for one test."""
    present = config.current()

    def change(**values: Any) -> None:
        changed = replace(present, **values)
        monkeypatch.setattr(config, "current", lambda: changed)

    change(alarm_seconds=1)
    return change


@pytest.fixture
def looks(monkeypatch, configured) -> dict[str, HealthLine]:
    """Give lines that are looked at, to be changed while the test runs."""
    found: dict[str, HealthLine] = {}
    monkeypatch.setattr(health, "LOOKS", [])
    monkeypatch.setattr(health, "WITHOUT_DATABASE", set())
    health.declare_health("keys", "All of them", found.values)
    return found


@contextmanager
def watching_once() -> Iterator[Callable[[], None]]:
    """Give a way to look at everything now, whatever is due."""
    found = Watching()

    def look() -> None:
        found._due.clear()
        found.step(STOP)

    try:
        yield look
    finally:
        found.end()


def red() -> list[str]:
    return sorted(Alarm.objects.filter(cleared_at=None).values_list("name", flat=True))


@pytest.fixture
def job_role(portal: Portal) -> None:
    """Let the web role of the tests write alarms, as the monitor's role may."""
    settings = connection.settings_dict
    dsn = f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute("grant insert, update, delete on app.alarm to muniment_app")


@pytest.mark.usefixtures("job_role")
def test_what_is_bad_is_raised_once_and_cleared_when_it_was_well_twice(looks):
    looks["A"] = HealthLine("A", "bad", "Broken.", "Mend it.")
    looks["B"] = HealthLine("B", "notice", "Some day.")
    with watching_once() as look:
        look()
        look()
        assert (red(), Alarm.objects.count()) == (["A"], 1)

        looks["A"] = HealthLine("A", "good", "Well.")
        look()
        assert red() == ["A"]
        look()

    assert (red(), Alarm.objects.count()) == ([], 1)
    assert Alarm.objects.get().cleared_at is not None


@pytest.mark.usefixtures("job_role")
def test_a_monitor_that_was_killed_goes_on_with_what_it_had_raised(looks):
    looks["A"] = HealthLine("A", "bad", "Broken.")
    with watching_once() as look:
        look()
    first = Alarm.objects.get().id

    with watching_once() as look:
        look()
        looks.clear()
        look()
        look()

    assert [(row.id, row.cleared_at is None) for row in Alarm.objects.all()] == [(first, False)]


@pytest.mark.usefixtures("job_role")
def test_a_look_that_fails_is_an_alarm_and_the_others_go_on(looks):
    def broken() -> list[HealthLine]:
        raise KeyError("Canary")

    health.declare_health("log", "Broken look", broken)
    looks["A"] = HealthLine("A", "bad", "Broken.")
    with watching_once() as look:
        look()

    assert red() == ["A", "Broken look"]


@pytest.mark.usefixtures("job_role")
def test_a_look_that_hangs_is_an_alarm_and_holds_up_nobody(looks):
    free = threading.Event()

    def hanging() -> list[HealthLine]:
        free.wait(30)
        return []

    health.declare_health("documents", "Hanging look", hanging)
    health.declare_health("mail", "Later", lambda: [HealthLine("Later", "bad", "Broken.")])
    began = time.monotonic()
    with watching_once() as look:
        look()
        look()  # the one that hangs is not asked again
        took = time.monotonic() - began
        assert red() == ["Hanging look", "Later"]
        free.set()
        time.sleep(0.2)
        look()
        look()

    assert took < 6
    assert red() == ["Later"]


@pytest.mark.usefixtures("job_role")
def test_a_declared_alarm_is_a_line_of_health_too(looks):
    trouble: list[Red] = []
    declare_alarm("backups", "Backups", lambda: trouble[0] if trouble else None, clear="There is one.")
    with watching_once() as look:
        look()
        assert red() == []
        trouble.append(Red("There is none.", "Make one."))
        look()

    assert red() == ["Backups"]
    (line,) = health.lines()["backups"]
    assert (line.state, line.sentence, line.todo) == ("bad", "There is none.", "Make one.")


@pytest.mark.usefixtures("job_role")
def test_administrators_are_told_by_mail_in_words_without_names(portal: Portal, looks, configured):
    with mail_server() as (mailbox, port):
        configured(alarm_seconds=1, smtp_url=f"smtp://127.0.0.1:{port}?starttls=no", alarm_mail=("duty@firm.example",))
        looks["A"] = HealthLine("A", "bad", "Broken.", "Mend it.")
        with watching_once() as look:
            look()
            assert until(lambda: len(mailbox.taken) == 2)
            looks.clear()
            look()
            look()
            assert until(lambda: len(mailbox.taken) == 4)
            assert until(lambda: told(look))

    assert {address for mail in mailbox.taken for address in mail.rcpt_tos} == {
        "duty@firm.example",
        cast.PEOPLE["ada"][1],
    }
    text = mailbox.taken[0].content.decode()
    assert "Alarm: A" in text
    assert "Mend it." in text
    assert all(name not in text for name in ("Ada", "Okoye", "Brandt", "Cleo"))


@pytest.mark.usefixtures("job_role")
def test_a_program_is_told_again_until_it_takes_the_message(looks, configured, tmp_path, monkeypatch):
    from muniment.assurance.monitoring import telling

    monkeypatch.setattr(telling, "FIRST_SECONDS", 0.1)
    key = tmp_path / "key"
    key.write_text(SECRET)
    with hook() as found:
        found.refusals = 2
        configured(alarm_seconds=1, alarm_webhook=found.url, alarm_webhook_key=key)
        looks["A"] = HealthLine("A", "bad", "Broken.", "Mend it.")
        with watching_once() as look:
            look()
            assert until(lambda: ("alarm.raised", "A") in found.told())
            assert until(lambda: told(look, end=False))
        assert _once(found)


@pytest.mark.usefixtures("job_role")
def test_what_comes_and_goes_is_mailed_once(looks, configured):
    with mail_server() as (mailbox, port):
        configured(alarm_seconds=1, smtp_url=f"smtp://127.0.0.1:{port}?starttls=no", alarm_mail=("duty@firm.example",))
        with watching_once() as look:
            for _round in range(3):
                looks["A"] = HealthLine("A", "bad", "Broken.")
                look()
                looks.clear()
                look()
                look()
            assert until(lambda: len(mailbox.taken) == 4)
            time.sleep(1.2)

    assert len(mailbox.taken) == 4  # for each of two people its first begin, and that end
    assert Alarm.objects.count() == 3


@pytest.mark.usefixtures("job_role")
def test_the_page_says_what_to_do_and_which_alarms_there_are_and_were(portal: Portal, looks):
    looks["Disk"] = HealthLine("Disk", "bad", "It is full.", "Make room.")
    looks["Pages"] = HealthLine("Pages", "bad", "They hang.")
    with watching_once() as look:
        look()
        del looks["Pages"]
        look()
        look()

    text = signed_in(portal.people["ada"]).get("/health/", secure=True).content.decode()

    assert "What to do:" in text
    assert "Make room." in text
    assert text.index("Alarms under way") < text.index("Alarms that are over")
    assert "Nobody is told of alarms" in text


def test_the_web_role_can_read_alarms_and_change_none(portal: Portal):
    from django.db.utils import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"):
        Alarm.objects.create(topic="machine", name="A")


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def told(look: Callable[[], None], *, end: bool = True) -> bool:
    """Return whether the table says that everybody was told."""
    look()
    row = Alarm.objects.get()
    return row.told_at is not None and (not end or row.told_end_at is not None)


def _once(found: Hook) -> bool:
    ids = [headers["webhook-id"] for headers, _body in found.received]
    bodies = [json.loads(body) for _headers, body in found.received]
    return len(set(ids)) == len(ids) == len(bodies)


def test_a_look_is_never_asked_for_less_often_than_the_promise():
    assert watching.LONGEST_SECONDS < 60
