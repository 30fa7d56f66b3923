"""Passkeys sign in by themselves, keys are a second step, and what was not made for this portal proves nothing."""

import json

import pytest

from muniment.trust.identity.passkeys.ceremonies import LASTS_SECONDS
from tests.cast import PEOPLE
from tests.trust.identity.authenticators import Authenticator, confirmed, enrol, options, sign_in, stored, with_passkey
from tests.trust.identity.browsers import Visitor

CLEO, DAN = PEOPLE["cleo"][1], PEOPLE["dan"][1]


@pytest.mark.control("mfa-know-plus-have", "mfa-required")
def test_a_passkey_signs_in_by_itself(portal, events):
    device, browser = with_passkey("cleo"), Visitor()

    answer = sign_in(browser, device)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.is_signed_in()
    assert events(portal.okoye)[:2] == ["session.started", "factor.added"]


def test_signing_in_goes_on_where_it_was_asked_for_and_nowhere_else(portal):
    device = with_passkey("cleo")
    wanted, elsewhere = Visitor(), Visitor()
    asked = [options(one, "/sign-in/passkey/") for one in (wanted, elsewhere)]

    answers = [
        one.post("/sign-in/passkey/", {"credential": device.prove(question), "next": onward})
        for one, question, onward in ((wanted, asked[0], "/account/"), (elsewhere, asked[1], "https://evil.example/"))
    ]

    assert [answer["Location"] for answer in answers] == ["/account/", "/"]


@pytest.mark.control("mfa-know-plus-have", "mfa-required", "two-step")
def test_a_security_key_is_the_second_step(portal):
    device, browser = with_passkey("cleo", "key"), Visitor()
    browser.password(CLEO)
    assert not browser.is_signed_in()

    asked = options(browser, "/sign-in/key/")
    answer = browser.post("/sign-in/key/", {"credential": device.prove(asked)})

    assert answer.status_code == 302
    assert browser.is_signed_in()


def test_a_security_key_that_asks_nobody_who_holds_it_does_not_sign_in_alone(portal):
    device, browser = with_passkey("cleo", "key", verifies=False), Visitor()

    answer = sign_in(browser, device)

    assert answer.status_code == 422
    assert not browser.is_signed_in()


def test_a_passkey_is_not_made_by_a_device_that_asks_nobody(portal):
    device = Authenticator(verifies=False)

    answer = enrol(confirmed("cleo"), device)

    assert answer.status_code == 422
    assert stored() == []


@pytest.mark.parametrize("algorithm", [-65535, -9999])
def test_a_key_of_a_kind_that_was_not_offered_is_not_taken(portal, algorithm):
    device = Authenticator(algorithm=algorithm)

    assert enrol(confirmed("cleo"), device).status_code == 422
    assert stored() == []


@pytest.mark.control("mfa-know-plus-have", "user-auth-robust")
@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://portal.evil.example"},
        {"origin": "https://localhost"},
        {"origin": "https://localhost:1"},
        {"origin": "https://sub.localhost:8443"},
        {"origin": "http://localhost:8443"},
        {"origin": ""},
        {"type": "webauthn.create"},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"person": b"x" * 16},
        {"person": None},
    ],
    ids=lambda wrong: "-".join(f"{name} {value!r}" for name, value in wrong.items()),
)
def test_an_answer_from_elsewhere_signs_nobody_in(portal, events, wrong):
    device, browser = with_passkey("cleo"), Visitor()

    answer = sign_in(browser, device, **wrong)

    assert answer.status_code == 422
    assert not browser.is_signed_in()
    assert "session.started" not in events(portal.okoye)[:1]


def test_an_answer_for_another_portal_signs_nobody_in(portal):
    device, browser = with_passkey("cleo"), Visitor()
    device.portal = "evil.example"

    assert sign_in(browser, device).status_code == 422
    assert not browser.is_signed_in()


def test_a_credential_of_another_portal_or_page_is_not_taken(portal):
    for device in (Authenticator(portal="evil.example"), Authenticator(origin="https://evil.example")):
        assert enrol(confirmed("cleo"), device).status_code == 422
    assert stored() == []


def test_an_answer_is_worth_one_sign_in(portal):
    device, browser, other = with_passkey("cleo"), Visitor(), Visitor()
    asked = options(browser, "/sign-in/passkey/")
    answer = device.prove(asked)

    assert browser.post("/sign-in/passkey/", {"credential": answer}).status_code == 302
    options(other, "/sign-in/passkey/")
    assert other.post("/sign-in/passkey/", {"credential": answer}).status_code == 422


def test_a_challenge_is_worth_one_answer_right_or_wrong(portal):
    device, browser = with_passkey("cleo"), Visitor()
    asked = options(browser, "/sign-in/passkey/")
    browser.post("/sign-in/passkey/", {"credential": device.prove(asked, origin="https://evil.example")})

    assert browser.post("/sign-in/passkey/", {"credential": device.prove(asked)}).status_code == 422


