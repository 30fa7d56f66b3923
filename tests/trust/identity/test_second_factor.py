"""Everyone has a second factor: an app, and recovery codes for the day it is lost."""

import base64
import json

import pytest
from django.db import connection

from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import SealBroken
from tests.cast import PASSWORD, PEOPLE
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes, person_id

CLEO = PEOPLE["cleo"][1]


def without_factor(who):
    """Take somebody's factor away, as if they had just joined, and sign them in with the password."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user_id=person_id(who)).delete()
    browser = Visitor()
    browser.password(PEOPLE[who][1])
    return browser


def enrol(browser):
    """Set an app up from the page that shows its secret; return the page after it."""
    page = browser.get("/account/factor/")
    secret = page.context["form"].secret
    return browser.post("/account/factor/", {"code": code_of(secret)}), secret


def code_of(secret, steps=0):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    from muniment.core import clock

    return format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30 + steps))


def confirm(browser, who):
    forget_used_codes(person_id(who))
    return browser.post("/account/confirm/code/?next=/account/", {"code": app_code(who)})


@pytest.mark.control("mfa-know-plus-have", "five-controls")
@pytest.mark.parametrize("path", ["/", "/account/", "/account/password/", "/account/recovery-codes/", "/mail/"])
def test_without_a_factor_every_page_leads_to_enrolment(portal, path):
    cleo = without_factor("cleo")

    answer = cleo.get(path)

    assert (answer.status_code, answer["Location"]) == (302, "/account/factor/")


def test_without_a_factor_the_pages_of_a_client_lead_to_enrolment(portal):
    from muniment.core import ids

    cleo = without_factor("cleo")

    assert cleo.get(f"/{ids.public(portal.okoye)}/people/")["Location"] == "/account/factor/"


def test_enrolment_opens_the_portal_and_shows_ten_codes_once(portal, events):
    cleo = without_factor("cleo")

    answer, _ = enrol(cleo)
    page = cleo.get(answer["Location"])
    text = cleo.get("/account/recovery-codes.txt")
    opened = cleo.get("/account/")

    codes = page.context["unused_codes"]
    assert len(set(codes)) == 10
    assert all(code in text.content.decode() for code in codes)
    assert text["Content-Type"].startswith("text/plain")
    assert "attachment" in text["Content-Disposition"]
    assert opened.status_code == 200
    assert codes[0] not in cleo.get("/account/recovery-codes/").content.decode()
    assert cleo.get("/account/recovery-codes.txt").status_code == 404
    assert events(portal.okoye)[:2] == ["act.refused", "factor.added"]  # the codes that are gone, asked for again


def test_the_picture_is_drawn_without_anything_from_elsewhere(portal):
    page = without_factor("cleo").get("/account/factor/").content.decode()

    assert "<svg" in page
    assert "data:image" not in page
    assert "<?xml" not in page


def test_a_wrong_first_code_enrols_nothing(portal):
    cleo = without_factor("cleo")
    secret = cleo.get("/account/factor/").context["form"].secret

    answer = cleo.post("/account/factor/", {"code": "000000"})

    assert answer.status_code == 422
    assert answer.context["form"].secret == secret, "the app keeps the secret it has scanned"
    assert cleo.get("/account/")["Location"] == "/account/factor/"


@pytest.mark.control("mfa-know-plus-have")
def test_a_code_of_the_app_signs_in_once(portal):
    code = app_code("cleo")
    forget_used_codes(portal.people["cleo"])
    one, two = Visitor(), Visitor()
    one.password(CLEO)
    two.password(CLEO)

    assert one.code(code).status_code == 302
    assert two.code(code).status_code == 200, "a code that was seen over the shoulder is worth nothing"


def test_the_code_that_enrolled_does_not_sign_in(portal):
    cleo = without_factor("cleo")
    code = code_of(cleo.get("/account/factor/").context["form"].secret)
    cleo.post("/account/factor/", {"code": code})
    elsewhere = Visitor()
    elsewhere.password(CLEO)

    assert elsewhere.code(code).status_code == 200


def test_an_older_code_is_refused_after_a_newer_one(portal):
    forget_used_codes(portal.people["cleo"])
    one, two = Visitor(), Visitor()
    one.password(CLEO)
    two.password(CLEO)

    assert one.code(app_code("cleo", steps=1)).status_code == 302
    assert two.code(app_code("cleo", steps=0)).status_code == 200


def test_used_codes_are_remembered_through_the_loss_of_the_cache(portal):
    from django.core.cache import cache

    code = app_code("cleo")
    forget_used_codes(portal.people["cleo"])
    one, two = Visitor(), Visitor()
    one.password(CLEO)
    assert one.code(code).status_code == 302
    cache.clear()
    two.password(CLEO)

    assert two.code(code).status_code == 200


def test_a_recovery_code_signs_in_once(portal):
    cleo = without_factor("cleo")
    answer, _ = enrol(cleo)
    code = cleo.get(answer["Location"]).context["unused_codes"][3]
    one, two = Visitor(), Visitor()
    one.password(CLEO)
    two.password(CLEO)

    assert one.code(f"{code[:4]}-{code[4:]}").status_code == 302
    assert two.code(code).status_code == 200
    assert one.get("/account/").context["recovery_codes_left"] == 9


@pytest.mark.parametrize("path", ["/account/factor/change/", "/account/recovery-codes/new/"])
def test_a_stolen_session_changes_nothing_without_a_code(portal, path):
    cleo = Visitor().sign_in("cleo")

    asked, posted = cleo.get(path), cleo.post(path)

    assert asked["Location"] == posted["Location"] == f"/account/confirm/code/?next={path.replace('/', '%2F')}"


def test_changing_the_app_ends_the_old_one_and_every_other_session(portal, events):
    cleo, elsewhere = Visitor().sign_in("cleo"), Visitor(ip="192.0.2.77").sign_in("cleo")
    old_key = cleo.browser.cookies["__Host-session"].value
    assert confirm(cleo, "cleo").status_code == 302

    answer = cleo.post("/account/factor/change/")
    after, _ = enrol(cleo)

    assert answer["Location"] == "/account/factor/"
    assert after["Location"] == "/account/recovery-codes/"
    assert not elsewhere.is_signed_in()
    assert cleo.is_signed_in()
    assert cleo.browser.cookies["__Host-session"].value != old_key
    assert events(portal.okoye)[:2] == ["factor.added", "factor.removed"]


def test_new_recovery_codes_end_the_old_ones(portal, events):
    cleo = without_factor("cleo")
    answer, _ = enrol(cleo)
    old = cleo.get(answer["Location"]).context["unused_codes"]
    confirm(cleo, "cleo")

    made = cleo.post("/account/recovery-codes/new/")
    new = cleo.get(made["Location"]).context["unused_codes"]
    elsewhere = Visitor()
    elsewhere.password(CLEO)

    assert len(set(new) - set(old)) == 10
    assert elsewhere.code(old[0]).status_code == 200
    assert elsewhere.code(new[0]).status_code == 302
    assert "recovery-codes.made" in events(portal.okoye)


@pytest.mark.control("rest-personal")
def test_secrets_are_sealed_in_the_database(portal):
    from allauth.mfa.models import Authenticator

    cleo = without_factor("cleo")
    _, secret = enrol(cleo)

    with connection.cursor() as cursor:
        cursor.execute("select data from mfa_authenticator where user_id = %s", [portal.people["cleo"]])
        stored = b"".join(bytes(data) for (data,) in cursor.fetchall())
    app = Authenticator.objects.get(user_id=portal.people["cleo"], type="totp")
    assert b"secret" not in stored
    assert b"seed" not in stored
    assert secret.encode() not in stored
    assert app.data["secret"] == secret


def test_a_factor_moved_to_another_person_does_not_open(portal):
    from allauth.mfa.models import Authenticator

    theirs = Authenticator.objects.get(user_id=portal.people["dan"], type="totp")
    with connection.cursor() as cursor:
        cursor.execute(
            "update mfa_authenticator set data = (select data from mfa_authenticator where id = %s) "
            "where user_id = %s and type = 'totp'",
            [theirs.id, portal.people["cleo"]],
        )

    with pytest.raises(SealBroken):
        _ = Authenticator.objects.get(user_id=portal.people["cleo"], type="totp").data


def test_a_factor_from_before_whole_rows_were_sealed_still_opens_and_is_sealed_when_it_changes(portal):
    from allauth.mfa.models import Authenticator

    row = Authenticator.objects.get(user_id=portal.people["cleo"], type="totp")
    old = row.data | {"secret": base64.urlsafe_b64encode(vault.seal_for_people(b"second factor", b"OLDONE")).decode()}
    with connection.cursor() as cursor:
        cursor.execute("update mfa_authenticator set data = %s where id = %s", [json.dumps(old).encode(), row.id])

    found = Authenticator.objects.get(id=row.id)
    assert found.data["secret"] == "OLDONE"
    found.save(update_fields=["data"])

    with connection.cursor() as cursor:
        cursor.execute("select data from mfa_authenticator where id = %s", [row.id])
        assert bytes(cursor.fetchone()[0])[:1] != b"{"
    assert Authenticator.objects.get(id=row.id).data["secret"] == "OLDONE"


def test_not_even_the_right_password_confirms(portal):
    cleo = Visitor().sign_in("cleo")

    answer = cleo.post("/account/confirm/?next=/account/", {"password": PASSWORD})

    assert answer.status_code == 422


@pytest.mark.control("rest-personal")
def test_a_factor_is_sealed_with_the_key_of_its_person_and_ends_with_it(portal):
    from allauth.mfa.models import Authenticator

    row = Authenticator.objects.get(user_id=portal.people["cleo"], type="totp")
    row.save(update_fields=["data"])
    with connection.cursor() as cursor:
        cursor.execute("select data from mfa_authenticator where id = %s", [row.id])
        (stored,) = cursor.fetchone()

    assert bytes(stored)[:17] == b"\x03" + portal.people["cleo"].bytes
