"""Who is shut out can do nothing from the next request on, by whatever they hold; and can be let back."""

import contextlib
import threading
from dataclasses import replace
from uuid import UUID

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as access
from muniment.trust.access.errors import ConfirmFirst, LastAdministrator, MoreThanYouHave
from muniment.trust.identity import actions
from muniment.trust.identity.errors import LinkOver, NotYourself
from muniment.trust.identity.life.errors import AlreadyDisabled, ErasedPerson
from tests.cast import PASSWORD, Portal, signed_in
from tests.portal.documents.guest import Guest, link_address, page_of, send_link
from tests.portal.documents.uploading import CONTRACT, add
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.life.erasing import erase
from tests.trust.identity.mails import mails

PART = "application/offset+octet-stream"
CONTROL = pytest.mark.control("deactivate-inactive")


def shut_out(portal: Portal, who: str = "cleo") -> None:
    actions.disable_person(portal.actor("ada"), person_id=portal.people[who])


def second_administrator(portal: Portal) -> UUID:
    firm = Actor.system(portal.firm_id, purpose="Tests")
    _, path = actions.invite_person(firm, email="eva@harcourt.example", name="Eva", role="admin", purpose="Tests")
    visitor = Actor(kind="anonymous", client_id=portal.firm_id)
    return actions.accept_invitation(visitor, secret=path.split("/")[3], name="Eva", password=PASSWORD)


@CONTROL
def test_their_session_ends_and_they_cannot_sign_in(portal, events):
    cleo = Visitor().sign_in("cleo")

    shut_out(portal)

    assert not cleo.is_signed_in()
    assert Visitor().password("cleo@okoye.example").status_code == 200  # the form again
    assert "person.disabled" in events(portal.okoye)[:3]
    assert "person.disabled" in events(portal.firm_id)[:3]
    assert "switched off" in mails("cleo")[0][0]


@CONTROL
def test_a_session_that_was_made_past_everything_opens_nothing_either(portal):
    shut_out(portal)
    browser = signed_in(portal.people["cleo"])  # as if a row had been left over

    assert browser.get(f"/{ids.public(portal.okoye)}/documents/", secure=True).status_code == 302
    assert browser.get("/account/", secure=True)["Location"].startswith("/sign-in/")


@CONTROL
def test_a_link_that_they_sent_lets_nobody_in_and_puts_out_who_is_in(portal):
    cleo = portal.actor("cleo")
    document_id = add(cleo, "Lease.pdf", CONTRACT).document_id
    send_link(cleo, "document", document_id)
    address = link_address()
    guest = Guest(portal.okoye).come_in(address)
    assert guest.get(page_of(document_id)).status_code == 200

    shut_out(portal)

    assert guest.get(page_of(document_id)).status_code == 410
    assert Guest(portal.okoye, ip="198.51.100.9").get(address).status_code == 410


@CONTROL
def test_an_upload_that_runs_takes_no_further_part(portal):
    cleo = portal.actor("cleo")
    browser = signed_in(portal.people["cleo"])
    upload = documents.begin_upload(cleo, name="Long.pdf", size_bytes=20)
    address = f"/{ids.public(portal.okoye)}/uploads/{ids.public(upload.id)}/"
    assert send(browser, address, 0).status_code == 204

    shut_out(portal)

    assert send(browser, address, 10).status_code in {302, 403}
    actions.enable_person(portal.actor("ada"), person_id=portal.people["cleo"])
    assert send(signed_in(portal.people["cleo"]), address, 10).status_code == 410  # it began before they were shut out


@CONTROL
def test_an_invitation_that_they_sent_brings_nobody_in(portal):
    _, path = actions.invite_person(
        portal.actor("cleo"), email="new@okoye.example", name="New", role="guest", purpose="Helps"
    )
    shut_out(portal)
    visitor = Actor(kind="anonymous", client_id=portal.okoye)

    with pytest.raises(LinkOver):
        actions.accept_invitation(visitor, secret=path.split("/")[3], name="New", password=PASSWORD)


@CONTROL
def test_a_link_that_resets_their_password_is_over(portal):
    from muniment.trust.identity.actions.passwords import reset_path
    from muniment.trust.identity.models import Person

    path = reset_path(Person.objects.get(id=portal.people["cleo"]))
    shut_out(portal)

    assert Visitor().get(path).status_code == 404


