"""One's own passkeys and keys: the first, the list, names, the last one, and what is kept of them."""

import pytest
from django.db import connection

from tests.cast import PEOPLE
from tests.trust.identity.authenticators import Authenticator, confirmed, enrol, options, sign_in, stored, with_passkey
from tests.trust.identity.browsers import Visitor

CLEO, DAN = PEOPLE["cleo"][1], PEOPLE["dan"][1]


def test_the_first_way_in_can_be_a_passkey_and_brings_recovery_codes(portal, events):
    from allauth.mfa.models import Authenticator as Row

    Row.objects.filter(user_id=portal.people["cleo"]).delete()
    browser, device = Visitor(), Authenticator(synced=True)
    browser.password(CLEO)
    assert browser.get("/")["Location"].startswith("/account/factor/")

    answer = enrol(browser, device)
    page = browser.get(answer["Location"])

    assert answer["Location"] == "/account/recovery-codes/"
    assert len(set(page.context["unused_codes"])) == 10
    assert browser.is_signed_in()
    assert events(portal.okoye)[0] == "factor.added"
    assert sign_in(Visitor(), device).status_code == 302


def test_a_stolen_session_adds_and_removes_nothing(portal):
    with_passkey("cleo")
    browser = Visitor().sign_in("cleo")
    (kept,) = stored()
    known = browser.get("/account/").context["passkeys"][0]
    from muniment.core import ids

    paths = ["/account/passkeys/add/", f"/account/passkeys/{ids.public(known.id)}/remove/"]

    answers = [browser.post(path, {"kind": "passkey", "name": "x", "begin": "1"}) for path in paths]

    assert all(answer["Location"].startswith("/account/confirm/code/?next=") for answer in answers)
    assert stored() == [kept]


def test_the_list_says_when_and_where_and_what_it_is_can_be_renamed(portal, events):
    from muniment.core import ids

    device = with_passkey("cleo", synced=True)
    sign_in(Visitor(), device)
    browser = confirmed("cleo")
    (shown,) = browser.get("/account/").context["passkeys"]
    assert (shown.name, shown.alone, shown.synced) == ("Phone", True, True)
    assert shown.used_at is not None

    answer = browser.post(f"/account/passkeys/{ids.public(shown.id)}/rename/", {"name": "Blue  phone"})

    assert answer.status_code == 302
    assert browser.get("/account/").context["passkeys"][0].name == "Blue phone"
    assert "factor.renamed" in events(portal.okoye)[:3]


def test_nobody_sees_renames_or_removes_somebody_elses(portal):
    from muniment.core import ids

    with_passkey("dan")
    key = stored()[0]["key"]
    browser = confirmed("cleo")
    from uuid import UUID

    public = ids.public(UUID(key))
    answers = [
        browser.get(f"/account/passkeys/{public}/rename/"),
        browser.post(f"/account/passkeys/{public}/rename/", {"name": "Mine"}),
        browser.get(f"/account/passkeys/{public}/remove/"),
        browser.post(f"/account/passkeys/{public}/remove/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert stored()[0]["name"] == "Phone"


def test_removing_one_ends_every_other_session_and_it_signs_in_no_more(portal, events):
    from muniment.core import ids

    device = with_passkey("cleo")
    elsewhere, browser = Visitor(), confirmed("cleo")
    assert sign_in(elsewhere, device).status_code == 302
    (shown,) = browser.get("/account/").context["passkeys"]

    answer = browser.post(f"/account/passkeys/{ids.public(shown.id)}/remove/")

    assert answer.status_code == 302
    assert browser.is_signed_in()
    assert not elsewhere.is_signed_in()
    assert sign_in(Visitor(), device).status_code == 422
    assert "factor.removed" in events(portal.okoye)[:4]


@pytest.mark.control("mfa-required")
def test_the_last_one_stays(portal):
    from allauth.mfa.models import Authenticator as Row

    from muniment.core import ids

    device = with_passkey("cleo")
    Row.objects.filter(user_id=portal.people["cleo"], type="totp").delete()
    browser = Visitor()
    sign_in(browser, device)
    asked = options(browser, "/account/confirm/passkey/")
    assert browser.post("/account/confirm/passkey/", {"credential": device.prove(asked)}).status_code == 302
    (shown,) = browser.get("/account/").context["passkeys"]

    answer = browser.post(f"/account/passkeys/{ids.public(shown.id)}/remove/")

    assert answer.status_code == 409
    assert len(stored()) == 1


def test_removing_the_app_leaves_passkeys_and_recovery_codes(portal):
    from allauth.mfa.models import Authenticator as Row

    with_passkey("cleo")
    browser = confirmed("cleo")

    browser.post("/account/factor/change/")

    kinds = set(Row.objects.filter(user_id=portal.people["cleo"]).values_list("type", flat=True))
    assert kinds == {"webauthn", "recovery_codes"}


@pytest.mark.control("rest-personal")
def test_what_is_kept_of_a_passkey_is_sealed_for_its_person(portal):
    from fido2.utils import websafe_encode

    device = with_passkey("cleo")

    with connection.cursor() as cursor:
        cursor.execute("select data from mfa_authenticator where type = 'webauthn'")
        ((found,),) = cursor.fetchall()
    assert bytes(found)[1:17] == portal.people["cleo"].bytes
    for clear in (device.id, websafe_encode(device.id).encode(), b"Phone"):
        assert clear not in bytes(found)


def test_the_code_page_takes_no_answer_of_a_key(portal):
    """The sign-in library's own form would take it with its own limits; our page has its own address."""
    device, browser = with_passkey("cleo", "key"), Visitor()
    browser.password(CLEO)
    asked = options(browser, "/sign-in/key/")

    answer = browser.post("/sign-in/code/", {"credential": device.prove(asked)})

    assert answer.status_code == 200
    assert not browser.is_signed_in()


def test_a_contact_has_twenty_at_most(portal):
    from muniment.core.actor import Actor
    from muniment.trust.identity.errors import TooManyPasskeys
    from muniment.trust.identity.passkeys.actions import MOST, add_passkey
    from muniment.trust.identity.passkeys.types import Made

    cleo = Actor(kind="contact", person_id=portal.people["cleo"])
    made = Made({}, 0, alone=True, synced=False)
    for number in range(MOST):
        add_passkey(cleo, made=made, name=f"Key {number}")

    with pytest.raises(TooManyPasskeys):
        add_passkey(cleo, made=made, name="One more")
