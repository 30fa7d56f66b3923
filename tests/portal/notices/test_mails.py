"""Notices by mail: who, what kind and a link, as each person chose; never what anything is called or says."""

from datetime import timedelta
from email import message_from_bytes, policy

import psycopg
import pytest
from django.db import ProgrammingError, connection

from muniment.core import clock, config
from muniment.portal.documents import actions as documents
from muniment.portal.notices import actions, following, mailing, queries
from muniment.portal.notices.errors import StopLinkOver
from muniment.portal.notices.models import Notice, NoticeStop
from muniment.portal.notices.types import Habits, How
from muniment.trust.identity.models import Letter, Person
from tests.cast import Portal
from tests.guarantees.opened import superuser
from tests.guarantees.things import CONTENT, add_document
from tests.mail_server import mail_server
from tests.portal.notices.telling import follow, mail, notices, to
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.steps.profiles import set_profile
from tests.worker import as_worker

pytestmark = pytest.mark.control("comm-collab")
CANARY = "Canary-of-a-name zq91.pdf"


@pytest.fixture
def quiet(portal: Portal) -> Portal:
    """A portal of which everybody was told everything, and no mail waits."""
    follow(portal)
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("delete from app.notice")
    Letter.objects.all().delete()
    return portal


def _choose(portal: Portal, who: str, how: How, habits: Habits | None = None) -> None:
    actions.choose_notices(portal.actor(who), how={"documents": how}, habits=habits or Habits())


def test_a_mail_says_who_what_kind_and_where_and_carries_no_content(quiet: Portal):
    add_document(quiet.actor("cleo"), CANARY, b"%PDF-1.7 Canary-of-content zq92\n%%EOF\n")
    follow(quiet)

    (message,) = mail(quiet)

    assert message["to"] == ["ben@harcourt.example"]
    assert message["subject"] == "Cleo Okoye added a document: client portal of Harcourt & Vane"
    assert "Cleo Okoye added a document, in the space of Okoye Holdings Ltd:" in message["body"]
    assert config.current().address + notices(quiet, "ben")[0].url in message["body"]
    assert "anary" not in str(message)


def test_no_mail_on_the_wire_carries_content(quiet: Portal, monkeypatch):
    from dataclasses import replace

    from muniment.trust.identity import actions as identity

    version = add_document(quiet.actor("cleo"), CANARY, CONTENT)
    documents.share_document(
        quiet.actor("cleo"),
        document_id=version.document_id,
        person_id=quiet.people["dan"],
        role="viewer",
        purpose="Canary-of-a-purpose zq93",
        until=None,
    )
    follow(quiet)
    mail(quiet)
    with mail_server() as (mailbox, port):
        changed = replace(config.current(), smtp_url=f"smtp://127.0.0.1:{port}?starttls=no")
        monkeypatch.setattr(config, "current", lambda: changed)
        for letter_id in Letter.objects.values_list("id", flat=True):
            identity.deliver_letter(letter_id)

    parsed = [message_from_bytes(envelope.content, policy=policy.default) for envelope in mailbox.taken]
    texts = [part.get_content() for message in parsed for part in message.walk() if not part.is_multipart()]
    assert len(parsed) == 2
    assert not any("anary" in text for text in [*texts, *(str(envelope.content) for envelope in mailbox.taken)])


def test_what_somebody_does_many_times_is_one_line_of_one_mail(quiet: Portal):
    for index in range(3):
        add_document(quiet.actor("cleo"), f"Lease {index}.pdf", CONTENT)
    follow(quiet)

    (message,) = mail(quiet)

    assert message["subject"].startswith("Cleo Okoye added 3 documents")
    assert message["body"].count("Cleo Okoye added") == 1
    assert message["body"].count("https://") == 1


def test_a_name_is_taken_as_it_is(quiet: Portal):
    cleo = Person.objects.get(id=quiet.people["cleo"])
    cleo.name = "Cleo 100% %(count)d <b>"
    cleo.save()
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)

    (message,) = mail(quiet)

    assert message["subject"].startswith("Cleo 100% %(count)d <b> added a document")


def test_nothing_is_mailed_twice(quiet: Portal):
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)

    assert len(mail(quiet)) == 1
    with as_worker():
        assert mailing.due() == {}
    assert mailing.write_mail(quiet.people["ben"], [quiet.okoye]) == 0
    assert len(to(quiet, quiet.people["ben"])) == 1


def test_a_mail_and_its_mark_are_one(quiet: Portal):
    """What keeps the mail from being written takes the mark back too: the next run writes it."""
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)

    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("revoke insert on app.letter from muniment_job")
        try:
            with pytest.raises(Exception, match="permission denied"):
                mail(quiet)
        finally:
            server.execute("grant insert on app.letter to muniment_job")

    assert [notice.mailed_at for notice in notices(quiet, "ben")] == [None]
    assert len(mail(quiet)) == 1


def test_what_was_read_meanwhile_is_not_mailed(quiet: Portal):
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)
    actions.read_notice(quiet.actor("ben"), notice_id=notices(quiet, "ben")[0].id)

    assert mail(quiet) == []
    with as_worker():
        assert mailing.due() == {}


def test_who_wants_none_gets_none_and_the_bell_still_tells(quiet: Portal):
    _choose(quiet, "ben", "never")
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)

    assert mail(quiet) == []
    assert queries.unread(quiet.actor("ben")) == 1


def test_who_wants_it_by_the_day_gets_one_mail_at_their_hour(quiet: Portal):
    _choose(quiet, "ben", "daily", Habits(daily_hour=8))
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)

    (notice,) = notices(quiet, "ben")
    assert notice.mail_at is not None
    assert (notice.mail_at.hour, notice.mail_at > clock.now()) == (8, True)
    assert mail(quiet) == []