def test_who_is_let_back_has_what_they_had(portal, events):
    shut_out(portal)

    actions.enable_person(portal.actor("ada"), person_id=portal.people["cleo"])

    cleo = Visitor().sign_in("cleo")
    assert cleo.get(f"/{ids.public(portal.okoye)}/documents/").status_code == 200
    assert "person.enabled" in events(portal.okoye)
    assert "again" in mails("cleo")[0][0]


@CONTROL
def test_the_last_administrator_is_never_shut_out(portal):
    host = Actor.system(portal.firm_id, purpose="Tests")

    with pytest.raises(LastAdministrator):
        actions.disable_person(host, person_id=portal.people["ada"])

    other = second_administrator(portal)
    actions.disable_person(host, person_id=portal.people["ada"])
    with pytest.raises(LastAdministrator):
        actions.disable_person(host, person_id=other)


def test_who_is_shut_out_does_not_count_as_an_administrator(portal):
    """Of two, one is shut out: then what the other has cannot end either."""
    firm = Actor.system(portal.firm_id, purpose="Tests")
    other = second_administrator(portal)
    actions.disable_person(firm, person_id=other)

    with pytest.raises(LastAdministrator):
        access.end_grants_of(firm, person_id=portal.people["ada"])


def test_an_admin_shuts_out_no_super_admin(portal):
    eva = replace(portal.actor("ada"), person_id=second_administrator(portal))
    eva = replace(eva, firm_verbs=portal.actor("ada").firm_verbs - {"mail:read"})

    with pytest.raises(MoreThanYouHave):
        actions.disable_person(eva, person_id=portal.people["ada"])


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
def test_only_who_administers_the_firm_shuts_people_out(portal, who):
    with pytest.raises(NotFound):
        actions.disable_person(portal.actor(who), person_id=portal.people["dan"])
    with pytest.raises(NotFound):
        actions.enable_person(portal.actor(who), person_id=portal.people["dan"])
    with pytest.raises(NotFound):
        actions.set_break_glass(portal.actor(who), person_id=portal.people["ada"], on=True)


def test_nobody_shuts_themselves_out_or_lets_themselves_in(portal):
    with pytest.raises(NotYourself):
        shut_out(portal, "ada")
    with pytest.raises(NotYourself):
        actions.enable_person(portal.actor("ada"), person_id=portal.people["ada"])


def test_repeating_it_is_refused(portal):
    shut_out(portal)

    with pytest.raises(AlreadyDisabled):
        shut_out(portal)
    with pytest.raises(AlreadyDisabled):
        actions.enable_person(portal.actor("ada"), person_id=portal.people["dan"])


def test_a_browser_that_did_not_confirm_lately_is_asked(portal):
    ada = replace(portal.actor("ada"), session_id=ids.new())

    with pytest.raises(ConfirmFirst):
        actions.disable_person(ada, person_id=portal.people["cleo"])


def test_who_was_erased_is_not_let_back(portal):
    erase(portal.people["dan"])

    with pytest.raises(ErasedPerson):
        actions.enable_person(portal.actor("ada"), person_id=portal.people["dan"])


def send(browser, address, offset):
    return browser.patch(
        address,
        b"x" * 10,
        content_type=PART,
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)},
        secure=True,
    )


@CONTROL
def test_two_administrators_who_shut_each_other_out_at_once_leave_one(portal):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from muniment.trust.access import queries
    from muniment.trust.identity.life.actions import disabling

    eva, both = second_administrator(portal), threading.Barrier(2)
    asked = disabling.is_last_administrator

    def ask_together(person_id: UUID) -> bool:
        found = asked(person_id)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(2)  # without a lock both have looked by now, and neither has written
        return found

    def shut(pair: tuple[UUID, UUID]) -> str:
        actor = replace(portal.actor("ada"), person_id=pair[0])
        try:
            actions.disable_person(actor, person_id=pair[1])
        except LastAdministrator as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    ada = portal.people["ada"]
    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(2) as pool:
        patched.setattr(disabling, "is_last_administrator", ask_together)
        answers = sorted(pool.map(shut, [(ada, eva), (eva, ada)]))

    assert answers == ["done", "last-administrator"]
    assert len(queries.administrators()) == 1
