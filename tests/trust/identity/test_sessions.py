"""Sessions: a hash of the key, sealed facts, an end that holds at the next request."""

from datetime import timedelta

import pytest

from tests.cast import PASSWORD
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes

NEW = "nine lanterns drift under ice"


def key_of(browser):
    return browser.browser.cookies["__Host-session"].value


def row_of(browser):
    from muniment.trust.identity import sessions

    return sessions.SessionStore(key_of(browser))._row()


def test_the_key_is_new_at_sign_in(portal):
    cleo = Visitor()
    cleo.password("cleo@okoye.example")
    before = key_of(cleo)

    cleo.sign_in("cleo")

    assert key_of(cleo) != before
    assert row_of(cleo).person_id == portal.people["cleo"]


def test_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(portal):
    cookie = Visitor().sign_in("cleo").browser.cookies["__Host-session"]

    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert not cookie["domain"]


def test_neither_key_nor_facts_are_in_the_database(portal):
    from django.db import connection

    cleo = Visitor().sign_in("cleo")

    with connection.cursor() as cursor:
        cursor.execute(
            "select string_agg(s::text || encode(s.data, 'escape') || encode(s.device, 'escape'), '') from session s"
        )
        stored = cursor.fetchone()[0]
    assert key_of(cleo) not in stored
    assert "192.0.2.10" not in stored
    assert "Firefox" not in stored
    assert "_auth_user_id" not in stored


def test_a_list_shows_device_and_address_and_which_one_this_is(portal):
    cleo, phone = Visitor().sign_in("cleo"), Visitor(ip="198.51.100.7", agent="Mozilla/5.0 (iPhone) Safari/604.1")
    phone.sign_in("cleo")

    shown = cleo.get("/account/").context["sessions"]

    assert {(one["device"], one["ip"], one["is_current"]) for one in shown} == {
        ("Firefox on Linux", "192.0.2.10", True),
        ("Safari on iPhone", "198.51.100.7", False),
    }


def test_ending_one_session_ends_it_at_its_next_request(portal, events):
    cleo, phone = Visitor().sign_in("cleo"), Visitor(ip="198.51.100.7").sign_in("cleo")
    other = next(one for one in cleo.get("/account/").context["sessions"] if not one["is_current"])

    cleo.post(other["end_url"])

    assert not phone.is_signed_in()
    assert cleo.is_signed_in()
    assert events(portal.okoye)[0] == "session.ended"


def test_ending_all_others_keeps_this_one(portal):
    cleo, phone = Visitor().sign_in("cleo"), Visitor(ip="198.51.100.7").sign_in("cleo")

    cleo.post("/account/sessions/others/end/")

    assert not phone.is_signed_in()
    assert cleo.is_signed_in()


def test_another_persons_session_is_not_there(portal):
    from muniment.core import ids

    cleo, mallory = Visitor().sign_in("cleo"), Visitor(ip="198.51.100.7").sign_in("mallory")

    answer = mallory.post(f"/account/sessions/{ids.public(row_of(cleo).id)}/end/")

    assert answer.status_code == 404
    assert cleo.is_signed_in()


@pytest.mark.control("session-kill-on-pw-change")
def test_a_changed_password_ends_every_other_session_and_renews_this_key(portal, events):
    from muniment.trust.identity.models import Person

    cleo, phone = Visitor().sign_in("cleo"), Visitor(ip="198.51.100.7").sign_in("cleo")
    old_key, before = key_of(cleo), Person.objects.get(id=portal.people["cleo"]).credentials_changed_at

    answer = cleo.post("/account/password/", {"oldpassword": PASSWORD, "password1": NEW})

    assert answer["Location"] == "/account/"
    assert cleo.is_signed_in()
    assert key_of(cleo) != old_key
    assert not phone.is_signed_in()
    assert Person.objects.get(id=portal.people["cleo"]).credentials_changed_at > before
    assert events(portal.okoye)[0] == "password.changed"
    stale = Visitor()
    stale.browser.cookies["__Host-session"] = old_key
    assert not stale.is_signed_in(), "the old key of this very browser is worth nothing"


def test_a_session_ends_after_a_while_without_a_request(portal):
    from muniment.core import clock
    from muniment.trust.identity.models import Session

    cleo = Visitor().sign_in("cleo")
    Session.objects.update(used_at=clock.now() - timedelta(minutes=31))

    assert not cleo.is_signed_in()