def test_in_quiet_hours_nothing_is_mailed(quiet: Portal):
    now = clock.now()
    _choose(quiet, "ben", "at-once", Habits(quiet_from=(now.hour - 1) % 24, quiet_until=(now.hour + 2) % 24))
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)

    (notice,) = notices(quiet, "ben")
    assert notice.mail_at is not None
    assert timedelta(hours=1) <= notice.mail_at - now <= timedelta(hours=2)
    assert mail(quiet) == []


def test_who_cannot_be_reached_gets_none(quiet: Portal):
    Person.objects.filter(id=quiet.people["ben"]).update(bounced_at=clock.now())
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)

    assert mail(quiet) == []
    assert queries.unread(quiet.actor("ben")) == 1


def test_a_client_may_want_subjects_that_say_nothing(quiet: Portal):
    set_profile(quiet.okoye, mail_subjects="hidden")
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)

    (message,) = mail(quiet)

    assert message["subject"] == "News for you: client portal of Harcourt & Vane"


def test_a_mail_program_stops_mails_with_one_post_without_a_sign_in(quiet: Portal):
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)
    (message,) = mail(quiet)
    link = message["headers"]["List-Unsubscribe"].strip("<>")
    path = link.removeprefix(config.current().address)
    assert message["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stranger = Visitor()
    stranger.browser.handler.enforce_csrf_checks = True

    looked = stranger.get(path)
    assert (looked.status_code, queries.choices_of({quiet.people["ben"]})[quiet.people["ben"]].how) == (200, {})
    answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert queries.choices_of({quiet.people["ben"]})[quiet.people["ben"]].how == {"documents": "never"}
    add_document(quiet.actor("cleo"), "Lease 2.pdf", CONTENT)
    follow(quiet)
    assert len(mail(quiet)) == 1


def test_who_left_a_client_gets_no_mail_about_it_any_more(quiet: Portal):
    from muniment.trust.identity import actions as identity

    version = add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    documents.share_document(
        quiet.actor("cleo"),
        document_id=version.document_id,
        person_id=quiet.people["dan"],
        role="viewer",
        purpose="Tests",
        until=None,
    )
    follow(quiet)
    assert notices(quiet, "dan")
    identity.end_membership(quiet.actor("cleo"), person_id=quiet.people["dan"])

    mail(quiet)

    assert to(quiet, quiet.people["dan"]) == []


def test_the_link_is_kept_as_a_hash_and_is_over_after_ninety_days(quiet: Portal):
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)
    (message,) = mail(quiet)
    secret = message["headers"]["List-Unsubscribe"].rstrip("/>").rpartition("/")[2]
    with psycopg.connect(superuser()) as server:
        kept = str(server.execute("select * from app.notice_stop").fetchall())
    assert secret not in kept

    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("update app.notice_stop set made_at = now() - interval '91 days'")

    with pytest.raises(StopLinkOver):
        actions.stop_mails(quiet.actor("ben"), secret=secret)
    assert Visitor().get(f"/notices/stop/{secret}/").status_code == 404


def test_mails_of_several_kinds_are_stopped_together(quiet: Portal):
    made = NoticeStop.objects.create(person_id=quiet.people["ben"], kind="", secret_hash=_hash("s" * 43))

    actions.stop_mails(quiet.actor("mallory"), secret="s" * 43)

    assert set(queries.choices_of({made.person_id})[made.person_id].how.values()) == {"never"}


def test_what_is_old_is_forgotten(quiet: Portal):
    from muniment.core.unit import acting_as
    from muniment.portal.notices.sweeping import sweep

    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    follow(quiet)
    with acting_as(quiet.actor("cleo")):
        Notice.objects.update(made_at=clock.now() - timedelta(days=91))

    sweep()

    assert notices(quiet, "ben") == []


def test_the_jobs_of_the_worker_do_all_of_it(quiet: Portal):
    from muniment.portal.notices import jobs
    from tests.trust.audit.numbered import number

    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    number()

    with as_worker():
        jobs.follow_logs(0)
        jobs.write_mails(0)
        jobs.sweep(0)
        left = following.logs_to_follow()

    assert len(to(quiet, quiet.people["ben"])) == 1
    assert left == []


def test_whose_logs_went_on_and_for_whom_mails_are_due_is_told_to_the_worker_alone(portal: Portal):
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname, p.proowner::regrole::text, has_function_privilege('public', p.oid, 'execute'), "
            "has_function_privilege('muniment_app', p.oid, 'execute'), "
            "has_function_privilege('muniment_job', p.oid, 'execute') from pg_proc p "
            "where p.proname in ('logs_to_follow', 'notices_to_mail') order by 1"
        )
        assert cursor.fetchall() == [
            ("logs_to_follow", "muniment_definer", False, False, True),
            ("notices_to_mail", "muniment_definer", False, False, True),
        ]
    for ask in (following.logs_to_follow, mailing.due):
        with pytest.raises(ProgrammingError, match="permission denied"):
            ask()


def test_what_somebody_chose_is_forgotten_with_them(quiet: Portal):
    from muniment.portal.notices.sweeping import sweep
    from muniment.trust.identity.models import Attendance

    _choose(quiet, "ben", "daily")
    _choose(quiet, "cleo", "hourly")
    Attendance.objects.update_or_create(id=quiet.people["ben"], defaults={"why_disabled": "erased"})

    sweep()

    kept = queries.choices_of({quiet.people["ben"], quiet.people["cleo"]})
    assert {person_id: choices.how for person_id, choices in kept.items()} == {
        quiet.people["ben"]: {},
        quiet.people["cleo"]: {"documents": "hourly"},
    }


def _hash(secret: str) -> bytes:
    from muniment.trust.identity import queries as identity

    return identity.secret_hash(secret)
