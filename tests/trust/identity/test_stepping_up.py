"""Whoever does what matters has just shown that it is them: at the decision, whatever the page is."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from django.http import HttpRequest

from muniment.core import clock, ids
from muniment.trust.access import actions as access
from muniment.trust.access import queries as known
from muniment.trust.access.errors import ConfirmFirst
from muniment.trust.access.types import FRESH_MINUTES, PERMISSIONS, Profile, Side, Terms
from tests.cast import signed_in
from tests.trust.identity.authenticators import Authenticator, enrol, options
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes, person_id

READING = {
    "access:explain",
    "client:list",
    "conditions:read",
    "health:read",
    "key:list",
    "link:list",
    "mail:read",
    "person:list",
    "quarantine:read",
    "review:read",
}


def later(visitor, minutes):
    """Let what was proved in a browser's session be so many minutes old."""
    browser = getattr(visitor, "browser", visitor)
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= minutes * 60
    session.modified = True
    session.save()


def invite_page(portal):
    return f"/{ids.public(portal.okoye)}/people/invite/"


def confirm(browser, who, onward="/account/"):
    forget_used_codes(person_id(who))
    return browser.post("/account/confirm/code/", {"code": app_code(who), "next": onward})


@pytest.mark.control("step-up-new-device", "access-how")
def test_every_verb_that_administers_asks_unless_it_only_reads():
    quiet = {verb for verb, one in PERMISSIONS.items() if one.administers and not one.fresh}

    assert quiet <= READING
    assert all(one.fresh for one in PERMISSIONS.values() if one.action in {"sign", "pay"})
    assert {"key:destroy", "key:turn", "conditions:set", "role:set", "person:invite"}.isdisjoint(quiet)


@pytest.mark.parametrize("minutes", [0, FRESH_MINUTES - 1])
def test_who_proved_it_lately_goes_on(portal, minutes):
    cleo = Visitor().sign_in("cleo")
    later(cleo, minutes)

    assert cleo.get(invite_page(portal)).status_code == 200


def test_who_did_not_is_asked_and_comes_back(portal, events):
    cleo = Visitor().sign_in("cleo")
    later(cleo, FRESH_MINUTES + 1)

    asked = cleo.get(invite_page(portal))
    question = cleo.get(asked["Location"])
    answer = confirm(cleo, "cleo", invite_page(portal))

    assert asked.status_code == 302
    assert asked["Location"].startswith("/account/confirm/code/?next=%2F")
    assert "Afterwards you go on where you were" in question.content.decode()
    assert answer["Location"] == invite_page(portal)
    assert cleo.get(invite_page(portal)).status_code == 200
    assert "session.confirmed" in events(portal.okoye)[:3]
    assert "act.refused" in events(portal.okoye)[:4]


def test_pages_that_only_show_are_not_asked_for(portal):
    cleo = Visitor().sign_in("cleo")
    later(cleo, FRESH_MINUTES + 1)

    assert cleo.get(f"/{ids.public(portal.okoye)}/people/").status_code == 200


def test_what_was_sent_waits_and_is_sent_by_the_person(portal):
    cleo = Visitor().sign_in("cleo")
    later(cleo, FRESH_MINUTES + 1)
    given = {
        "name": "New Person",
        "email": "new@okoye.example",
        "role": "user",
        "purpose": "Helps <b>us</b>",
        "until": "",
    }

    asked = cleo.post(invite_page(portal), given)
    question = cleo.get(asked["Location"])
    assert identity_invitations(portal) == 0
    answer = confirm(cleo, "cleo", question.context["next"])
    page = cleo.get(answer["Location"]).content.decode()
    assert identity_invitations(portal) == 0, "nothing is sent by itself"
    sent = cleo.post(invite_page(portal), given)

    assert "What you sent is kept" in question.content.decode()
    assert f'action="{invite_page(portal)}"' in page
    assert 'name="purpose" value="Helps &lt;b&gt;us&lt;/b&gt;"' in page
    assert "Helps <b>us</b>" in unescape(page)
    assert sent.status_code in {200, 302}
    assert identity_invitations(portal) == 1


def identity_invitations(portal):
    from muniment.core.actor import Actor
    from muniment.core.unit import acting_as
    from muniment.trust.identity.models import Invitation

    with acting_as(Actor.system(portal.okoye)):
        return Invitation.objects.filter(client_id=portal.okoye, used_at=None).count()