def test_a_session_ends_after_twelve_hours_however_busy(portal):
    from muniment.core import clock
    from muniment.trust.identity.models import Session

    cleo = Visitor().sign_in("cleo")
    assert row_of(cleo).expires_at - row_of(cleo).created_at == timedelta(hours=12)
    Session.objects.update(expires_at=clock.now())

    assert not cleo.is_signed_in()


def test_use_is_noted_at_most_every_minute(portal):
    from muniment.core import clock
    from muniment.trust.identity.models import Session

    cleo = Visitor().sign_in("cleo")
    recent, old = clock.now() - timedelta(seconds=30), clock.now() - timedelta(seconds=90)
    Session.objects.update(used_at=recent)
    cleo.get("/account/")
    assert row_of(cleo).used_at == recent
    Session.objects.update(used_at=old)
    cleo.get("/account/")

    assert row_of(cleo).used_at > old


def test_saving_does_not_bring_an_ended_session_back(portal):
    from django.contrib.sessions.backends.base import UpdateError

    from muniment.trust.identity.models import Session
    from muniment.trust.identity.sessions import SessionStore

    store = SessionStore(key_of(Visitor().sign_in("cleo")))
    store["something"] = 1
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


@pytest.mark.control("session-timeout", "session-list-revoke")
def test_a_confirmation_renews_the_key_and_neither_the_hours_nor_what_the_list_says(portal):
    from muniment.trust.identity.models import Session

    cleo = Visitor().sign_in("cleo")
    began = row_of(cleo).created_at - timedelta(hours=11)
    Session.objects.update(created_at=began, expires_at=began + timedelta(hours=12))
    before, old_key = row_of(cleo), key_of(cleo)
    forget_used_codes(portal.people["cleo"])

    assert cleo.post("/account/confirm/code/", {"code": app_code("cleo"), "next": "/account/"}).status_code == 302

    assert key_of(cleo) != old_key
    after = row_of(cleo)
    assert (after.id, after.created_at, after.expires_at) == (before.id, before.created_at, before.expires_at)
    (shown,) = cleo.get("/account/").context["sessions"]
    assert (shown["device"], shown["ip"]) == ("Firefox on Linux", "192.0.2.10")
    stale = Visitor()
    stale.browser.cookies["__Host-session"] = old_key
    assert not stale.is_signed_in()


@pytest.mark.control("session-list-revoke")
def test_a_new_key_does_not_bring_an_ended_session_back(portal):
    from django.contrib.sessions.exceptions import SessionInterrupted

    from muniment.trust.identity.models import Session
    from muniment.trust.identity.sessions import SessionStore

    store = SessionStore(key_of(Visitor().sign_in("cleo")))
    assert store["_auth_user_id"]
    Session.objects.all().delete()

    with pytest.raises(SessionInterrupted):
        store.cycle_key()
    assert not Session.objects.exists()


@pytest.mark.control("session-timeout")
def test_what_a_page_keeps_is_not_what_somebody_does(portal):
    from muniment.core import clock
    from muniment.trust.identity.models import Session
    from muniment.trust.identity.sessions import SessionStore

    cleo = Visitor().sign_in("cleo")
    used = clock.now() - timedelta(minutes=20)
    Session.objects.update(used_at=used)
    store = SessionStore(key_of(cleo))
    store["something"] = 1
    store.save()

    assert row_of(cleo).used_at == used
    assert SessionStore(key_of(cleo))["something"] == 1


def test_sealed_data_moved_to_another_session_does_not_open(portal):
    from django.db import connection

    from muniment.trust.vault.errors import SealBroken

    browser = Visitor(ip="198.51.100.7").sign_in("mallory")
    cleo, mallory = row_of(Visitor().sign_in("cleo")), row_of(browser)
    with connection.cursor() as cursor:
        cursor.execute(
            "update session set data = (select data from session where id = %s) where id = %s", [cleo.id, mallory.id]
        )

    with pytest.raises(SealBroken):
        mallory.refresh_from_db()
    assert not browser.is_signed_in()


def test_what_ran_out_is_swept(portal):
    from muniment.core import clock
    from muniment.trust.identity import actions
    from muniment.trust.identity.models import Session

    Visitor().sign_in("cleo")
    Session.objects.update(expires_at=clock.now() - timedelta(seconds=1))

    actions.sweep_sessions()

    assert not Session.objects.exists()
