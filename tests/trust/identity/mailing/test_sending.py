"""What becomes of a mail that a server does not take: tried again, given up, tried by hand, or dropped."""

import smtplib
import ssl
from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from muniment.core import ids
from muniment.core.errors import Invalid, NotFound
from muniment.trust.identity import actions
from muniment.trust.identity.actions.letters import MOST_TRIES
from muniment.trust.identity.mailing import queries
from muniment.trust.identity.mailing.composing import compose
from muniment.trust.identity.mailing.errors import LetterGone
from muniment.trust.identity.models import Letter, Person
from tests.mail_server import mail_server
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.test_letters import _self_signed


def _to(port: int) -> str:
    return f"smtp://127.0.0.1:{port}?starttls=no"


def test_a_server_that_is_away_lets_the_mail_wait(letter_id, configured):
    configured(smtp_url=_to(9))

    with pytest.raises(OSError, match="refused"):
        actions.deliver_letter(letter_id)

    letter = Letter.objects.get()
    assert (letter.trouble, letter.tries, letter.failed_at, letter.sent_at) == ("away", 1, None, None)


def test_a_server_that_is_busy_lets_the_mail_wait(letter_id, configured):
    with mail_server(recipient="450 4.2.1 greylisted") as (mailbox, port):
        configured(smtp_url=_to(port))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            actions.deliver_letter(letter_id)
        mailbox.recipient = ""
        actions.deliver_letter(letter_id)

    letter = Letter.objects.get()
    assert (letter.trouble, letter.tries, letter.failed_at) == ("", 2, None)
    assert letter.sent_at is not None
    assert len(mailbox.taken) == 1


def test_both_tries_have_the_same_message_id(letter_id, configured):
    with mail_server() as (mailbox, port):
        configured(smtp_url=_to(port))
        actions.deliver_letter(letter_id)
        letter = Letter.objects.get()
        letter.sent_at = None
        letter.message = {"to": ["a@b.example"], "subject": "s", "body": "b", "from": "p@x.example"}
        letter.save()
        actions.deliver_letter(letter_id)

    lines = [line for one in mailbox.taken for line in one.content.decode().splitlines()]
    assert len({line.partition("@")[0] for line in lines if line.startswith("Message-ID")}) == 1


def test_a_mail_that_is_refused_for_good_has_failed_and_the_address_is_not_blamed(portal, letter_id, configured):
    with mail_server(mail="554 5.7.1 spam") as (_mailbox, port):
        configured(smtp_url=_to(port))
        actions.deliver_letter(letter_id)

    letter = Letter.objects.get()
    assert (letter.trouble, letter.sent_at) == ("554 5.7.1", None)
    assert letter.failed_at is not None
    assert Person.objects.get(id=portal.people["cleo"]).bounced_at is None


def test_an_address_that_does_not_exist_is_marked_and_person_and_administrators_are_told(portal, letter_id, configured):
    from tests.portal.notices.telling import follow

    follow(portal)
    with mail_server(recipient="550 5.1.1 no such user cleo@okoye.example") as (_mailbox, port):
        configured(smtp_url=_to(port))
        actions.deliver_letter(letter_id)
    follow(portal)

    person = Person.objects.get(id=portal.people["cleo"])
    assert person.bounced_at is not None
    assert person.bounce_code == "550 5.1.1"  # codes alone: the server's words name people
    assert "Mails to you come back" in Visitor().sign_in("cleo").get("/").content.decode()
    ada = Visitor().sign_in("ada")
    assert "Mails to somebody come back" in ada.get("/notices/").content.decode()
    assert "cleo@okoye.example" in ada.get("/mailing/").content.decode()


def test_a_full_mailbox_says_nothing_about_the_address(portal, letter_id, configured):
    with mail_server(recipient="552 5.2.2 mailbox full") as (_mailbox, port):
        configured(smtp_url=_to(port))
        actions.deliver_letter(letter_id)

    assert Letter.objects.get().failed_at is not None
    assert Person.objects.get(id=portal.people["cleo"]).bounced_at is None


def test_a_wrong_certificate_gets_nothing_and_says_so_in_the_queue(portal, letter_id, configured, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_self_signed(tmp_path))
    with mail_server(tls_context=context, require_starttls=True) as (mailbox, port):
        configured(smtp_url=f"smtp://127.0.0.1:{port}")
        with pytest.raises(ssl.SSLError):
            actions.deliver_letter(letter_id)

    assert mailbox.taken == []
    assert Letter.objects.get().trouble == "certificate"
    (waiting,) = queries.queue(portal.actor("ada"), "waiting")
    assert waiting.trouble == "certificate"


def test_a_server_without_encryption_gets_nothing(letter_id, configured):
    with mail_server() as (mailbox, port):
        configured(smtp_url=f"smtp://127.0.0.1:{port}")
        with pytest.raises(smtplib.SMTPNotSupportedError):
            actions.deliver_letter(letter_id)

    assert mailbox.taken == []
    assert Letter.objects.get().trouble == "no-tls"


def test_after_the_last_try_a_mail_has_failed_and_is_tried_by_hand_as_if_new(portal, letter_id, configured):
    Letter.objects.update(tries=MOST_TRIES - 1)
    configured(smtp_url=_to(9))
    actions.deliver_letter(letter_id)
    (failed,) = queries.queue(portal.actor("ada"), "failed")
    assert (failed.id, failed.tries, failed.trouble) == (letter_id, MOST_TRIES, "away")

    actions.deliver_letter(letter_id)  # a job that was left over does nothing
    actions.retry_letter(portal.actor("ada"), letter_id=letter_id)
    with mail_server() as (mailbox, port):
        configured(smtp_url=_to(port))
        actions.deliver_letter(letter_id)

    assert len(mailbox.taken) == 1
    assert queries.counts(portal.actor("ada")).sent == 1


