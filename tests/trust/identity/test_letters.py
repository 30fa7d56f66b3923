"""Mails lie sealed until a server has taken them."""

import ssl
from contextlib import contextmanager
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller

from muniment.core.errors import NotFound

TO, SUBJECT, BODY = "eve@canary-address.example", "Canary-subject zq81", "Canary-body zq82\nhttps://localhost/x/"


class Mailbox:
    """Keeps what a mail server was handed."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the server's name for it
        self.taken.append(envelope)
        return "250 OK"


@contextmanager
def mail_server(**options):
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=0, **options)
    # aiosmtpd tries its own port to see that it is up, which 0 is not: start the loop by hand on a free one.
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


@pytest.fixture
def configured(monkeypatch):
    """Change settings for one test."""
    from muniment.core import config

    def change(**values):
        changed = replace(config.current(), **values)
        monkeypatch.setattr(config, "current", lambda: changed)

    return change


@pytest.fixture
def letter_id(portal):
    from muniment.trust.identity import actions
    from muniment.trust.identity.models import Letter

    Letter.objects.all().delete()
    return actions.write_letter(to=TO, subject=SUBJECT, body=BODY)


def test_the_server_takes_the_mail_and_it_is_forgotten(letter_id, configured):
    from muniment.trust.identity import actions
    from muniment.trust.identity.models import Letter

    with mail_server() as (mailbox, port):
        configured(smtp_url=f"smtp://127.0.0.1:{port}?starttls=no")
        actions.deliver_letter(letter_id)
        actions.deliver_letter(letter_id)

    assert [envelope.rcpt_tos for envelope in mailbox.taken] == [[TO]]
    text = mailbox.taken[0].content.decode()
    assert f"Subject: {SUBJECT}" in text
    assert "Canary-body zq82" in text
    assert not Letter.objects.exists()


def test_a_file_goes_with_a_mail_as_it_is(portal, configured):
    from email import message_from_bytes, policy

    from muniment.trust.identity import actions

    data = bytes(range(256))
    with mail_server() as (mailbox, port):
        configured(smtp_url=f"smtp://127.0.0.1:{port}?starttls=no")
        letter_id = actions.write_letter(to=TO, subject=SUBJECT, body=BODY, attachments=[_file(data)])
        actions.deliver_letter(letter_id)

    message = message_from_bytes(mailbox.taken[0].content, policy=policy.default)
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "canary-name.receipt"
    assert attached.get_content_type() == "application/vnd.example+json"
    assert attached.get_payload(decode=True) == data
    text = message.get_body()
    assert text is not None
    assert text.get_content().split() == BODY.split()


def test_a_file_lies_sealed_until_then(portal):
    from django.db import connection

    from muniment.trust.identity import actions

    actions.write_letter(to=TO, subject=SUBJECT, body=BODY, attachments=[_file(b"canary-data" * 20)])

    with connection.cursor() as cursor:
        cursor.execute("select message from letter order by id desc limit 1")
        kept = bytes(cursor.fetchone()[0])
    assert b"canary" not in kept
    assert b"Y2FuYXJ5" not in kept  # "canary" in base64


def test_too_much_for_a_mail_is_not_written(portal):
    from muniment.trust.identity import actions
    from muniment.trust.identity.models import Letter

    before = Letter.objects.count()
    with pytest.raises(ValueError, match="too much"):
        actions.write_letter(to=TO, subject=SUBJECT, body=BODY, attachments=[_file(bytes(256 * 1024 + 1))])

    assert Letter.objects.count() == before


def test_while_the_server_is_down_the_mail_stays_and_that_is_visible(letter_id, configured):
    from muniment.trust.identity import actions, queries

    configured(smtp_url="smtp://127.0.0.1:9?starttls=no")
    for _ in range(2):
        with pytest.raises(OSError, match="refused"):
            actions.deliver_letter(letter_id)

    state = queries.mail_state()
    assert (state.server, state.waiting, state.tries) == (True, 1, 2)
    assert state.oldest_at is not None


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(letter_id, configured, tmp_path):
    import smtplib

    from muniment.trust.identity import actions, queries

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_self_signed(tmp_path))
    with mail_server(tls_context=context, require_starttls=True) as (mailbox, port):
        configured(smtp_url=f"smtp://127.0.0.1:{port}")
        with pytest.raises((ssl.SSLError, smtplib.SMTPException)):
            actions.deliver_letter(letter_id)

    assert mailbox.taken == []
    assert queries.mail_state().waiting == 1


def test_without_a_server_the_mail_is_kept_sealed_in_the_data_directory(letter_id):
    from muniment.trust.identity import actions
    from muniment.trust.identity.actions.letters import sealed_path
    from muniment.trust.vault import actions as vault

    actions.deliver_letter(letter_id)

    sealed = sealed_path(letter_id)
    assert b"anary" not in sealed.read_bytes()
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert sealed.parent.stat().st_mode & 0o777 == 0o700
    assert b"Canary-body zq82" in vault.open_for_people(b"letter" + letter_id.bytes, sealed.read_bytes())


def test_the_queue_holds_an_id_and_nothing_else(letter_id):
    from django.db import connection

    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("select args from procrastinate_jobs")


def test_mails_sent_by_a_library_are_letters_too(portal):
    from django.core.mail import send_mail

    from muniment.trust.identity.mail import Backend
    from muniment.trust.identity.models import Letter

    Letter.objects.all().delete()
    send_mail(SUBJECT, BODY, None, [TO], connection=Backend())

    assert Letter.objects.get().message["subject"] == SUBJECT


def test_a_mail_is_undone_with_the_act_that_it_tells_of(portal):
    from django.db import transaction

    from muniment.trust.identity import actions
    from muniment.trust.identity.models import Letter

    Letter.objects.all().delete()
    with transaction.atomic():
        actions.write_letter(to=TO, subject=SUBJECT, body=BODY)
        transaction.set_rollback(True)

    assert not Letter.objects.exists()


def test_in_the_demo_the_firms_admin_reads_them(portal, letter_id, configured):
    from muniment.trust.identity import queries
    from tests.trust.identity.browsers import Visitor

    configured(demo=True)
    ada = Visitor().sign_in("ada")
    page = ada.get("/mail/")
    mail = ada.get(page.context["mails"][0]["url"])

    assert queries.letters(portal.actor("ada"))[0].subject == SUBJECT
    assert SUBJECT in page.content.decode()
    assert "Canary-body zq82" in mail.content.decode()


def test_in_the_demo_a_link_in_a_mail_is_shown_once_and_can_be_followed(portal, configured):
    from muniment.trust.identity import actions
    from tests.trust.identity.browsers import Visitor

    configured(demo=True)
    link = "https://localhost/invitations/one-use?a=1&b=2"
    actions.write_letter(to=TO, subject=SUBJECT, body=f"Open this:\n{link}\n<b>Thank you</b>\n")
    ada = Visitor().sign_in("ada")

    page = ada.get(ada.get("/mail/").context["mails"][0]["url"]).content.decode()

    shown = link.replace("&", "&amp;")
    assert page.count(f">{shown}<") == 1
    assert page.count(f'href="{shown}"') == 1
    assert "<b>Thank you" not in page


def test_in_the_demo_a_mail_shows_what_goes_with_it(portal, configured):
    from muniment.trust.identity import actions
    from tests.trust.identity.browsers import Visitor

    configured(demo=True)
    actions.write_letter(to=TO, subject=SUBJECT, body=BODY, attachments=[_file(b"1")])
    ada = Visitor().sign_in("ada")

    mail = ada.get(ada.get("/mail/").context["mails"][0]["url"])

    assert "canary-name.receipt" in mail.content.decode()


def test_outside_the_demo_nobody_reads_them(portal, letter_id):
    from muniment.trust.identity import queries

    with pytest.raises(NotFound):
        queries.letters(portal.actor("ada"))


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
def test_in_the_demo_nobody_else_reads_them(portal, letter_id, configured, who):
    from muniment.trust.identity import queries

    configured(demo=True)

    with pytest.raises(NotFound):
        queries.letters(portal.actor(who))


def _file(data):
    from muniment.trust.identity.types import Attachment

    return Attachment("canary-name.receipt", "application/vnd.example+json", data)


def _self_signed(folder):
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    from muniment.core import clock

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate, private = folder / "c.pem", folder / "k.pem"
    certificate.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