def test_passwords_and_card_numbers_are_not_kept(portal):
    from django.test import RequestFactory

    from muniment.trust.identity.stepping_up import kept

    for fields in ({"password1": "x", "a": "b"}, {"note": "4111 1111 1111 1111"}, {"note": "x" * 70_000}):
        request = RequestFactory().post("/x/", fields)
        request.session = signed_in(portal.people["cleo"]).session
        name = kept.keep(request)
        found = kept.kept(request.session, name)
        assert (name, found) == ("", None) or (found and "4111" not in str(found))


def test_a_program_is_told_and_not_asked(portal):
    cleo = signed_in(portal.people["cleo"])
    later(cleo, FRESH_MINUTES + 1)

    answer = cleo.get(invite_page(portal), secure=True, headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (403, "confirm-first")


@pytest.mark.control("step-up-new-device", "access-how")
def test_the_decision_itself_asks_whatever_the_page(portal):
    cleo = replace(portal.actor("cleo"), session_id=ids.new())
    fresh = replace(cleo, proved_at=clock.now())
    stale = replace(cleo, proved_at=clock.now() - timedelta(minutes=FRESH_MINUTES, seconds=1))
    ahead = replace(cleo, proved_at=clock.now() + timedelta(minutes=5))

    for actor in (cleo, stale, ahead):
        with pytest.raises(ConfirmFirst):
            access.make_group(actor, name="Board")
    assert access.make_group(fresh, name="Board").name == "Board"


def test_a_clients_conditions_can_say_less_and_never_more(portal):
    cleo = replace(portal.actor("cleo"), session_id=ids.new(), proved_at=clock.now() - timedelta(minutes=5))
    ada = portal.actor("ada", portal.okoye)
    assert known.is_proved(cleo, "administer")

    for minutes, proved in ((3, False), (600, True)):
        terms = Terms(fresh=(("administer", minutes),))
        access.set_profile(replace(ada, authenticated_at=clock.now()), profile=Profile(contacts=Side(terms)))
        assert known.is_proved(cleo, "administer") is proved
    old = replace(cleo, proved_at=clock.now() - timedelta(minutes=FRESH_MINUTES + 1))
    assert not known.is_proved(old, "administer")


def test_a_password_typed_again_is_no_proof(portal):
    from tests.cast import PASSWORD

    cleo = Visitor().sign_in("cleo")
    later(cleo, FRESH_MINUTES + 1)

    answer = cleo.post("/account/confirm/", {"password": PASSWORD, "code": PASSWORD})

    assert answer.status_code == 422
    assert cleo.get(invite_page(portal)).status_code == 302


@pytest.mark.control("step-up-new-device")
def test_a_passkey_confirms(portal):
    cleo, device = Visitor().sign_in("cleo"), Authenticator()
    confirm(cleo, "cleo")
    enrol(cleo, device)
    later(cleo, FRESH_MINUTES + 1)
    page = cleo.get(cleo.get(invite_page(portal))["Location"]).content.decode()
    assert page.index("Confirm with a passkey") < page.index("Code from your authenticator app")

    asked = options(cleo, "/account/confirm/passkey/")
    answer = cleo.post("/account/confirm/passkey/", {"credential": device.prove(asked), "next": invite_page(portal)})

    assert answer["Location"] == invite_page(portal)
    assert cleo.get(invite_page(portal)).status_code == 200


def test_confirming_leads_nowhere_else(portal):
    cleo = Visitor().sign_in("cleo")

    for onward in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"):
        assert confirm(cleo, "cleo", onward)["Location"] == "/account/"


@pytest.mark.control("access-how")
def test_what_is_only_for_passkeys_asks_for_one(portal):
    ada = replace(portal.actor("ada", portal.okoye), authenticated_at=clock.now())
    cleo, device = Visitor().sign_in("cleo"), Authenticator()
    confirm(cleo, "cleo")
    enrol(cleo, device)
    cleo = Visitor().sign_in("cleo")
    access.set_profile(ada, profile=Profile(contacts=Side(Terms(passkey_for=frozenset({"view"})))))
    documents = f"/{ids.public(portal.okoye)}/documents/"

    asked = cleo.get(documents)
    page = cleo.get(asked["Location"])
    question = options(cleo, "/account/confirm/passkey/")
    cleo.post("/account/confirm/passkey/", {"credential": device.prove(question)})

    assert asked["Location"].endswith("&by=passkey")
    assert b'name="code"' not in page.content
    assert cleo.get(documents).status_code == 200


def test_who_has_no_passkey_reads_why(portal):
    ada = replace(portal.actor("ada", portal.okoye), authenticated_at=clock.now())
    access.set_profile(ada, profile=Profile(contacts=Side(Terms(passkey_for=frozenset({"view"})))))
    cleo = Visitor().sign_in("cleo")

    answer = cleo.get(f"/{ids.public(portal.okoye)}/documents/")

    assert answer.status_code == 403
    assert "needs a passkey" in answer.content.decode()


def test_conditions_of_age_lead_to_the_same_question(portal):
    ada = replace(portal.actor("ada", portal.okoye), authenticated_at=clock.now())
    access.set_profile(ada, profile=Profile(contacts=Side(Terms(fresh=(("view", 10),)))))
    cleo = Visitor().sign_in("cleo")
    later(cleo, 11)
    documents = f"/{ids.public(portal.okoye)}/documents/"

    asked = cleo.get(documents)
    confirm(cleo, "cleo")

    assert asked["Location"].startswith("/account/confirm/code/")
    assert cleo.get(documents).status_code == 200


@pytest.mark.control("step-up-new-device")
def test_restricted_things_are_shared_after_a_confirmation_alone(portal):
    from muniment.portal.documents import actions as documents
    from tests.guarantees.things import CONTENT, add_document

    cleo = portal.actor("cleo")
    document_id = add_document(cleo, "Lease.pdf", CONTENT).document_id
    given = {"document_id": document_id, "person_id": portal.people["dan"], "role": "viewer", "purpose": "Look"}
    stale = replace(cleo, session_id=ids.new(), proved_at=None)
    documents.share_document(stale, **given)
    documents.set_label(cleo, target="document", target_id=document_id, label="restricted")

    with pytest.raises(ConfirmFirst):
        documents.share_document(stale, **given)
    assert documents.share_document(replace(stale, proved_at=clock.now()), **given).scope_id == document_id


@pytest.mark.control("gdpr-access-export")
def test_the_log_is_taken_along_after_a_confirmation_alone(portal):
    cleo = Visitor().sign_in("cleo")
    path = f"/{ids.public(portal.okoye)}/log/export/"
    assert cleo.post(path, {"form": "csv"}).status_code == 200
    later(cleo, FRESH_MINUTES + 1)

    assert cleo.post(path, {"form": "csv"})["Location"].startswith("/account/confirm/code/")


def test_other_ways_are_offered_to_whom_they_are_for(portal):
    from muniment.trust.identity.stepping_up import ways

    own = ways.Way("Ask Okoye's own sign-in", "/sso/again/")
    ways._OFFERS.append(lambda request: own if request.user.is_authenticated else None)
    try:
        page = Visitor().sign_in("cleo").get("/account/confirm/code/?next=/account/").content.decode()
    finally:
        ways._OFFERS.pop()

    assert 'href="/sso/again/?next=%2Faccount%2F"' in page


def test_a_record_of_a_provider_that_asked_anew_is_a_proof(portal):
    from muniment.trust.identity import queries

    cleo = signed_in(portal.people["cleo"])
    session = cleo.session
    moment = clock.now().timestamp()
    for records, proved in (
        ([{"method": "socialaccount", "at": moment}], False),
        ([{"method": "socialaccount", "at": moment, "strong": True}], True),
        ([{"method": "password", "at": moment}], False),
        ([{"method": "mfa", "type": "email", "at": moment}], False),
    ):
        session["account_authentication_methods"] = records

        request = HttpRequest()
        request.session = session
        assert (queries.proved_at(request) is not None) is proved


def test_the_portal_itself_and_guests_are_not_asked(portal):
    from muniment.core.actor import Actor

    someone = Actor(kind="contact", person_id=ids.new(), client_id=portal.okoye, session_id=ids.new())
    guest, itself = replace(someone, guest_link_id=ids.new()), Actor.system(portal.okoye)

    assert [is_asked(actor) for actor in (someone, guest, itself)] == [True, False, False]


def is_asked(actor):
    """Return whether an actor has to confirm who they are, by a verb that administers and for what they share."""
    asked = set()
    ways = (partial(known.insist_fresh, actor, "group:set"), partial(known.insist_proved, actor, "share"))
    for insist in ways:
        try:
            insist()
            asked.add(False)
        except ConfirmFirst:
            asked.add(True)
    assert len(asked) == 1, "one way asks and the other does not"
    return asked.pop()