def test_who_tries_a_mail_again_does_not_wait_for_its_next_try(portal, letter_id):
    import psycopg

    from tests.guarantees.opened import superuser

    for _ in range(2):
        actions.retry_letter(portal.actor("ada"), letter_id=letter_id)

    asked = "select priority from app.procrastinate_jobs where args->>'letter_id' = %s order by id"
    with psycopg.connect(superuser()) as server:
        first, *again = (priority for (priority,) in server.execute(asked, [str(letter_id)]).fetchall())
    assert len(again) == 2
    assert all(priority > first for priority in again)


def test_a_mail_is_dropped_with_a_reason_and_says_nothing_any_more(portal, letter_id, configured):
    with pytest.raises(Invalid):
        actions.drop_letter(portal.actor("ada"), letter_id=letter_id, reason=" ")

    actions.drop_letter(portal.actor("ada"), letter_id=letter_id, reason="Sent twice")

    configured(smtp_url=_to(9))
    actions.deliver_letter(letter_id)  # nothing is tried
    (dropped,) = queries.queue(portal.actor("ada"), "dropped")
    assert (dropped.drop_reason, dropped.to, Letter.objects.get().message) == ("Sent twice", "", None)
    with pytest.raises(LetterGone):
        actions.retry_letter(portal.actor("ada"), letter_id=letter_id)


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
def test_nobody_but_administrators_looks_after_mails(portal, letter_id, who):
    for ask in (
        lambda actor: queries.queue(actor, "waiting"),
        queries.counts,
        queries.bounced,
        queries.sender_records,
        lambda actor: actions.retry_letter(actor, letter_id=letter_id),
        lambda actor: actions.drop_letter(actor, letter_id=letter_id, reason="No"),
        lambda actor: actions.read_bounce(actor, report=b""),
    ):
        with pytest.raises(NotFound):
            ask(portal.actor(who))


def test_the_queue_shows_whom_a_mail_is_for_and_never_what_it_says(portal, letter_id):
    page = Visitor().sign_in("ada").get("/mailing/?state=waiting").content.decode()

    assert "Cleo Okoye" in page
    assert "Canary" not in page


def test_mails_come_as_text_and_in_the_firms_look_with_everything_escaped(portal, letter_id, configured):
    letter = Letter.objects.get()
    letter.message = letter.message | {"body": "Hello <b>Cleo</b> & all,\n\nhttps://localhost/x/?a=1&b=2\n"}
    letter.save()
    with mail_server() as (mailbox, port):
        configured(smtp_url=_to(port))
        actions.deliver_letter(letter_id)

    message = message_from_bytes(mailbox.taken[0].content, policy=policy.default)
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    assert "Hello <b>Cleo</b> & all," in text.get_content()
    assert "Hello &lt;b&gt;Cleo&lt;/b&gt; &amp; all," in page.get_content()
    assert 'href="https://localhost/x/?a=1&amp;b=2"' in page.get_content()
    assert "Harcourt &amp; Vane" in page.get_content()


def test_mails_about_an_account_say_that_they_cannot_be_switched_off(portal, configured):
    letter_id = actions.write_letter(to="cleo@okoye.example", subject="s", body="b")
    with mail_server() as (mailbox, port):
        configured(smtp_url=_to(port))
        actions.deliver_letter(letter_id)

    message = message_from_bytes(mailbox.taken[0].content, policy=policy.default)
    for kind in ("plain", "html"):
        text = message.get_body((kind,))
        assert text is not None
        assert "cannot be switched off" in text.get_content()
    assert "List-Unsubscribe" not in message


def test_what_was_sent_is_forgotten_after_a_month_and_what_waits_is_not(portal, letter_id, configured):
    from datetime import timedelta

    from muniment.core import clock

    kept = actions.write_letter(to="cleo@okoye.example", subject="s", body="b")
    Letter.objects.filter(id=letter_id).update(sent_at=clock.now())
    Letter.objects.update(created_at=clock.now() - timedelta(days=31))

    actions.sweep_letters()

    assert [letter.id for letter in Letter.objects.all()] == [kept]


def test_whoever_looks_as_somebody_else_says_nothing_about_their_address(portal):
    from muniment.core import clock

    Person.objects.filter(id=portal.people["cleo"]).update(bounced_at=clock.now())
    looking = replace(portal.actor("ben"), looking_as=portal.people["cleo"], person_id=portal.people["cleo"])

    with pytest.raises(NotFound):
        actions.clear_bounce(looking, person_id=portal.people["cleo"])


def test_health_tells_of_mails_that_do_not_arrive(portal, letter_id, configured):
    from muniment.trust.identity import health

    with mail_server(recipient="550 5.1.1 unknown") as (_mailbox, port):
        configured(smtp_url=_to(port))
        actions.deliver_letter(letter_id)
        lines = {line.name: line for line in health.mails()}

    assert lines["Mails that do not arrive"].state == "notice"
    assert "1 mails were given up, and mails to 1 people come back" in lines["Mails that do not arrive"].sentence


def test_the_address_that_stops_mails_is_sent_in_one_line_as_it_is(portal):
    stop = f"https://portal.a-firm-with-a-long-name.example/notices/stop/{'a' * 43}/"
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = {"to": ["a@b.example"], "subject": "s", "body": "b", "from": "p@x.example", "headers": headers}

    sent = compose(ids.new(), "notice", message).as_bytes().decode()

    assert f"List-Unsubscribe: <{stop}>" in sent.splitlines()
