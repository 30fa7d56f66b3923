"""Delivery reports: what failed for good is known, and nobody can switch off the mails of somebody else with one."""

from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import ids
from muniment.trust.identity import actions
from muniment.trust.identity.mailing.errors import NotAReport, NothingFailed
from muniment.trust.identity.mailing.reports import read_report
from muniment.trust.identity.models import Letter, Person
from tests.cast import PEOPLE

CLEO = PEOPLE["cleo"][1]


def report(message_id: str, *, recipient: str = CLEO, action: str = "failed", status: str = "5.1.1") -> bytes:
    """Return a delivery report as mail servers write them (RFC 3464, appendix E)."""
    whole = MIMEMultipart("report")
    whole.set_param("report-type", "delivery-status")
    whole["From"], whole["To"] = "MAILER-DAEMON@mx.example", "portal@localhost"
    whole.attach(MIMEText("Your mail could not be delivered."))
    status_part = MIMEBase("message", "delivery-status")
    about, one = EmailMessage(), EmailMessage()
    about["Reporting-MTA"] = "dns; mx.example"
    one["Final-Recipient"], one["Action"], one["Status"] = f"rfc822; {recipient}", action, status
    status_part.set_payload([about, one])
    whole.attach(status_part)
    headers = MIMEText(f"Message-ID: {message_id}\nSubject: x\n", "rfc822-headers")
    whole.attach(headers)
    return whole.as_bytes()


@pytest.fixture
def sent(portal, letter_id):
    """Give a mail to Cleo that a server took."""
    from muniment.core import clock

    Letter.objects.update(sent_at=clock.now())
    letter = Letter.objects.get()
    letter.message = None
    letter.save()
    return f"<{ids.public(letter_id)}@localhost>"


def test_a_report_marks_the_address_and_the_mail(portal, sent):
    assert actions.read_bounce(portal.actor("ada"), report=report(sent)) == 1

    person, letter = Person.objects.get(id=portal.people["cleo"]), Letter.objects.get()
    assert person.bounced_at is not None
    assert (person.bounce_code, letter.trouble) == ("5.1.1", "5.1.1")
    assert letter.failed_at is not None


def test_the_same_report_again_changes_nothing(portal, sent):
    actions.read_bounce(portal.actor("ada"), report=report(sent))
    before = Person.objects.get(id=portal.people["cleo"]).bounced_at

    assert actions.read_bounce(portal.actor("ada"), report=report(sent)) == 0
    assert Person.objects.get(id=portal.people["cleo"]).bounced_at == before


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.3.4"])
def test_what_is_not_the_fault_of_the_address_fails_the_mail_alone(portal, sent, status):
    assert actions.read_bounce(portal.actor("ada"), report=report(sent, status=status)) == 0

    assert Letter.objects.get().failed_at is not None
    assert Person.objects.get(id=portal.people["cleo"]).bounced_at is None


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_report_of_no_failure_changes_nothing(portal, sent, action):
    with pytest.raises(NothingFailed):
        actions.read_bounce(portal.actor("ada"), report=report(sent, action=action, status="4.4.1"))

    assert Letter.objects.get().failed_at is None


def test_a_report_about_a_mail_that_nobody_sent_is_refused(portal, sent):
    for message_id in (f"<{ids.public(ids.new())}@localhost>", "<made-up@localhost>", ""):
        with pytest.raises(NotAReport):
            actions.read_bounce(portal.actor("ada"), report=report(message_id))

    assert Person.objects.get(id=portal.people["cleo"]).bounced_at is None


def test_a_report_does_not_mark_somebody_else_or_an_address_that_was_changed(portal, sent):
    assert actions.read_bounce(portal.actor("ada"), report=report(sent, recipient=PEOPLE["dan"][1])) == 0

    assert not Person.objects.filter(bounced_at__isnull=False).exists()


def test_who_says_that_it_works_again_gets_notices_again(portal, sent):
    from muniment.trust.identity import queries

    actions.read_bounce(portal.actor("ada"), report=report(sent))
    cleo = portal.people["cleo"]
    assert queries.mailable({cleo}) == frozenset()

    actions.clear_bounce(portal.actor("cleo"), person_id=cleo)

    assert queries.mailable({cleo}) == {cleo}


@given(data=st.binary(max_size=4000))
def test_whatever_is_handed_in_is_read_or_refused(data):
    try:
        read_report(data)
    except NotAReport:
        return


@given(cut=st.integers(0, 900), noise=st.binary(max_size=40))
def test_a_report_that_was_cut_or_damaged_is_read_or_refused(cut, noise):
    whole = report(f"<{'A' * 22}@localhost>")
    try:
        read_report(whole[:cut] + noise + whole[cut:])
    except NotAReport:
        return


def test_the_command_takes_a_report_in(portal, sent):
    from muniment.operations import mail_tasks

    assert mail_tasks.run(report(sent)) == "The address is marked."
    with pytest.raises(NotAReport):
        mail_tasks.run(b"From: somebody@else.example\n\nHello\n")

    assert Person.objects.get(id=portal.people["cleo"]).bounced_at is not None