def test_a_challenge_put_back_into_the_session_is_worth_nothing(portal):
    from muniment.trust.identity.passkeys import ceremonies
    from muniment.trust.identity.passkeys.types import Unproved
    from muniment.trust.identity.sessions import SessionStore

    session = SessionStore()
    ceremonies.options_to_prove(session, "sign-in", None, [])
    kept = session[ceremonies.CHALLENGE]
    ceremonies.challenge(session, "sign-in", None)
    session[ceremonies.CHALLENGE] = kept

    with pytest.raises(Unproved, match="challenge"):
        ceremonies.challenge(session, "sign-in", None)


def test_a_challenge_is_over_after_five_minutes(portal, monkeypatch):
    from datetime import timedelta

    from muniment.core import clock

    device, browser = with_passkey("cleo"), Visitor()
    asked = options(browser, "/sign-in/passkey/")
    later = clock.now() + timedelta(seconds=LASTS_SECONDS + 1)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert browser.post("/sign-in/passkey/", {"credential": device.prove(asked)}).status_code == 422


def test_a_challenge_for_one_thing_is_none_for_another(portal):
    device, browser = with_passkey("cleo"), Visitor()
    asked = options(browser, "/sign-in/passkey/")
    browser.password(CLEO)

    browser.post("/sign-in/key/", {"credential": device.prove(asked)})

    assert not browser.is_signed_in()


@pytest.mark.control("mfa-know-plus-have")
def test_another_persons_key_is_no_second_step(portal):
    theirs, browser = with_passkey("dan", "key"), Visitor()
    with_passkey("cleo", "key")
    browser.password(CLEO)

    asked = options(browser, "/sign-in/key/")
    browser.post("/sign-in/key/", {"credential": theirs.prove(asked)})

    assert not browser.is_signed_in()


def test_a_passkey_that_says_it_is_somebody_elses_signs_nobody_in(portal):
    device, browser = with_passkey("dan"), Visitor()
    with_passkey("cleo")

    assert sign_in(browser, device, person=portal.people["cleo"].bytes).status_code == 422
    assert not browser.is_signed_in()


@pytest.mark.control("user-auth-robust")
def test_a_copied_key_is_refused_written_down_and_told(portal, events):
    from muniment.trust.identity.models import Letter

    device, browser = with_passkey("cleo", count=5), Visitor()
    assert sign_in(Visitor(), device).status_code == 302
    device.count = 3

    answer = sign_in(browser, device)

    assert answer.status_code == 422
    assert not browser.is_signed_in()
    assert events(portal.okoye)[0] == "factor.copied"
    assert events(portal.firm_id)[0] == "factor.failed"
    assert any(
        "copied" in letter.message["subject"] for letter in Letter.objects.filter(person_id=portal.people["cleo"])
    )


def test_a_passkey_that_counts_nothing_is_taken_each_time(portal):
    device = with_passkey("cleo", count=None, synced=True)

    assert [sign_in(Visitor(), device).status_code for _ in range(2)] == [302, 302]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{}",
        "[]",
        "null",
        "x",
        '{"rawId":1}',
        json.dumps({"id": "AA", "rawId": "AA", "type": "public-key"}),
        "[" * 9000,
    ],
)
def test_what_is_no_answer_is_refused_like_a_wrong_one(portal, said):
    browser, inside = Visitor(), confirmed("cleo")
    options(browser, "/sign-in/passkey/")
    new = {"kind": "passkey", "name": "Phone"}
    options(inside, "/account/passkeys/add/", **new)

    assert browser.post("/sign-in/passkey/", {"credential": said}).status_code == 422
    assert inside.post("/account/passkeys/add/", {**new, "credential": said}).status_code == 422


def test_who_was_shut_out_does_not_come_in_by_a_passkey(portal):
    from muniment.core import clock
    from muniment.trust.identity.models import Person

    device, browser = with_passkey("cleo"), Visitor()
    Person.objects.filter(id=portal.people["cleo"]).update(disabled_at=clock.now())

    assert sign_in(browser, device).status_code == 422
    assert not browser.is_signed_in()


@pytest.mark.control("login-lockout", "brute-force-limit")
def test_a_passkey_signs_in_while_passwords_are_locked(portal):
    device, browser = with_passkey("cleo"), Visitor()
    for _ in range(8):
        browser.password(CLEO, "not the password at all")

    assert sign_in(browser, device).status_code == 302
    assert browser.is_signed_in()


@pytest.mark.control("brute-force-limit")
def test_failures_of_one_key_do_not_stop_another_from_the_same_address(portal):
    theirs, mine = with_passkey("dan"), with_passkey("cleo")
    told = [sign_in(Visitor(), theirs, origin="https://evil.example").status_code for _ in range(11)]

    assert told == [422] * 10 + [429]
    assert sign_in(Visitor(), mine).status_code == 302


def test_the_question_is_the_same_for_everybody(portal):
    with_passkey("cleo")

    asked = options(Visitor(), "/sign-in/passkey/")["publicKey"]

    assert set(asked) == {"challenge", "rpId", "userVerification"}
    assert (asked["rpId"], asked["userVerification"]) == ("localhost", "required")
